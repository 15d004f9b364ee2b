"""The files in an index's folder: which are the truth, which follow from it, and which may go."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from qa import people
from qa.config import FEEDS, INBOX
from qa.store.database import DATABASE
from qa.store.derived import FAMILIES

PEOPLE = people.DATABASE

DATABASES = (DATABASE, PEOPLE, FEEDS)

SOURCES = (INBOX,)
"""Articles that came by chat or by URL."""

DERIVED = tuple(family.file for family in FAMILIES)

RESTORING = "restore.tmp"
"""Where a backup is unpacked, before anything is replaced."""

LOCK, HOLDER = "write.lock", "write.holder"

_KNOWN = {*DATABASES, *SOURCES, *DERIVED, LOCK, HOLDER, "README.md"} | {
    f"{name}{suffix}" for name in DATABASES for suffix in ("-wal", "-shm", "-journal")
}


def sizes(folder: Path) -> dict[str, int]:
    """Bytes of each file in ``folder``, of its subfolders as a whole; by name."""
    return {path.name: _size(path) for path in sorted(folder.iterdir())}


def leftovers(folder: Path) -> list[Path]:
    """What a process that was killed has left: nobody misses it."""
    return [path for path in sorted(folder.iterdir()) if path.name not in _KNOWN and _is_ours(path)]


def strangers(folder: Path) -> list[Path]:
    """What is not of an index: whoever put it there may miss it."""
    return [path for path in sorted(folder.iterdir()) if path.name not in _KNOWN and not _is_ours(path)]


def sources(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of ``SOURCES`` in ``folder``, each with its name in a backup."""
    for name in SOURCES:
        top = folder / name
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path


def belongs(name: str) -> bool:
    """Whether ``name`` may be a member of a backup: a database, or a source, and nothing outside the folder."""
    parts = name.split("/")
    return name in DATABASES or (
        parts[0] in SOURCES
        and PurePosixPath(name).as_posix() == name
        and not {".", ".."} & {*parts}
        and not any(char in name for char in "\\\0")
    )


def _is_ours(path: Path) -> bool:
    return path.name.endswith((".tmp", ".faiss"))


def _size(path: Path) -> int:
    try:
        if path.is_dir() and not path.is_symlink():
            return sum(_size(Path(entry)) for entry in os.scandir(path))
        return path.lstat().st_size
    except FileNotFoundError:  # it went while we looked
        return 0
