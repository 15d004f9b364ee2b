"""FAISS files: search structures derived from the vectors in the database, and stamped by them.

A file is what ``faiss.write_index`` would write, followed by a label (JSON) that says what state of the
database it was made from, and by a checksum of both. It is written beside, synced and renamed; a file that
is missing, torn or of another state is not an error but a reason to make it again.

Whoever answers from one reads all of it first. A run of the writer that changes nothing should not, so a file
that was whole bears a seal: the nanoseconds of its time follow from the checksum, until it is written to again.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import faiss

from qa.store.failpoints import reach

_END = struct.Struct("<I32s8s")  # bytes of the label, SHA-256 of all that stands before, magic
_MAGIC = b"isnadve2"

MAPPED = 16 << 20
"""Bytes from which on a file is mapped into memory instead of being read."""

_PIECE, _SECOND = 1 << 20, 10**9


@dataclass(frozen=True, slots=True)
class Label:
    """What a file is: made at the commit ``stamp``, of ``kind`` (an index-factory string), over so many ``rows``.

    ``recall``: the share of the ten nearest that are among the candidates it gives, measured when it was made;
    1 if it is exact.
    """

    stamp: str
    kind: str
    rows: int
    recall: float = 1.0


@dataclass(frozen=True, slots=True)
class Base:
    """A FAISS index over centred vectors, keyed by row id."""

    label: Label
    index: Any


def save(path: Path, base: Base) -> None:
    """Write ``base`` so that ``path`` is the old file or the new one, whole, at every moment."""
    payload = faiss.serialize_index(base.index).data
    label = json.dumps(asdict(base.label)).encode()
    digest = hashlib.sha256(payload)
    digest.update(label)
    beside = path.with_name(f"{path.name}.tmp")  # one name, so that what a killed writer left is not kept
    try:
        with beside.open("wb") as file:
            file.write(payload)
            reach("faiss.half-written")
            file.write(label)
            file.write(_END.pack(len(label), digest.digest(), _MAGIC))
            file.flush()
            reach("faiss.written")
            os.fsync(file.fileno())
        _seal(beside, digest.digest())
        reach("faiss.synced")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    reach("faiss.renamed")
    sync_folder(path.parent)


def read_label(path: Path) -> Label | None:
    """The label of the file in ``path``, if there is one; whether the rest is whole is not looked at."""
    try:
        with path.open("rb") as file:
            return _end(file)[0]
    except (OSError, ValueError, TypeError):
        return None


def whole(path: Path) -> bool:
    """Whether the file in ``path`` is what was written, to the last byte."""
    try:
        with path.open("rb") as file:
            _, _, size, checksum = _end(file)
            digest = hashlib.sha256()
            left = size
            while left and (piece := file.read(min(left, _PIECE))):
                digest.update(piece)
                left -= len(piece)
            digest.update(file.read()[: -_END.size])
    except (OSError, ValueError, TypeError):
        return False
    return digest.digest() == checksum


def untouched(path: Path) -> bool:
    """Whether the file in ``path`` is whole, for which it is read only if it has been written to since it was."""
    try:
        with path.open("rb") as file:
            _, _, _, checksum = _end(file)
            if os.fstat(file.fileno()).st_mtime_ns % _SECOND == _nanoseconds(checksum):
                return True
    except (OSError, ValueError, TypeError):
        return False
    if not whole(path):
        return False
    _seal(path, checksum)
    return True


def _seal(path: Path, checksum: bytes) -> None:
    now = time.time_ns()
    with suppress(OSError):  # the file may be another user's
        os.utime(path, ns=(now, now - now % _SECOND + _nanoseconds(checksum)))


def _nanoseconds(checksum: bytes) -> int:
    return int.from_bytes(checksum) % _SECOND


def load(path: Path, *, to_change: bool = False) -> Base | None:
    """The index in ``path`` if it is whole, else None.

    A large one is mapped: it costs no memory of this process's own, and must not be changed, which would end
    the process. With ``to_change`` it is read.
    """
    try:
        with path.open("rb") as file:
            label, _, size, _ = _end(file)
            if not whole(path):
                return None
            index = faiss.read_index(str(path), 0 if to_change or size < MAPPED else faiss.IO_FLAG_MMAP_IFC)
            same = os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except (OSError, ValueError, TypeError):
        return None
    return Base(label, index) if same else load(path, to_change=to_change)  # it has been renewed meanwhile


def _end(file: BinaryIO) -> tuple[Label, bytes, int, bytes]:
    """The label, also as it is written, the bytes before it and the checksum; the file is left at its beginning.

    Raises OSError, ValueError or TypeError where it does not end like one of ours.
    """
    end = file.seek(-_END.size, os.SEEK_END)
    length, checksum, magic = _END.unpack(file.read())
    if magic != _MAGIC or length > end:
        raise ValueError
    file.seek(end - length)
    raw = file.read(length)
    file.seek(0)
    return Label(**json.loads(raw)), raw, end - length, checksum


def sweep(folder: Path) -> None:
    """Remove what killed writers have left half-written in ``folder``."""
    for path in folder.glob("*.faiss.tmp"):
        path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` last (a no-op where folders cannot be synced)."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
