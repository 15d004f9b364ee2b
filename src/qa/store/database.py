"""Opening the SQLite file, and the rows of its settings and background tables."""

from __future__ import annotations

import logging
import os
import sqlite3
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa.centring import Background, dim_of
from qa.errors import IndexDamaged, IndexMissing, StoreError
from qa.store import history, schema

DATABASE = "isnad.sqlite"

log = logging.getLogger("qa")


def connect(folder: Path, *, create: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode, with WAL, full sync and foreign keys.

    A file of an older release is brought to the newest format first. Raises IndexMissing when there is none
    and ``create`` is false, IndexDamaged when the file is not a database, IndexMismatch when it is of a newer
    release, IndexLocked when it is of an older one and another process writes.
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
                db.execute(f"PRAGMA journal_size_limit = {1 << 20}")
                schema.migrate(db)
            elif (version := schema.format_version(db)) == 0:
                raise IndexMissing(
                    f"the index in {folder} is empty: build it with `qa index FOLDER --index {folder}`"
                )
            elif version < len(schema.MIGRATIONS):
                _migrate(folder, db)
        except BaseException:
            db.close()  # a migration that failed would keep its lock
            raise
    except sqlite3.DatabaseError as error:
        raise damaged(folder, error) from None
    except UnicodeDecodeError:  # of a damaged table's name, in SQLite's own words
        raise damaged(folder, sqlite3.DatabaseError("malformed database schema")) from None
    except OSError as error:
        raise StoreError(
            f"the index in {folder} is of an older release and cannot be brought up to date "
            f"({error.strerror}): run `qa status --index {folder}` as someone who may write there"
        ) from None
    return db


def _migrate(folder: Path, db: sqlite3.Connection) -> None:
    from qa.store import derived
    from qa.store.lock import writing

    with writing(folder):
        log.info("the index in %s is of an older release: bringing it up to date", folder)
        schema.migrate(db)
        derived.save(folder, db, whole=lambda _: True)


def damaged(folder: Path, error: sqlite3.Error) -> StoreError:
    """What to tell a user of an error of SQLite's."""
    what = " ".join(str(error).split())[:120]
    if isinstance(error, sqlite3.OperationalError) and "decode to UTF-8" not in what:
        return StoreError(f"the index in {folder} cannot be used ({what}): check its permissions and free disk")
    return IndexDamaged(
        f"{folder / DATABASE} is damaged ({what}): see what can be mended with `qa doctor --fix`, "
        "restore a backup, or move it away and build the index again with `qa index FOLDER`"
    )


def settings(db: sqlite3.Connection) -> dict[str, str]:
    return dict(db.execute("SELECT key, value FROM settings"))


def generation(db: sqlite3.Connection) -> str:
    """Names the state of the store: new with every commit, and never that of another store."""
    return history.newest(db).id


def to_blob(vectors: npt.NDArray[np.float32], dtype: str) -> bytes:
    return vectors.astype(dtype).tobytes()


def from_blob(blob: bytes, dtype: str, dim: int) -> npt.NDArray[np.float32]:
    """Float32 of shape ``(n, dim)`` from ``n * dim`` numbers of ``dtype``."""
    return np.frombuffer(blob, dtype).astype(np.float32).reshape(-1, dim)


def unit_vectors(blob: bytes, dtype: str, dim: int) -> npt.NDArray[np.float32]:
    """``from_blob``; raises ValueError where these cannot be vectors of at most unit length."""
    vectors = from_blob(blob, dtype, dim)
    if not np.abs(vectors).max(initial=0) <= 1.01:
        raise ValueError("vectors that are none")
    return vectors


def read_background(db: sqlite3.Connection, dim: int) -> Background:
    """``dim`` numbers a text, as the encoder gives. Raises IndexDamaged."""
    rows = db.execute("SELECT role, lang, mean FROM background")
    try:
        return Background(
            {(role, lang): unit_vectors(mean, "<f4", dim_of(role, dim))[0] for role, lang, mean in rows}
        )
    except ValueError as error:
        raise IndexDamaged(f"the index is damaged ({error}): build it anew with `qa index --rebuild`") from None


def write_background(db: sqlite3.Connection, background: Background) -> None:
    db.execute("DELETE FROM background")
    db.executemany(
        "INSERT INTO background (role, lang, mean) VALUES (?, ?, ?)",
        [(role, lang, to_blob(mean, "<f4")) for (role, lang), mean in background.means.items()],
    )
