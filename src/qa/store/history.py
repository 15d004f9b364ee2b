"""The history of a store: which commits it has had, so that what is derived from one can be brought to the next.

Rows of passages and words never change and their ids only grow. So the passages that came after a commit are
those with greater ids than its ``last_passage``, and those that went are in the table ``removed``.
"""

from __future__ import annotations

import sqlite3
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

KEPT = 1000
"""Commits that are remembered; what is derived from an older one is made anew."""


@dataclass(frozen=True, slots=True)
class Commit:
    """``id`` names the state of the store, and never that of another store; ``at`` is ISO 8601 in UTC."""

    number: int
    id: str
    at: str
    last_passage: int
    last_word: int


def newest(db: sqlite3.Connection) -> Commit:
    """The commit that ``db`` shows. There is none in a store that nothing has been written to."""
    return Commit(*db.execute(f"{_COMMIT} ORDER BY number DESC LIMIT 1").fetchone())


def named(db: sqlite3.Connection, id_: str) -> Commit | None:
    """The commit of that id, if ``db`` has had it and remembers it."""
    row = db.execute(f"{_COMMIT} WHERE id = ?", (id_,)).fetchone()
    return row and Commit(*row)


def record(db: sqlite3.Connection) -> None:
    """Note that what has been written is one more commit, and forget those that are long gone."""
    last = dict(db.execute("SELECT name, seq FROM sqlite_sequence"))
    at = datetime.now(UTC).isoformat(timespec="seconds")
    number = db.execute(
        "INSERT INTO commits (id, at, last_passage, last_word) VALUES (?, ?, ?, ?)",
        (uuid.uuid4().hex, at, last.get("passages", 0), last.get("word_vectors", 0)),
    ).lastrowid
    assert number is not None
    db.execute("DELETE FROM commits WHERE number <= ?", (number - KEPT,))
    db.execute("DELETE FROM removed WHERE since <= ?", (number - KEPT,))


def begin_anew(db: sqlite3.Connection) -> None:
    """Forget all commits: nothing that was derived from one fits what will be written."""
    db.execute("DELETE FROM commits")
    db.execute("DELETE FROM removed")


def removed(db: sqlite3.Connection, since: Commit) -> list[int]:
    """The passages of ``since`` that are no longer there."""
    rows = db.execute(
        "SELECT passage FROM removed WHERE since >= ? AND passage <= ?", (since.number, since.last_passage)
    )
    return [passage for (passage,) in rows]


_COMMIT = "SELECT number, id, at, last_passage, last_word FROM commits"
