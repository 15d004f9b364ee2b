"""`qa watch`: keeps an index current while folders change and feeds go on.

Indexing and fetching run in processes of their own, whose memory goes when they end: whoever watches, the
bot perhaps, stays small. What is fetched is saved in the inbox, which is followed like any other folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from qa import readers
from qa.config import articles_folder, inbox
from qa.errors import IndexLocked, IsnadError
from qa.store.place import note

FETCH = 15 * 60.0
"""Seconds between two fetches of the feeds, and between two looks at the folders whatever is reported."""

QUIET, LONGEST = 250, 5000
"""Milliseconds without a change before changes are acted on, and the most that is waited for them to end."""

RETRY = 5.0
"""Seconds after which an index that another process writes is tried again."""

_LOOK = 500
_LOCKED = 75
_NEWS = "+ "
"""Begins a line of a child that tells what was done; others tell of trouble."""
_CHILD = "import sys; from qa.watch import child; sys.exit(child(*sys.argv[1:]))"

Say = Callable[[str], None]


def watch(
    folder: Path,
    stop: Event,
    *,
    say: Say,
    trouble: Say,
    paths: Sequence[Path] = (),
    environment: Mapping[str, str] = os.environ,
) -> None:
    """Keep the index in ``folder`` current until ``stop`` is set, and ``say`` in a line what was done.

    Follows what is indexed already, ``paths`` and the feeds. What goes wrong is told as ``trouble``, and tried
    again at the next change. ``environment`` is that of the processes that do the work. Raises IndexDamaged and
    IndexMismatch where the index cannot even be looked at.
    """
    note(folder)  # the processes that it starts know the place by its folder
    watcher = _Watcher(folder.resolve(), stop, tuple(path.resolve() for path in paths), say, trouble, environment)
    try:
        watcher.run()
    finally:
        if watcher.fetching:
            watcher.fetching.end()


class _Child:
    """A task in a process of its own; what it says is passed on as it comes."""

    def __init__(
        self, task: str, folder: Path, paths: Sequence[Path], tell: Say, environment: Mapping[str, str]
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _CHILD, task, str(folder), *map(str, paths)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env={**environment, "PYTHONIOENCODING": "utf-8"},
            start_new_session=True,  # Ctrl-C reaches us alone, and we end it
        )
        self._listener = Thread(target=self._listen, args=(tell,), daemon=True)
        self._listener.start()

    def _listen(self, tell: Say) -> None:
        assert self._process.stdout
        with self._process.stdout as words:
            for line in words:
                tell(line.rstrip("\n"))

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def end(self) -> int:
        """Its status, after it has ended by itself or at once: what it has not committed, SQLite undoes."""
        if self.running:
            self._process.kill()
        status = self._process.wait()
        self._listener.join()
        return status


@dataclass(slots=True)
class _Watcher:
    folder: Path
    stop: Event
    paths: tuple[Path, ...]
    say: Say
    trouble: Say
    environment: Mapping[str, str]
    fetching: _Child | None = None
    due: float = 0.0
    polling: bool = False
    said: set[str] = field(default_factory=set)
    last: str = ""

    def run(self) -> None:
        while not self.stop.is_set():
            inbox(self.folder).mkdir(parents=True, exist_ok=True)  # so that it is followed before the first page
            pending = True  # whatever happened while nothing was followed
            for changed in self._changes(self._wanted()):
                pending |= changed or self._fetch()
                if pending:
                    pending = not self._index()
            self.stop.wait(0.1)

    def _wanted(self) -> frozenset[Path]:
        from qa.index import corpora

        return frozenset({*corpora(self.folder)[1], *self.paths, inbox(self.folder)})

    def _changes(self, wanted: frozenset[Path]) -> Iterator[bool]:
        """Twice a second whether anything has changed; ends when other paths should be followed."""
        from watchfiles import watch as notified

        roots = {path for path in wanted if path.exists()}

        def concerns(_: object, name: str) -> bool:
            return _concerns(Path(name), roots, self.folder)

        try:
            for changes in notified(
                *roots,
                watch_filter=concerns,
                debounce=LONGEST,
                step=QUIET,
                rust_timeout=_LOOK,
                yield_on_timeout=True,
                stop_event=self.stop,
                raise_interrupt=False,
                force_polling=self.polling or None,
                ignore_permission_denied=True,
            ):
                yield bool(changes)
                replaced = any(Path(name) in roots for _, name in changes)  # a file, by a new one of its name
                if replaced or {path for path in wanted if path.exists()} != roots or self._wanted() != wanted:
                    return
        except OSError as error:
            if self.polling:
                raise
            self.polling = True
            self.trouble(f"the system cannot report changes ({error}): files are looked at again and again instead")

    def _fetch(self) -> bool:
        """Have the feeds fetched when it is time; then it is also time to look at all folders."""
        from qa.web.feeds import followed

        if time.monotonic() < self.due:
            return False
        self.due = time.monotonic() + FETCH
        if followed(self.folder) and not (self.fetching and self.fetching.running):
            self.fetching = _Child("fetch", self.folder, (), self._tell, self.environment)
        return True

    def _index(self) -> bool:
        """Bring the index up to date; false where another process is writing it."""
        child = _Child("index", self.folder, self.paths, self._tell, self.environment)
        while child.running and not self.stop.wait(0.05):
            pass
        locked = child.end() == _LOCKED
        if locked:
            self.stop.wait(RETRY)
        return not locked

    def _tell(self, line: str) -> None:
        """Pass a line on, but not again and again that a file is skipped or the index locked."""
        if line not in self.said and line != self.last:
            self.say(line.removeprefix(_NEWS)) if line.startswith(_NEWS) else self.trouble(line)
        self.last = line
        if line.startswith("skipped "):
            self.said.add(line)


def first_paths(folder: Path) -> list[Path]:
    """What an index of nothing is to follow: the articles that are there by custom."""
    from qa.index import corpora

    return [] if corpora(folder)[1] else articles_folder(folder)


def _concerns(path: Path, roots: set[Path], index: Path) -> bool:
    """Whether a change of ``path`` can change the articles in ``roots``."""
    if index in path.parents and inbox(index) not in path.parents:
        return False  # our own writing
    for root in roots:
        if path == root or root in path.parents:
            hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
            # A folder that is gone cannot be told from a file, but few folders have a suffix.
            return not hidden and (readers.readable(path) or path.is_dir() or not path.suffix)
    return False


def child(task: str, folder: str, *paths: str) -> int:
    """What a process for ``watch`` does: a ``task``, a line for everything worth saying, an exit status."""
    try:
        for line in {"index": _update, "fetch": _gather}[task](Path(folder), [Path(path) for path in paths]):
            _say(line)
    except IsnadError as error:
        locked = isinstance(error, IndexLocked)
        _say(f"{_NEWS if locked else ''}{error}")  # to wait is no trouble
        return _LOCKED if locked else 2
    return 0


def _say(line: str) -> None:
    """One line, whatever characters an address or a file's name has."""
    sys.stdout.write("".join(char if char.isprintable() else "?" for char in line) + "\n")
    sys.stdout.flush()


def _update(folder: Path, paths: Sequence[Path]) -> Iterator[str]:
    from qa.encoder import load_encoder
    from qa.index import corpora, update
    from qa.report import closing_line

    model, before = corpora(folder)
    pages = inbox(folder)
    saved = [pages] if any(readers.readable(page) for page in pages.rglob("[!.]*")) else []
    roots = [path for path in dict.fromkeys([*before, *paths, *saved]) if path.exists()]
    if not roots:
        return
    report = update(roots, folder, load_encoder(model or None), model=model)
    for path, reason in report.skipped:
        yield f"skipped {path}: {reason}"
    if report.added or report.updated or report.removed:
        yield f"{_NEWS}{closing_line(report)}"


def _gather(folder: Path, _: Sequence[Path]) -> Iterator[str]:
    from qa.web.client import Client
    from qa.web.gather import gather

    for result in gather(folder, Client()):
        if isinstance(result, str) or result.changed:
            yield result if isinstance(result, str) else f"{_NEWS}fetched {result.url}"
