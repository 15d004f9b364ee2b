"""What an indexing run must do: the files of a corpus compared with what the store knows of them.

Nothing is written here: `index.update` carries the changes out, `plan` only tells of them.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path

from qa import corpus, readers
from qa.article import Article
from qa.errors import ReadError
from qa.readers.apart import Workers
from qa.store import Articles
from qa.store.records import FileState, Known


@dataclass(frozen=True, slots=True)
class Fresh:
    """An article to be encoded, the stored one that it replaces, and one that had the same content."""

    article: Article
    file: FileState
    replaces: Known | None
    twin: Known | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A stored article, to be given the file, id and other fields that it has now; its text is what it was."""

    known: Known
    article: Article
    file: FileState


@dataclass(frozen=True, slots=True)
class Settled:
    """A file all of whose articles are as the store will have them: that is to be noted once they are stored."""

    file: FileState


@dataclass(frozen=True, slots=True)
class Skipped:
    """What could not be read, and why; what had been stored of it stays."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A stored article that is no longer in the corpus."""

    known: Known


Change = Fresh | Moved | Settled | Skipped | Gone


@dataclass(slots=True)
class _Source:
    """A changed file: its state, or the reason why it has none, and its articles if they are not as ``before``."""

    path: Path
    before: list[Known]
    file: FileState | None = None
    articles: Iterable[Article | ReadError] = ()
    reason: str = ""
    same: bool = False
    many: bool = False


@dataclass(slots=True)
class Progress:
    """How much of the reading is done: articles, or files that gave none, ``done`` of about ``total``."""

    done: int = 0
    total: int = 0
    tell: Callable[[int, int], None] = field(default=lambda *_: None)

    def advance(self) -> None:
        self.done += 1
        self.total = max(self.total, self.done)
        self.tell(self.done, self.total)


def changes(listing: corpus.Listing, stored: Articles, progress: Progress, left_out: Set[str]) -> Iterator[Change]:
    """Every change from what is ``stored`` to what is in the ``listing``, in an order in which to carry them out.

    Files are read as they are needed, some ahead. ``progress`` advances for what is not `Fresh`. What is
    ``left_out`` (as `remove.left_out` has it) is taken for not being there. Of what is ``stored`` the states of
    files are compared; articles are looked up for what has changed only, and may be changed meanwhile.
    """
    return _Comparison(listing.without(left_out), stored, progress, left_out).changes()


