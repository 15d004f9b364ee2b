"""The articles of a database as an indexing run must know them, and such a database for stores that are none."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from qa.store.records import By, FileState, Known

_KNOWN = "SELECT rowid, id, content_hash, path, size, mtime_ns, file_hash FROM articles"
_BY: dict[By | None, str] = {
    None: "",
    "path": "WHERE path = ?1",
    "content": "WHERE content_hash = ?1",
    "name": "WHERE id = ?1 OR (id >= ?1 || '#' AND id < ?1 || '$' AND instr(substr(id, length(?1) + 2), '#') = 0)",
}

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
    CREATE INDEX articles_by_file ON articles (path, size, mtime_ns);
"""


class Registered:
    """`Articles` in the database ``_db``."""

    _db: sqlite3.Connection

    def known(self, by: By | None = None, value: str = "") -> list[Known]:
        files: dict[tuple[str, int, int, str], FileState] = {}  # articles of one file share its state
        found = []
        for rowid, id_, content_hash, *state in self._db.execute(
            f"{_KNOWN} {_BY[by]} ORDER BY rowid", (value,) if by else ()
        ):
            path, size, mtime, file_hash = key = tuple(state)
            file = files.get(key) or files.setdefault(key, FileState(path, size, mtime, file_hash))
            found.append(Known(rowid, id_, file, content_hash))
        return found

    def files(self) -> dict[str, tuple[int, int]]:
        rows = self._db.execute("SELECT path, size, mtime_ns FROM articles").fetchall()
        found = {path: (size, mtime) for path, size, mtime in rows}
        if len(found) < len(rows):
            # Until a file of many has been read to its end, those of its articles that have come bear no state.
            found |= {path: (size, -1) for path, size, mtime in rows if found[path] != (size, mtime)}
        return found

    def article_count(self) -> int:
        (count,) = self._db.execute("SELECT count(*) FROM articles").fetchone()
        return int(count)


class Register(Registered):
    """Articles in memory; on disk if they are many."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_TABLE)
        self.put(known)

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
