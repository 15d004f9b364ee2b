"""Reading in child processes, so that a file that hangs, explodes or crashes its parser costs that file only.

A child is started when it is first needed and reads one file after another: a line of JSON and the file's bytes
go in, a line of JSON with the article or an error comes out. It has no more memory and processor time than
`MEMORY` and `SECONDS`; one that dies or takes too long is replaced.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from threading import Timer
from typing import Any, TypeVar

from qa.article import Article, Kept
from qa.errors import ReadError
from qa.readers import check, placed, read_all, shown

MEMORY = 2 << 30
"""Bytes of address space that a child has."""

SECONDS = 30
"""Of processor time for one file; waiting for the processor, a file may take as long again."""

CALM = 1 << 20
"""Bytes. A smaller text cannot hurt, and is read here."""

_T = TypeVar("_T")
_R = TypeVar("_R")


class Workers:
    """Children that read files, at most ``count`` at once; to be closed, best by ``with``."""

    def __init__(self, count: int = 0) -> None:
        self._count = count or _processors()
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._threads = ThreadPoolExecutor(self._count, "reader")

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all children, whatever they are at."""
        for child in tuple(self._busy):
            child.end()  # whoever waits for its answer takes it away
        for child in self._idle:
            child.kill()
        self._threads.shutdown(cancel_futures=True)

    def read(self, path: Path, *, id: str) -> Article:  # noqa: A002
        """The article in the file at ``path``, of a kind with one to a file. May be called from any thread.

        Raises `ReadError` where it cannot be read, or not within the limits.
        """
        kind = check(path)
        if not kind.apart and path.stat().st_size < CALM:
            found = next(read_all(path, id=id))
            assert isinstance(found, Article)
            return found
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ReadError(f"{shown(path)} cannot be opened: {error.strerror or error}") from error
        return placed(self.read_bytes(data, module=kind.module, name=shown(path), id=id), path)

    def read_bytes(self, data: bytes, *, module: str, name: str, id: str, **more: str) -> Article:  # noqa: A002
        """What ``read(data, name, id, **more)`` of the reader ``module`` gives, in a child."""
        child = self._idle.pop() if self._idle else _Child()
        self._busy.add(child)
        try:
            answer = child.ask({"module": module, "name": name, "id": id, **more}, data)
        finally:
            self._busy.discard(child)
        if answer is None:
            child.kill()
            why = (
                "took too long"
                if child.late
                else "needs more time or memory than a page of text should, or is broken"
            )
            raise ReadError(f"{name} cannot be read: it {why}")
        self._idle.append(child)
        if "error" in answer:
            raise ReadError(answer["error"])
        return _article(answer["article"])

    def each(self, job: Callable[[_T], _R], over: Iterable[_T]) -> Iterator[_R]:
        """``job`` of each, in order, some of them ahead of the one that is asked for."""
        waiting: deque[Future[_R]] = deque()
        for one in over:
            waiting.append(self._threads.submit(job, one))
            if len(waiting) > 4 * self._count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Child:
    def __init__(self) -> None:
        self.late = False
        self._process = subprocess.Popen(
            [sys.executable, "-m", "qa.readers.child", str(MEMORY), str(SECONDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def ask(self, request: dict[str, str], data: bytes) -> dict[str, Any] | None:
        """The child's answer, ``None`` where it has died of the question."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        timer = Timer(2 * SECONDS, self._stop)
        timer.start()
        try:
            self._process.stdin.write(json.dumps({"bytes": len(data), **request}).encode() + b"\n")
            self._process.stdin.write(data)
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except OSError:
            return None
        finally:
            timer.cancel()
        return json.loads(answer) if answer.endswith(b"\n") else None

    def _stop(self) -> None:
        self.late = True
        self.end()

    def end(self) -> None:
        """Make it stop, whatever it is at."""
        self._process.kill()

    def kill(self) -> None:
        """Make it stop, and leave nothing of it."""
        self.end()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what it did not read is lost with it
                assert pipe is not None
                pipe.close()
        self._process.wait()


def to_json(article: Article) -> dict[str, Any]:
    """``article`` as a child sends it."""
    return asdict(article) | {"date": article.date and article.date.isoformat()}


def _article(sent: dict[str, Any]) -> Article:
    return Article(
        **sent
        | {
            "date": date.fromisoformat(sent["date"]) if sent["date"] else None,
            "headings": tuple((start, end) for start, end in sent["headings"]),
            "kept": tuple(Kept(**run) for run in sent["kept"]),
        }
    )