class _Comparison:
    def __init__(self, listing: corpus.Listing, stored: Articles, progress: Progress, left_out: Set[str]) -> None:
        self._listing = listing
        self._covers = listing.covers
        self._stored = stored
        self._left_out = left_out
        self._progress = progress
        self._files = stored.files()
        self._lost = self._files.keys() - listing.files.keys()
        self._found: set[int] = set()
        """Articles of lost files that have been found in others."""
        self._alike: dict[str, tuple[Known, list[Known]]] = {}
        self._given: set[str] = set()
        """Names of files that are new."""

    def changes(self) -> Iterator[Change]:
        before = self._files.items()
        changed = [Path(path) for path, state in self._listing.states.items() if (path, state) not in before]
        self._progress.total = sum(map(_expected, changed))
        with Workers() as workers:
            for source in workers.each(lambda source: self._open(source, workers), map(self._source, changed)):
                yield from self._of(source)
        for path in sorted(filter(self._covers, self._lost)):
            yield from (Gone(one) for one in self._stored.known("path", path) if one.rowid not in self._found)

    def _source(self, path: Path) -> _Source:
        return _Source(path, self._stored.known("path", str(path)) if str(path) in self._files else [])

    def _open(self, source: _Source, workers: Workers) -> _Source:
        """Look at a file, and read it if it has one article; called from threads, some files ahead."""
        path = source.path
        try:
            source.many = bool(readers.check(path).record)
            source.file = corpus.file_state(path)
            if {article.file.file_hash for article in source.before} == {source.file.file_hash}:
                source.same = True
            elif source.many:
                source.articles = readers.read_all(path, id=self._listing.files[str(path)])
            else:
                source.articles = [workers.read(path, id=self._listing.files[str(path)])]
        except ReadError as error:
            source.reason = str(error)
        return source

    def _of(self, source: _Source) -> Iterator[Change]:
        if source.reason or source.file is None:
            yield Skipped(source.path, source.reason)
            self._progress.advance()
        elif source.same:
            yield Settled(source.file)
            self._progress.advance()
        else:
            yield from self._articles(source, source.file, {article.id: article for article in source.before})

    def _articles(self, source: _Source, file: FileState, before: dict[str, Known]) -> Iterator[Change]:
        wanted = self._listing.files[str(source.path)]
        base = self._base(before, wanted, many=source.many)
        # Until all of a file is stored its articles bear no state of it: an interrupted run must read it again.
        state = replace(file, mtime_ns=-1, file_hash="") if source.many else file
        seen = _Seen() if source.many else None
        whole = True
        try:
            for article in source.articles:
                if isinstance(article, ReadError):
                    whole = False
                    yield Skipped(source.path, str(article))
                    self._progress.advance()
                    continue
                if f"{source.path}#{article.id.rpartition('#')[2]}" in self._left_out:
                    continue
                article = replace(article, id=base + article.id[len(wanted) :])
                if seen and not seen.is_new(article.id):
                    yield Skipped(source.path, f"more than one article in it is called {article.id}")
                    self._progress.advance()
                    continue
                yield self._compared(article, state, before.pop(article.id, None), wanted)
        except ReadError as error:
            whole = False
            yield Skipped(source.path, str(error))
        finally:
            if seen:
                seen.close()
        if whole:  # else what is no longer found may be in what could not be read
            yield from map(Gone, before.values())
        if source.many:
            yield Settled(file)

    def _base(self, before: dict[str, Known], wanted: str, *, many: bool) -> str:
        """The id of a file: the one it has, or one that no other has."""
        for id_ in before:
            return id_.rpartition("#")[0] if many else id_
        free = _free_id(wanted, self._is_taken)
        self._given |= {free, free.rpartition("#")[0]}
        return free

    def _is_taken(self, name: str) -> bool:
        """Whether an article that stays is called ``name``, or a file of many."""
        return name in self._given or any(
            one.file.path not in self._lost or not self._covers(one.file.path)
            for one in self._stored.known("name", name)
        )

    def _compared(self, article: Article, file: FileState, before: Known | None, wanted: str) -> Change:
        content = article.content_hash
        if before is None and (before := self._missing(article.id, content, wanted)):
            self._found.add(before.rowid)
            if before.id == wanted:  # its whole folder has moved
                article = replace(article, id=wanted)
        if before and before.content_hash == content:
            self._progress.advance()
            return Moved(before, article, file)
        return Fresh(article, file, before, self._like(content)[0])

    def _missing(self, id_: str, content: str, wanted: str) -> Known | None:
        """An article of that id, or else of that content, whose file is no longer there."""
        if not self._lost:
            return None
        named = (one for one in self._stored.known("name", id_) if one.id == id_ and self._is_away(one))
        alike = (one for one in self._like(content)[1] if one.rowid not in self._found)
        nearest = min(alike, key=lambda one: (one.id != wanted, not self._covers(one.file.path)), default=None)
        return next(named, None) or nearest

    def _like(self, content: str) -> tuple[Known | None, list[Known]]:
        """An article of that content, and all whose files are no longer there; looked up once, it may be many."""
        if content not in self._alike:
            if not (known := self._stored.known("content", content)):
                return None, []
            self._alike[content] = known[-1], [*filter(self._is_away, known)]
        return self._alike[content]

    def _is_away(self, one: Known) -> bool:
        """Whether its file is no longer there, and it has not been found in another."""
        path = one.file.path
        if path not in self._lost or one.rowid in self._found:
            return False
        return self._covers(path) or not os.path.exists(path)


class _Seen:
    """Names that have been seen, on disk if they are many: a million of them need no more memory than ten."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE seen (name TEXT PRIMARY KEY) WITHOUT ROWID")

    def is_new(self, name: str) -> bool:
        return self._db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (name,)).rowcount > 0

    def close(self) -> None:
        self._db.close()


def _expected(path: Path) -> int:
    """About how many articles are in a file."""
    kind = readers.kind_of(path)
    if kind is None or not kind.record:
        return 1
    try:
        with path.open("rb") as file:
            return sum(chunk.count(kind.record) for chunk in iter(lambda: file.read(1 << 20), b""))
    except OSError:
        return 1


def _free_id(wanted: str, taken: Callable[[str], bool]) -> str:
    """``wanted``, or with a number behind it where an article elsewhere, or one of a file of many, has that id."""
    if (file := wanted.rpartition("#")[0]) and taken(file):
        wanted = f"{wanted}~1"
    numbered = (f"{wanted}~{n}" for n in count(2))
    return next(id_ for id_ in chain([wanted], numbered) if not taken(id_))
