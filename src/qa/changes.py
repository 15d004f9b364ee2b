"""What an indexing run must do: the files of a corpus compared with what the store knows of them.

Nothing is written here: `index.update` carries the changes out, `qa index --dry-run` only tells of them.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path

from qa import corpus, readers
from qa.article import Article
from qa.errors import ReadError
from qa.readers.apart import Workers
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
    """One changed file: its state, or the reason why it has none, and its articles if they are not as before."""

    path: Path
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


def changes(
    listing: corpus.Listing, known: Sequence[Known], progress: Progress, left_out: Set[str]
) -> Iterator[Change]:
    """Every change from what is ``known`` to what is in the ``listing``, in an order in which to carry them out.

    Files are read as they are needed, some ahead. ``progress`` advances for what is not `Fresh`. What is
    ``left_out`` (as `remove.left_out` has it) is taken for not being there.
    """
    return _Comparison(listing.without(left_out), known, progress, left_out).changes()


def nothing(listing: corpus.Listing, files: Mapping[str, corpus.State], left_out: Set[str]) -> bool:
    """Whether ``changes`` would find none, by what the store knows of its ``files`` (``Writer.files``)."""
    found = listing.without(left_out)
    return found.states.items() <= files.items() and not any(map(listing.covers, files.keys() - found.files.keys()))


class _Comparison:
    def __init__(
        self, listing: corpus.Listing, known: Sequence[Known], progress: Progress, left_out: Set[str]
    ) -> None:
        self._listing = listing
        self._left_out = left_out
        self._progress = progress
        self._by_file: dict[str, list[Known]] = defaultdict(list)
        for article in known:
            self._by_file[article.file.path].append(article)
        self._twins = {article.content_hash: article for article in known}
        lost = [path for path in self._by_file if path not in listing.files]
        away = {path for path in lost if listing.covers(path) or not os.path.exists(path)}
        self._missing = {a.id: a for path in away for a in self._by_file[path]}
        self._by_content: dict[str, list[Known]] = {}
        for absent in self._missing.values():
            self._by_content.setdefault(absent.content_hash, []).append(absent)
        self._ids = {a.id for a in known if a.id not in self._missing or not listing.covers(a.file.path)}
        self._ids |= {id_.rpartition("#")[0] for id_ in self._ids}

    def changes(self) -> Iterator[Change]:
        changed = [Path(path) for path, state in self._listing.states.items() if not self._unchanged(path, state)]
        self._progress.total = sum(map(_expected, changed))
        with Workers() as workers:
            for source in workers.each(lambda path: self._open(path, workers), changed):
                yield from self._of(source)
        gone = [article for article in self._missing.values() if self._listing.covers(article.file.path)]
        yield from map(Gone, gone)

    def _unchanged(self, path: str, state: corpus.State | None) -> bool:
        match self._by_file.get(path):
            case [first, *others]:
                same = all(other.file == first.file for other in others)
                return same and state == (first.file.size, first.file.mtime_ns)
        return False

    def _open(self, path: Path, workers: Workers) -> _Source:
        """Look at a file, and read it if it has one article; called from threads, some files ahead."""
        source = _Source(path)
        try:
            source.many = bool(readers.check(path).record)
            source.file = corpus.file_state(path)
            hashes = {article.file.file_hash for article in self._by_file.get(str(path), ())}
            if hashes == {source.file.file_hash}:
                source.same = True
            elif source.many:
                source.articles = readers.read_all(path, id=self._listing.files[str(path)])
            else:
                source.articles = [workers.read(path, id=self._listing.files[str(path)])]
        except ReadError as error:
            source.reason = str(error)
        return source

    def _of(self, source: _Source) -> Iterator[Change]:
        before = self._by_file.get(str(source.path), [])
        if source.reason or source.file is None:
            yield Skipped(source.path, source.reason)
            self._progress.advance()
        elif source.same:
            yield Settled(source.file)
            self._progress.advance()
        else:
            yield from self._articles(source, source.file, {article.id: article for article in before})

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
        free = _free_id(wanted, self._ids)
        self._ids.add(free)
        return free

    def _compared(self, article: Article, file: FileState, before: Known | None, wanted: str) -> Change:
        if before is None:
            same = (a for a in self._by_content.get(article.content_hash, ()) if a.id in self._missing)
            before = self._missing.get(article.id) or min(same, key=lambda a: a.id != wanted, default=None)
        if before:
            self._missing.pop(before.id, None)
            if before.id == wanted:  # its whole folder has moved
                article = replace(article, id=wanted)
        if before and before.content_hash == article.content_hash:
            self._progress.advance()
            return Moved(before, article, file)
        return Fresh(article, file, before, self._twins.get(article.content_hash))


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


def _free_id(wanted: str, taken: set[str]) -> str:
    """``wanted``, or with a number behind it where an article elsewhere, or one of a file of many, has that id."""
    if (file := wanted.rpartition("#")[0]) and file in taken:
        wanted = f"{wanted}~1"
    numbered = (f"{wanted}~{n}" for n in count(2))
    return next(id_ for id_ in chain([wanted], numbered) if id_ not in taken)


NAMED = 10_000
"""Articles of each sort that a plan names: a file may have a million."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an indexing run would do, by article ids: the first ``NAMED`` of each sort, and ``counts`` of all."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    removed: tuple[str, ...]
    counts: tuple[int, int, int]
    unchanged: int
    skipped: tuple[tuple[Path, str], ...]
    ignored: Counter[str]


def plan(
    listing: corpus.Listing,
    known: Sequence[Known],
    left_out: Set[str],
    tell: Callable[[int, int], None] = lambda *_: None,
) -> Plan:
    """What indexing the ``listing``, less what is ``left_out``, would do to a store with the articles ``known``."""
    progress = Progress(tell=tell)
    added, updated, removed, skipped = _Named(), _Named(), _Named(), list[tuple[Path, str]]()
    for change in changes(listing, known, progress, left_out):
        match change:
            case Fresh():
                (updated if change.replaces else added).add(change.article.id)
                progress.advance()
            case Gone():
                removed.add(change.known.id)
            case Skipped():
                skipped.append((change.path, change.reason))
    return Plan(
        added=tuple(added.ids),
        updated=tuple(updated.ids),
        removed=tuple(removed.ids),
        counts=(added.count, updated.count, removed.count),
        unchanged=len(known) - updated.count - removed.count,
        skipped=tuple(skipped),
        ignored=listing.ignored,
    )


@dataclass(slots=True)
class _Named:
    ids: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, id_: str) -> None:
        self.count += 1
        if self.count <= NAMED:
            self.ids.append(id_)
