"""Opening the SQLite file, and the rows of its settings and background tables."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa.centring import Background
from qa.errors import IndexDamaged, IndexMissing, StoreError
from qa.store import schema
from qa.store.records import FileState, Known

DATABASE = "isnad.sqlite"


def connect(folder: Path, *, create: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode, with WAL, full sync and foreign keys.

    Raises IndexMissing when there is none and ``create`` is false, IndexDamaged when the file is not a
    database, IndexMismatch when it is of a newer release.
    """
    path = folder / DATABASE
    if not create and not os.path.isfile(path):
        raise IndexMissing(f"there is no index in {folder}: build one with `qa index FOLDER --index {folder}`")
    try:
        db = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
        try:
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA synchronous = FULL")
            if create:
                db.execute("PRAGMA journal_mode = WAL")
                schema.migrate(db)
            elif schema.format_version(db) == 0:
                raise IndexMissing(
                    f"the index in {folder} is empty: build it with `qa index FOLDER --index {folder}`"
                )
        except BaseException:
            db.close()  # a migration that failed would keep its lock
            raise
    except sqlite3.DatabaseError as error:
        raise damaged(folder, error) from None
    return db


def damaged(folder: Path, error: sqlite3.Error) -> StoreError:
    """What to tell a user of an error of SQLite's."""
    if isinstance(error, sqlite3.OperationalError):
        return StoreError(f"the index in {folder} cannot be used ({error}): check its permissions and free disk")
    return IndexDamaged(
        f"{folder / DATABASE} is damaged ({error}): move it away and build the index again with `qa index FOLDER`"
    )


def settings(db: sqlite3.Connection) -> dict[str, str]:
    return dict(db.execute("SELECT key, value FROM settings"))


def generation(db: sqlite3.Connection) -> str:
    """Names the state of the store: new with every commit, and never that of another store."""
    return settings(db)["generation"]


def word_stamp(db: sqlite3.Connection, lang: str) -> str:
    """Names the words of ``lang`` that have vectors, as ``generation`` names the whole."""
    return settings(db).get(f"words.{lang}", "none")


def known(db: sqlite3.Connection) -> list[Known]:
    """Every article, as far as an indexing run must know it; those of one file share its state."""
    files: dict[tuple[str, int, int, str], FileState] = {}
    found = []
    for rowid, id_, content_hash, *state in db.execute(
        "SELECT rowid, id, content_hash, path, size, mtime_ns, file_hash FROM articles ORDER BY rowid"
    ):
        path, size, mtime, file_hash = key = tuple(state)
        file = files.get(key) or files.setdefault(key, FileState(Path(path), size, mtime, file_hash))
        found.append(Known(rowid, id_, file, content_hash))
    return found


def to_blob(vectors: npt.NDArray[np.float32], dtype: str) -> bytes:
    return vectors.astype(dtype).tobytes()


def from_blob(blob: bytes, dtype: str, dim: int) -> npt.NDArray[np.float32]:
    """Float32 of shape ``(n, dim)`` from ``n * dim`` numbers of ``dtype``."""
    return np.frombuffer(blob, dtype).astype(np.float32).reshape(-1, dim)


def read_background(db: sqlite3.Connection, dim: int) -> Background:
    rows = db.execute("SELECT role, lang, mean FROM background")
    return Background({(role, lang): from_blob(mean, "<f4", dim)[0] for role, lang, mean in rows})


def write_background(db: sqlite3.Connection, background: Background) -> None:
    db.execute("DELETE FROM background")
    db.executemany(
        "INSERT INTO background (role, lang, mean) VALUES (?, ?, ?)",
        [(role, lang, to_blob(mean, "<f4")) for (role, lang), mean in background.means.items()],
    )
