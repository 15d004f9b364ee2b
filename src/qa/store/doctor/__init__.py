"""The doctor: looks at everything that an index is made of, and mends what follows from the rest."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from qa.errors import IndexMissing, StoreError
from qa.store import database, schema
from qa.store.dense import Dense
from qa.store.derived import PASSAGES
from qa.store.doctor import place, search, truth
from qa.store.doctor.check import REBUILD, Check, looked
from qa.store.lock import held_by, writing
from qa.store.place import remote

__all__ = ["Check", "examine", "mend"]

Fingerprint = Callable[[str], str | None]
"""From the name of a model to its fingerprint; None where it would have to be loaded first."""


def examine(folder: Path, fingerprint: Fingerprint = lambda _: None) -> list[Check]:
    """Every check that can be made of the index in ``folder``; changes nothing.

    Raises IndexMissing where there is none.
    """
    if where := remote(folder):
        from qa.store.milvus import care

        return care.examine(folder, where, fingerprint)
    if not os.path.isdir(folder):
        raise _missing(folder)
    permissions = place.permissions(folder)
    if permissions.severity == "FAIL":
        return [permissions]
    if not os.path.isfile(folder / database.DATABASE):
        raise _missing(folder)
    holder = held_by(folder)
    return [
        *_within(folder, fingerprint),
        looked("people", truth.people, folder),
        permissions,
        place.writer(holder),
        place.files(folder, holder),
        place.disk(folder),
    ]


def mend(folder: Path, checks: Sequence[Check]) -> list[str]:
    """Mend what ``checks`` of ``folder`` say can be mended; gives what was done.

    Raises IndexLocked while another process writes, StoreError where something cannot be written.
    """
    mends = dict.fromkeys(check.mend for check in checks if check.mend)
    if not mends:
        return []
    if remote(folder):
        return [mend(folder) for mend in mends]
    with writing(folder):
        done = [mend(folder) for mend in mends]
        search.make_again(folder)  # a generation that has just been made has no files yet
    return done


def _within(folder: Path, fingerprint: Fingerprint) -> Iterator[Check]:
    """What can be seen in the database, or that it cannot be opened."""
    try:
        db = database.connect(folder)
    except StoreError as error:
        detail, _, remedy = str(error).rpartition(": ")
        yield Check("database", "FAIL", detail, remedy)
        return
    with closing(db):
        try:
            settings = database.settings(db)
        except sqlite3.DatabaseError as error:
            yield Check("database", "FAIL", f"unreadable ({error})", REBUILD)
            return
        if "fingerprint" not in settings:
            yield Check("database", "FAIL", "nothing has been indexed yet", "build it with `qa index FOLDER`")
            return
        yield Check("format", "OK", f"{schema.format_version(db)}, the one that this release writes")
        yield looked("database", truth.integrity, db)
        yield looked("references", truth.references, db)
        yield looked("words", truth.words, db)
        yield looked("texts", truth.texts, db)
        yield looked("vectors", truth.vectors, db)
        yield looked("encoder", place.encoder, settings, fingerprint(settings["model"]))
        found: dict[str, Dense | None] = {}
        yield looked("search files", search.files, folder, db, found)
        yield looked("counts", search.counts, db, found.get(PASSAGES.file))
        yield looked("samples", search.samples, db, found.get(PASSAGES.file))
        yield looked("articles' folders", place.articles, settings)
        yield looked("space", place.space, folder, db)


def _missing(folder: Path) -> IndexMissing:
    return IndexMissing(f"there is no index in {folder}: build one with `qa index FOLDER --index {folder}`")
