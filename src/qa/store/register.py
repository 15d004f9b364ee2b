"""What an indexing run must know of articles, for a store that cannot look it up by itself, and of none at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from qa.store import database
from qa.store.records import By, Known

_TABLE = """
    PRAGMA journal_mode = OFF;
    CREATE TABLE articles (
        rowid INTEGER PRIMARY KEY,
        id TEXT,
        content_hash TEXT,
        path TEXT,
        size INTEGER,
        mtime_ns INTEGER,
        file_hash TEXT
    ) STRICT;
    CREATE INDEX articles_by_id ON articles (id);
    CREATE INDEX articles_by_content ON articles (content_hash);
    CREATE INDEX articles_by_path ON articles (path);
"""


class Register:
    """`Articles` in memory, looked up as in the database of a `LocalStore`; on disk if they are many."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_TABLE)
        self.put(known)

    def known(self, by: By | None = None, value: str = "") -> list[Known]:
        return database.known(self._db, by, value)

    def files(self) -> dict[str, tuple[int, int]]:
        return database.files(self._db)

    def article_count(self) -> int:
        return database.article_count(self._db)

    def put(self, known: Iterable[Known]) -> None:
        """Add articles, or put them in the place of what was known of them."""
        rows = [
            (one.rowid, one.id, one.content_hash, file.path, file.size, file.mtime_ns, file.file_hash)
            for one in known
            for file in [one.file]
        ]
        self._db.executemany("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def drop(self, rowid: int) -> None:
        self._db.execute("DELETE FROM articles WHERE rowid = ?", (rowid,))
