"""Removing articles from an index, for good: their files are left out until they are named again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from qa.store import Writer, catalogue, open_store
from qa.store.records import Known

SETTING = "removed"


def remove(folder: Path, ids: Sequence[str]) -> list[Known]:
    """Remove the articles of ``ids`` from the index in ``folder``, all or none; their files stay where they are.

    Raises ConfigError where there is no article of one of them, and what ``Store.writer`` raises.
    """
    with catalogue.reading(folder):  # an index that is not there must not be made
        pass
    with open_store(folder).writer() as writer:
        known = {article.id: article for article in writer.known()}
        gone = [known[id_] for id_ in dict.fromkeys(ids) if id_ in known]
        if missing := [id_ for id_ in ids if id_ not in known]:
            with catalogue.reading(folder) as db:
                raise catalogue.unknown(db, missing)
        writer.remove(article.rowid for article in gone)
        files = {str(article.file.path) for article in gone}
        _set(writer, left_out(writer.settings) | {Path(file) for file in files})
        roots = json.loads(writer.settings["corpora"])
        writer.set(corpora=json.dumps([root for root in roots if root not in files]))
        writer.commit()
    return gone


def left_out(settings: dict[str, str]) -> set[Path]:
    """The files that an indexing run passes by."""
    return {Path(file) for file in json.loads(settings.get(SETTING, "[]"))}


def take_back(writer: Writer, named: Iterable[Path]) -> set[Path]:
    """The files that stay left out when those ``named`` are to be indexed again."""
    before = left_out(writer.settings)
    after = before.difference(named)
    if after != before:
        _set(writer, after)
    return after


def _set(writer: Writer, files: Iterable[Path]) -> None:
    writer.set(**{SETTING: json.dumps(sorted(map(str, files)), ensure_ascii=False)})
