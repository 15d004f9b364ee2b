"""The feeds that an index follows, and what has been seen of each.

They are kept in a small database of their own beside the index: `qa feed add` and a watching process may
write at the same moment, and what has been read must not be read again when the index is built anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from qa.config import FEEDS
from qa.errors import StoreError
from qa.web.feed import Entry

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS feeds (
        url TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        etag TEXT NOT NULL DEFAULT '',
        last_modified TEXT NOT NULL DEFAULT '',
        problem TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE TABLE IF NOT EXISTS entries (
        feed TEXT NOT NULL REFERENCES feeds (url) ON DELETE CASCADE,
        entry TEXT NOT NULL,
        stamp TEXT NOT NULL,
        PRIMARY KEY (feed, entry)
    ) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Feed:
    """``etag`` and ``last_modified`` are of the last fetch; ``problem`` is what went wrong in it, or ``""``."""

    url: str
    title: str
    etag: str = ""
    last_modified: str = ""
    problem: str = ""


def followed(index: Path) -> bool:
    """Whether the index in ``index`` has ever followed a feed."""
    return (index / FEEDS).is_file()


class Feeds:
    """Every method is a transaction of its own; made by ``open_feeds``."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, url: str, title: str) -> bool:
        """Follow a feed; false where it is followed already."""
        added = self._db.execute("INSERT OR IGNORE INTO feeds (url, title) VALUES (?, ?)", (url, title))
        return added.rowcount > 0

    def remove(self, url: str) -> bool:
        """Follow it no longer; false where it was not followed. What came from it stays."""
        return self._db.execute("DELETE FROM feeds WHERE url = ?", (url,)).rowcount > 0

    def all(self) -> list[Feed]:
        rows = self._db.execute("SELECT url, title, etag, last_modified, problem FROM feeds ORDER BY rowid")
        return [Feed(*row) for row in rows]

    def fetched(self, feed: Feed) -> None:
        """Note how the last fetch of a feed went."""
        self._db.execute(
            "UPDATE feeds SET title = ?, etag = ?, last_modified = ?, problem = ? WHERE url = ?",
            (feed.title, feed.etag, feed.last_modified, feed.problem, feed.url),
        )

    def fresh(self, feed: str, entries: Iterable[Entry]) -> list[Entry]:
        """Those of ``entries`` that have not been taken, or not as they are now."""
        taken = dict(self._db.execute("SELECT entry, stamp FROM entries WHERE feed = ?", (feed,)))
        return [entry for entry in entries if taken.get(entry.id) != entry.stamp]

    def taken(self, feed: str, entry: Entry) -> None:
        """Note that an entry need not be fetched again; nothing where the feed is no longer followed."""
        self._db.execute(
            "INSERT OR REPLACE INTO entries (feed, entry, stamp) SELECT url, ?, ? FROM feeds WHERE url = ?",
            (entry.id, entry.stamp, feed),
        )


@contextmanager
def open_feeds(index: Path) -> Iterator[Feeds]:
    """The feeds of the index in ``index``. Raises StoreError where their file cannot be used."""
    path = index / FEEDS
    try:
        index.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as db:
            db.execute("PRAGMA foreign_keys = ON")
            db.executescript(_SCHEMA)
            yield Feeds(db)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"the feeds in {path} cannot be used ({error}): check or move away that file") from None
