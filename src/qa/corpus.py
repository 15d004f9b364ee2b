"""The files of a corpus: which there are, and which have changed since they were last read."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import filterfalse
from operator import attrgetter
from os.path import splitext
from pathlib import Path
from stat import S_ISREG

from qa import readers
from qa.errors import ReadError
from qa.store.records import FileState

State = tuple[int, int]
"""A file's size and its time in nanoseconds: while both are as they were it need not be opened."""


@dataclass(frozen=True, slots=True)
class Listing:
    """``files``: every readable file and the id its article would have; ``states``: theirs, None where it cannot
    be had; ``ignored``: suffixes without a reader."""

    roots: tuple[Path, ...]
    files: dict[str, str]
    states: dict[str, State | None]
    ignored: Counter[str]

    @property
    def covers(self) -> Callable[[str], bool]:
        """Tells whether a path would be in the listing if it existed."""
        return within(self.roots)

    def without(self, files: Collection[str]) -> Listing:
        """The same listing without ``files``."""
        if not files:
            return self
        ids, states = dict(self.files), dict(self.states)  # a copy is quick, however many there are
        for path in files:
            ids.pop(path, None)
            states.pop(path, None)
        return replace(self, files=ids, states=states)

    def shard(self, number: int, of: int) -> Listing:
        """What of it worker ``number`` takes, 1 to ``of``: by the files' ids, so wherever they are mounted."""
        return self.without([path for path, id_ in self.files.items() if _spread(id_) % of != number - 1])


def within(roots: Iterable[Path | str]) -> Callable[[str], bool]:
    """Tells whether a path is one of ``roots`` or in one of them."""
    names = {*map(str, roots)}
    folders = tuple(os.path.join(name, "") for name in names)
    return lambda path: path in names or path.startswith(folders)


def list_files(paths: Sequence[Path]) -> Listing:
    """The articles' files in ``paths``, each a folder or a file; hidden files and folders are left out.

    An article's id is its path from the folder's parent: ``seeds/a.txt``.
    Raises ReadError where a path is missing or cannot be listed, or where there is nothing to read at all.
    """
    files: dict[str, str] = {}
    states: dict[str, State | None] = {}
    ignored: Counter[str] = Counter()
    roots = tuple(dict.fromkeys(map(_root, paths)))
    for root in roots:
        base = root.parent if root.is_dir() else root.parent.parent
        above = len(str(base).rstrip(os.sep)) + 1
        for path, name, stat in _walk(root):
            if not readers.readable_name(name):
                ignored[readers.suffix(name).lower() or name] += 1
            elif path not in files:
                files[path] = path[above:].replace(os.sep, "/")
                states[path] = _state(stat)
    if not files:
        kinds = ", ".join(sorted(readers.SUFFIXES))
        raise ReadError(f"no article in {', '.join(map(str, paths))}: put files there ({kinds}), then try again")
    return Listing(roots, files, states, ignored)


Stat = Callable[[], os.stat_result]


def _state(stat: Stat) -> State | None:
    try:
        found = stat()
    except OSError:  # it is no longer there, or a link to nothing
        return None
    return found.st_size, found.st_mtime_ns


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


def _walk(root: Path) -> Iterator[tuple[str, str, Stat]]:
    """The path and the name of each file in ``root``, by name, those of a folder before those in its folders."""
    if root.is_file():
        yield str(root), root.name, root.stat
        return
    waiting = [str(root)]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as found:
                entries = sorted((entry for entry in found if entry.name[0] != "."), key=attrgetter("name"))
        except OSError as error:
            raise ReadError(f"cannot list {folder} ({error.strerror}): check its permissions") from None
        if folders := [entry for entry in entries if _is_folder(entry)]:
            entries = [*filterfalse(set(folders).__contains__, entries)]
            saved = {
                splitext(file.name)[0] + ending for file in entries if _is_page(file.name) for ending in _BESIDE
            }
            kept = [entry.path for entry in folders if entry.name not in saved and not entry.is_symlink()]
            waiting += reversed(kept)
        yield from ((file.path, file.name, file.stat) for file in entries)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False


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
    return FileState(str(path), stat.st_size, stat.st_mtime_ns, digest)
