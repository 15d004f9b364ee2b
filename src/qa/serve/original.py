"""The file that an article was read from: given only if it is, byte for byte, the one that was indexed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from qa.store.catalogue import indexed_file

LARGEST = 64 << 20
PLAIN = (".txt", ".text", ".md")


@dataclass(frozen=True, slots=True)
class Original:
    """A file's bytes; ``plain``: it is text in UTF-8, which a browser may show."""

    name: str
    data: bytes
    plain: bool


def alone(id_: str, path: Path) -> bool:
    """Whether ``path`` holds the article ``id_`` and no other: an export may hold what is not for all to read."""
    return f"/{path.as_posix()}".endswith(f"/{id_}")


def original(folder: Path, id_: str) -> Original | None:
    """The file of the article ``id_`` of the index in ``folder``.

    None where there is no such article, where its file holds others too, and where it is no longer the file that
    was indexed: whatever else may lie there now, it is not given.
    """
    state = indexed_file(folder, id_)
    if state is None or not alone(id_, path := Path(state.path)):
        return None
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode) or status.st_size != state.size or state.size > LARGEST:
            return None
        data = path.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(data).hexdigest() != state.file_hash:
        return None
    return Original(path.name, data, path.suffix.lower() in PLAIN and _utf8(data))


def _utf8(data: bytes) -> bool:
    try:
        data.decode()
    except ValueError:
        return False
    return True
