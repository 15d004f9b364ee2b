"""FAISS files: search structures derived from the vectors in the database, and stamped by them.

A file is what ``faiss.write_index`` would write, followed by a footer with a checksum and a stamp that says
what state of the database it was made from. It is written beside, synced and renamed; a file that is
missing, torn or of another state is not an error but a reason to make it again.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import faiss
import numpy as np
import numpy.typing as npt

_FOOTER = struct.Struct("<8s64s32s")  # magic, stamp (ASCII, NUL-padded), SHA-256 of what stands before
_MAGIC = b"isnadvec"


class Dense(NamedTuple):
    """A FAISS index over centred vectors, keyed by row id, and the stamp of what it was made from."""

    stamp: str
    index: Any

    def search(self, vectors: npt.NDArray[np.float32], k: int) -> list[list[tuple[int, float]]]:
        """For each of ``vectors`` ``(n, dim)`` the ``k`` nearest: ids and inner products, best first."""
        k = min(k, self.index.ntotal)
        if k == 0:
            return [[] for _ in vectors]
        scores, ids = self.index.search(vectors, k)
        return [list(zip(i, s, strict=True)) for i, s in zip(ids.tolist(), scores.tolist(), strict=True)]


def build(
    stamp: str,
    dim: int,
    kind: str,
    batches: Iterable[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]],
) -> Dense:
    """An index of ``kind`` (an index-factory string) over ``batches`` of ids ``(n,)`` and vectors ``(n, dim)``."""
    index = faiss.index_factory(dim, f"IDMap2,{kind}", faiss.METRIC_INNER_PRODUCT)
    for ids, vectors in batches:
        index.add_with_ids(vectors, ids)
    return Dense(stamp, index)


def save(path: Path, dense: Dense) -> None:
    """Write ``dense`` so that ``path`` is the old file or the new one, whole, at every moment."""
    payload = faiss.serialize_index(dense.index).tobytes()
    footer = _FOOTER.pack(_MAGIC, dense.stamp.encode(), hashlib.sha256(payload).digest())
    beside = path.with_name(f"{path.name}.tmp")  # one name, so that what a killed writer left is not kept
    try:
        with beside.open("wb") as file:
            file.write(payload)
            file.write(footer)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def load(path: Path, stamp: str) -> Dense | None:
    """The index in ``path`` if it is whole and has ``stamp``, else None."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END) - _FOOTER.size
            if size < 0:
                return None
            file.seek(size)
            magic, found, checksum = _FOOTER.unpack(file.read())
            if magic != _MAGIC or found.rstrip(b"\0") != stamp.encode():
                return None  # without reading what may be large
            file.seek(0)
            payload = file.read(size)
    except OSError:
        return None
    if hashlib.sha256(payload).digest() != checksum:
        return None
    return Dense(stamp, faiss.deserialize_index(np.frombuffer(payload, np.uint8)))


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
