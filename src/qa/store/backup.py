"""Backups: an index in one file, taken while it is in use.

The file is a ZIP archive of the databases and of what came by chat or URL, with a manifest that holds the
SHA-256 of each. The FAISS files are left out: they are made again from the database.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from qa import __version__
from qa.errors import ConfigError, IndexDamaged, IndexMismatch, StoreError
from qa.store import database, layout, place, schema
from qa.store.faiss_file import sync_folder

FORMAT = 1
"""Of the archive; that of the index within is a number of its own."""

MANIFEST = "manifest.json"

TORN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What reading a member of a damaged archive raises."""

_CHUNK = 1 << 20
_PAGES = 2000  # copied at a time, so that Ctrl-C is heard


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a backup: bytes, and their SHA-256 (hex)."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; ``created`` is an ISO 8601 time in UTC."""

    backup: int
    format: int
    isnad: str
    created: str
    generation: str
    articles: int
    passages: int
    members: dict[str, Member]


def backup(folder: Path, file: Path) -> Manifest:
    """Write the state that the index in ``folder`` has now to ``file``, which is replaced at the end, whole.

    Readers and a writer go on meanwhile. Raises ConfigError where ``file`` is there and is no backup,
    IndexDamaged where the index is not whole, StoreError where ``file`` cannot be written, and what
    ``database.connect`` does.
    """
    if place.remote(folder):
        raise ConfigError(
            f"{place.called(folder)} is backed up as Milvus is, or as a copy: "
            f"`qa migrate --from {place.called(folder)} --to FOLDER`, then `qa backup {file} --index FOLDER`"
        )
    _refuse_other(file)
    database.connect(folder).close()
    try:
        with scratch(file.with_name(f"{file.name}.tmp")) as beside:
            copies = {name: beside / name for name in layout.DATABASES if (folder / name).is_file()}
            for name, copy in copies.items():
                _copy(folder / name, copy)
            archive = beside / "archive"
            manifest = _pack(archive, [*copies.items(), *layout.sources(folder)], copies[database.DATABASE])
            archive.replace(file)
        sync_folder(file.parent)
    except OSError as error:
        raise StoreError(
            f"cannot write {file} ({error.strerror}): make room there or name another; nothing was replaced"
        ) from None
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"cannot copy {folder} to {file} ({error}): make room there or name another; nothing was replaced"
        ) from None
    except sqlite3.Error as error:
        raise database.damaged(folder, error) from None
    return manifest


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """The archive in ``file`` and what it says of itself.

    Raises ConfigError where it is no backup, IndexDamaged where it is torn, and IndexMismatch where it is of a
    newer release.
    """
    try:
        archive = zipfile.ZipFile(file)
    except FileNotFoundError:
        raise ConfigError(f"there is no file {file}: check the name") from None
    except OSError as error:
        raise ConfigError(f"cannot read {file} ({error.strerror}): check its name and permissions") from None
    except zipfile.BadZipFile:
        raise IndexDamaged(f"{file} is no backup, or is torn: name another") from None
    with archive:
        yield archive, _manifest(archive, file)


def _manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    try:
        said = json.loads(archive.read(MANIFEST))
        if said["backup"] > FORMAT or said["format"] > len(schema.MIGRATIONS):
            raise IndexMismatch(f"{file} was written by isnad-qa {said['isnad']}, which is newer: update this one")
        members = {name: Member(int(one["size"]), one["sha256"]) for name, one in said.pop("members").items()}
        manifest = Manifest(**said, members=members)
    except TORN:
        raise IndexDamaged(f"{file} is torn: name another") from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ConfigError(f"{file} is no backup of an index: name another") from None
    if (
        sorted(archive.namelist()) != sorted([*members, MANIFEST])
        or database.DATABASE not in members
        or not all(map(layout.belongs, members))
    ):
        raise ConfigError(f"{file} holds what a backup does not: name another")
    return manifest


def _refuse_other(file: Path) -> None:
    """A file that is no backup was named by mistake, and must not be lost."""
    if not file.exists():
        return
    try:
        with opened(file):
            pass
    except IndexMismatch:
        pass
    except (ConfigError, IndexDamaged):
        raise ConfigError(f"{file} is there already and is no backup: name another") from None


def _copy(source: Path, target: Path) -> None:
    """One state of the database in ``source``, whole, as a file of its own. Raises IndexDamaged where it is not."""
    with closing(sqlite3.connect(source, timeout=30, isolation_level=None)) as db:
        db.execute("BEGIN")
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it sees one state
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            db.backup(copy, pages=_PAGES)
            copy.execute("PRAGMA journal_mode = DELETE")
    check(target, source)


def check(copy: Path, named: Path) -> None:
    """Raise IndexDamaged, with the name that a user knows it by, where the database in ``copy`` is not whole."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as db:
        try:
            found = [line for (line,) in db.execute("PRAGMA integrity_check(1)")]
        except sqlite3.DatabaseError as error:
            found = [str(error)]
    found = [" ".join(line.split()) for line in found]
    if found != ["ok"]:
        raise IndexDamaged(f"{named} is damaged ({found[0]}): see what can be mended with `qa doctor`")


def _pack(target: Path, files: list[tuple[str, Path]], db_copy: Path) -> Manifest:
    with closing(sqlite3.connect(db_copy, isolation_level=None)) as db:
        articles, passages = db.execute(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages)"
        ).fetchone()
        generation, version = database.generation(db), schema.format_version(db)
    with target.open("wb") as raw:
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            manifest = Manifest(
                backup=FORMAT,
                format=version,
                isnad=__version__,
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                generation=generation,
                articles=articles,
                passages=passages,
                members={name: _add(archive, name, path) for name, path in files},
            )
            archive.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        raw.flush()
        os.fsync(raw.fileno())
    return manifest


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> Member:
    info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    info.compress_type = zipfile.ZIP_DEFLATED
    with path.open("rb") as file, archive.open(info, "w", force_zip64=True) as member:
        size, digest = copy_hashed(file, member)
    return Member(size, digest)


def copy_hashed(source: IO[bytes], target: IO[bytes], limit: int | None = None) -> tuple[int, str]:
    """Copy what is left of ``source``; gives the bytes copied and their SHA-256 (hex). Stops beyond ``limit``."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if limit is not None and size > limit:
            break
        digest.update(chunk)
        target.write(chunk)
    return size, digest.hexdigest()


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """``folder``, empty, and gone afterwards; what a process that was killed left there goes too."""
    _clear(folder)
    folder.mkdir()
    try:
        yield folder
    finally:
        _clear(folder)


def _clear(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
