"""Restoring a backup: unpacked beside and checked before anything is replaced."""

from __future__ import annotations

import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

from qa.errors import ConfigError, IndexDamaged, StoreError
from qa.store import database, derived, layout, place
from qa.store.backup import TORN, Manifest, check, copy_hashed, opened, scratch
from qa.store.faiss_file import sync_folder
from qa.store.lock import writing

_PAGES = 2000


def restore(file: Path, folder: Path, *, force: bool = False) -> Manifest:
    """Make the index in ``folder`` what it was when ``file`` was written.

    Its database is replaced in one transaction, before all else: who reads it goes on and sees the restored one
    next, and whatever ends this process leaves the old index or the restored one. Files of ``inbox`` that the
    backup does not have stay.

    Raises ConfigError where ``file`` is no backup, or where an index is there and ``force`` is not given;
    IndexDamaged where ``file`` is torn, IndexMismatch where it is of a newer release, IndexLocked while another
    process writes to ``folder``, StoreError where that cannot be written.
    """
    if place.remote(folder):
        raise ConfigError(
            f"a backup is restored into a folder; then bring it to {place.called(folder)} with `qa migrate`"
        )
    with opened(file) as (archive, manifest):
        if not force and any((folder / name).exists() for name in (*layout.DATABASES, *layout.SOURCES)):
            raise ConfigError(
                f"there is an index in {folder}: replace it with --force, or name another with --index"
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with writing(folder), scratch(folder / layout.RESTORING) as beside:
                _refuse_without_room(folder, manifest)
                _unpack(archive, manifest, beside, file)
                _check(beside, manifest, file)
                _replace(beside, folder, manifest)
        except OSError as error:
            raise StoreError(
                f"cannot restore to {folder} ({error.strerror}): make room there, then restore again"
            ) from None
        except sqlite3.Error as error:
            raise database.damaged(folder, error) from None
    return manifest


def _refuse_without_room(folder: Path, manifest: Manifest) -> None:
    """Room for what is unpacked, and for the log of the transaction that puts it in place."""
    needed = 2 * sum(member.size for member in manifest.members.values())
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise StoreError(
            f"{folder} has room for {free / 1e6:,.0f} MB, restoring needs {needed / 1e6:,.0f}: make room there "
            "or name another with --index"
        )


def _unpack(archive: zipfile.ZipFile, manifest: Manifest, beside: Path, file: Path) -> None:
    for name, member in manifest.members.items():
        target = beside / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with archive.open(name) as source, target.open("wb") as to:
                found = copy_hashed(source, to, limit=member.size)
                to.flush()
                os.fsync(to.fileno())
        except TORN:
            found = 0, ""
        if found != (member.size, member.sha256):
            raise IndexDamaged(f"{file} is torn ({name} is not what was written): name another")


def _check(beside: Path, manifest: Manifest, file: Path) -> None:
    """Whether the databases are whole, and bring the index to the format of this release."""
    for name in layout.DATABASES:
        if name in manifest.members:
            check(beside / name, file)
    with closing(database.connect(beside, create=True)) as db:
        if database.generation(db) != manifest.generation:
            raise IndexDamaged(f"{file} holds another index than it says: name another")
        db.execute("PRAGMA journal_mode = DELETE")


def _replace(beside: Path, folder: Path, manifest: Manifest) -> None:
    """The index first, since it is what may find no room; what follows is small, or needs none."""
    for name in layout.DATABASES:
        if name in manifest.members:
            _put(beside / name, folder / name)
    for name in manifest.members:
        if name not in layout.DATABASES:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / name).replace(folder / name)
    sync_folder(folder)
    with closing(database.connect(folder, create=True)) as db:
        derived.save(folder, db)


def _put(source: Path, target: Path) -> None:
    """Make the database ``target`` what ``source`` is: in one transaction, or as a new file where it is none."""
    if not _is_database(target):
        for suffix in ("-wal", "-shm", "-journal"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)  # they are of what was there before
        source.replace(target)
        return
    with (
        closing(sqlite3.connect(source, isolation_level=None)) as db,
        closing(sqlite3.connect(target, isolation_level=None, timeout=30)) as to,
    ):
        to.execute("PRAGMA journal_mode = WAL")
        to.execute("PRAGMA synchronous = FULL")
        db.backup(to, pages=_PAGES)
        to.execute("PRAGMA busy_timeout = 0")  # what is still being read is tidied up another time
        to.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _is_database(path: Path) -> bool:
    if not path.is_file():
        return False
    with closing(sqlite3.connect(path, timeout=30)) as db:
        try:
            tables: int = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            return False
        return tables > 0
