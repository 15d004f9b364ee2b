"""What people leave behind, in a database beside the index: it never waits for an indexing run, nor lasts less.

What readers thought of answers (``feedback``) and what the bot must not forget (``bot_…``). Rebuilding or deleting
articles does not touch it. ``PRAGMA user_version`` counts the migrations it has had; one that has been released
never changes, what must change is a new one at the end.
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
    # Bots before the first release made these tables by a numbering of their own, with or without those above.
    (
        """
        CREATE TABLE IF NOT EXISTS bot_updates (
            id INTEGER PRIMARY KEY,
            received REAL NOT NULL,
            body TEXT,
            tries INTEGER NOT NULL DEFAULT 0,
            plan TEXT,
            next INTEGER NOT NULL DEFAULT 0,
            leaving INTEGER NOT NULL DEFAULT 0
        ) STRICT
        """,
        "CREATE INDEX IF NOT EXISTS bot_updates_waiting ON bot_updates (id) WHERE body IS NOT NULL",
        """
        CREATE TABLE IF NOT EXISTS bot_kept (
            id TEXT PRIMARY KEY,
            at REAL NOT NULL,
            body TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX IF NOT EXISTS bot_kept_by_time ON bot_kept (at)",
        """
        CREATE TABLE IF NOT EXISTS bot_messages (
            chat INTEGER NOT NULL,
            message INTEGER NOT NULL,
            kept TEXT NOT NULL REFERENCES bot_kept (id) ON DELETE CASCADE,
            PRIMARY KEY (chat, message)
        ) STRICT
        """,
        "CREATE INDEX IF NOT EXISTS bot_messages_by_kept ON bot_messages (kept)",
        """
        CREATE TABLE IF NOT EXISTS bot_verdicts (
            kept TEXT NOT NULL REFERENCES bot_kept (id) ON DELETE CASCADE,
            person INTEGER NOT NULL,
            verdict INTEGER NOT NULL,
            PRIMARY KEY (kept, person)
        ) STRICT
        """,
        """
        CREATE TABLE IF NOT EXISTS bot_people (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL DEFAULT '',
            let_in REAL,
            lang TEXT NOT NULL DEFAULT ''
        ) STRICT
        """,
        """
        CREATE TABLE IF NOT EXISTS bot_codes (
            hash TEXT PRIMARY KEY,
            expires REAL NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE IF NOT EXISTS bot_tries (
            person INTEGER NOT NULL,
            at REAL NOT NULL
        ) STRICT
        """,
        "DROP TABLE IF EXISTS bot_format",
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
            prepare(db)
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        finally:
            db.close()  # undoes what is not committed
    except sqlite3.OperationalError as error:
        raise StoreError(f"{path} cannot be used ({error}): check its permissions and free disk") from None
    except sqlite3.DatabaseError as error:
        raise IndexDamaged(f"{path} is damaged ({error}): move it away; the index does not need it") from None


def prepare(db: sqlite3.Connection) -> None:
    """Bring the database that ``db`` is connected to up to date, and set it up so that a commit lasts.

    Raises IndexMismatch where it is of a newer release, and what sqlite3 raises.
    """
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        db.execute(f"PRAGMA {pragma}")
    if _version(db) == len(MIGRATIONS):
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        for statement in (statement for migration in MIGRATIONS[_version(db) :] for statement in migration):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def _version(db: sqlite3.Connection) -> int:
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise IndexMismatch(
            f"{DATABASE} has format {version}, this release knows {len(MIGRATIONS)}: update isnad-qa"
        )
    return version
