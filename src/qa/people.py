"""What people leave behind, in a database beside the index: it never waits for an indexing run, nor lasts less.

Rebuilding or deleting articles does not touch it. ``PRAGMA user_version`` counts the migrations it has had;
one that has been released never changes, what must change is a new one at the end.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa.errors import IndexDamaged, IndexMismatch, StoreError

DATABASE = "people.sqlite"

MIGRATIONS = (
    (
        """
        CREATE TABLE feedback (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            question TEXT NOT NULL,
            answered INTEGER NOT NULL,
            confidence REAL NOT NULL,
            verdict INTEGER NOT NULL CHECK (verdict IN (-1, 1)),
            quotes TEXT NOT NULL,
            articles TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX feedback_by_question ON feedback (question)",
    ),
)
"""Each a list of statements."""


def exists(folder: Path) -> bool:
    """Whether anybody has left anything beside the index in ``folder``."""
    return os.path.isfile(folder / DATABASE)


@contextmanager
def open_people(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database in ``folder``, made if need be, in one transaction that ends with the block.

    Raises StoreError where the file cannot be used, IndexDamaged where it is none of SQLite's, IndexMismatch
    where it is of a newer release.
    """
    path = folder / DATABASE
    try:
        db = sqlite3.connect(path, isolation_level=None, timeout=30)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("BEGIN IMMEDIATE")
            _migrate(db, path)
            yield db
            db.execute("COMMIT")
        finally:
            db.close()  # undoes what is not committed
    except sqlite3.OperationalError as error:
        raise StoreError(f"{path} cannot be used ({error}): check its permissions and free disk") from None
    except sqlite3.DatabaseError as error:
        raise IndexDamaged(f"{path} is damaged ({error}): move it away; the index does not need it") from None


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise IndexMismatch(f"{path} has format {version}, this release knows {len(MIGRATIONS)}: update isnad-qa")
    for statement in (statement for migration in MIGRATIONS[version:] for statement in migration):
        db.execute(statement)
    if version < len(MIGRATIONS):
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
