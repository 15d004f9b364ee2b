"""Removing articles from an index, for good: their files are left out until they are named again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from qa.store import Writer, catalogue, open_store
from qa.store.records import FileState, Known

SETTING = "removed"


def remove(folder: Path, ids: Sequence[str]) -> list[Known]:
    """Remove the articles of ``ids`` from the index in ``folder``, all or none; their files stay where they are.

    Raises ConfigError where there is no article of one of them, and what ``Store.writer`` raises.
    """
    store = open_store(folder)
    _ = store.settings  # an index that is not there must not be made
    with store.writer() as writer:
        known = {one.id: one for id_ in ids for one in writer.known("name", id_)}
        if missing := [id_ for id_ in ids if id_ not in known]:
            raise catalogue.unknown([one.id for one in reversed(writer.known())], missing)
        gone = [known[id_] for id_ in dict.fromkeys(ids)]
        writer.remove(article.rowid for article in gone)
        files = {article.file.path for article in gone}
        kept = {path for path in files if writer.known("path", path)}
        _set(
            writer,
            left_out(writer.settings) | {_name(article, alone=article.file.path not in kept) for article in gone},
        )
        roots = json.loads(writer.settings["corpora"])
        writer.set(corpora=json.dumps([root for root in roots if root not in files]))
        writer.commit()
    return gone


def left_out(settings: dict[str, str], *, named: Iterable[Path] = ()) -> set[str]:
    """What an indexing run passes by, but for what is in a file of those ``named``: files, by their paths, and
    single articles of files of many, by path and ``#`` and what their ids end in."""
    back = {*map(str, named)}
    removed = json.loads(settings.get(SETTING, "[]"))
    return {name for name in removed if name not in back and name.rpartition("#")[0] not in back}


def take_back(writer: Writer, named: Iterable[Path]) -> set[str]:
    """What stays left out when the files ``named`` are to be indexed again."""
    before, after = left_out(writer.settings), left_out(writer.settings, named=named)
    if after != before:
        _set(writer, after)
        for name in before - after:
            path, many, _ = name.rpartition("#")
            if many:  # a file that is as it was is not read
                writer.settle(FileState(path, -1, -1, ""))
    return after


def _name(article: Known, *, alone: bool) -> str:
    return article.file.path if alone else f"{article.file.path}#{article.id.rpartition('#')[2]}"


def _set(writer: Writer, names: Iterable[str]) -> None:
    writer.set(**{SETTING: json.dumps(sorted(names), ensure_ascii=False)})
