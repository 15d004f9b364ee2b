"""The files of a corpus: which there are, and which have changed since they were last read."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISREG

from qa import readers
from qa.errors import ReadError
from qa.store.records import FileState


@dataclass(frozen=True, slots=True)
class Listing:
    """``files``: every readable file and the id its article would have; ``ignored``: suffixes without a reader."""

    roots: tuple[Path, ...]
    files: dict[Path, str]
    ignored: Counter[str]

    def covers(self, path: Path) -> bool:
        """Whether ``path`` would be in the listing if it existed."""
        return any(path == root or root in path.parents for root in self.roots)

    def without(self, files: Collection[str]) -> Listing:
        """The same listing without ``files``."""
        kept = {path: id_ for path, id_ in self.files.items() if str(path) not in files} if files else self.files
        return replace(self, files=kept)

    def shard(self, number: int, of: int) -> Listing:
        """What of it worker ``number`` takes, 1 to ``of``: by the files' ids, so wherever they are mounted."""
        kept = {path: id_ for path, id_ in self.files.items() if _spread(id_) % of == number - 1}
        return replace(self, files=kept)


def list_files(paths: Sequence[Path]) -> Listing:
    """The articles' files in ``paths``, each a folder or a file; hidden files and folders are left out.

    An article's id is its path from the folder's parent: ``seeds/a.txt``.
    Raises ReadError where a path is missing or cannot be listed, or where there is nothing to read at all.
    """
    files: dict[Path, str] = {}
    ignored: Counter[str] = Counter()
    roots = tuple(dict.fromkeys(map(_root, paths)))
    for root in roots:
        base = root.parent if root.is_dir() else root.parent.parent
        above = len(str(base).rstrip(os.sep)) + 1
        for file in _walk(root):
            if readers.readable(file):
                files.setdefault(file, str(file)[above:].replace(os.sep, "/"))
            else:
                ignored[file.suffix.lower() or file.name] += 1
    if not files:
        kinds = ", ".join(sorted(readers.SUFFIXES))
        raise ReadError(f"no article in {', '.join(map(str, paths))}: put files there ({kinds}), then try again")
    return Listing(roots, files, ignored)


def _spread(id_: str) -> int:
    return int.from_bytes(hashlib.blake2b(id_.encode(), digest_size=8).digest(), "big")


def _root(path: Path) -> Path:
    try:
        root = path.resolve(strict=True)
        str(root).encode()
    except (FileNotFoundError, NotADirectoryError):
        raise ReadError(f"there is no file or folder {path}: check the name") from None
    except (OSError, RuntimeError, ValueError) as error:
        raise ReadError(f"cannot open {path} ({_reason(error)}): check its name and permissions") from None
    return root


def _reason(error: Exception) -> object:
    return getattr(error, "strerror", None) or error


_BESIDE = ("_files", ".files")
"""What browsers call the folder beside a saved page, with its pictures, scripts and frames."""


def _is_page(name: str) -> bool:
    return name.lower().endswith((".html", ".htm"))


def _walk(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return

    def refuse(error: OSError) -> None:
        raise ReadError(f"cannot list {error.filename} ({error.strerror}): check its permissions") from None

    for folder, subfolders, names in os.walk(root, onerror=refuse):
        saved = {f"{Path(name).stem}{ending}" for name in names if _is_page(name) for ending in _BESIDE}
        here = Path(folder)
        subfolders[:] = sorted(name for name in subfolders if not name.startswith(".") and name not in saved)
        yield from (here / name for name in sorted(names) if not name.startswith("."))


def unchanged(path: Path, known: FileState) -> bool:
    """Whether size and time of ``path`` are those of ``known``, so that it need not be opened."""
    try:
        stat = path.stat()
    except OSError:
        return False
    return stat.st_size == known.size and stat.st_mtime_ns == known.mtime_ns


def file_state(path: Path) -> FileState:
    """The state of ``path`` now.

    Raises ReadError where it is not a file, cannot be opened or has a name that is not UTF-8.
    """
    try:
        str(path).encode()
        if not S_ISREG(path.stat().st_mode):  # a pipe would keep us waiting for ever
            raise ReadError(f"{path} is not a file: take it away from the articles")
        with path.open("rb") as file:
            stat = os.fstat(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise ReadError(f"cannot read {path} ({_reason(error)}): check its name and permissions") from None
    return FileState(path, stat.st_size, stat.st_mtime_ns, digest)
