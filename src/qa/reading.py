"""The library that a service reads: opened when it is first needed, and again when the index was built anew."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from qa.answer import Answer, Found
from qa.errors import IndexMismatch
from qa.store import View
from qa.store.records import Listed, StoredArticle

if TYPE_CHECKING:
    from qa.library import Library

T = TypeVar("T")


class Reading:
    """Reads the index in ``folder`` on ``workers`` threads of its own. All raises what ``Library`` raises."""

    def __init__(self, folder: Path, *, workers: int = 4) -> None:
        self.folder = folder
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="reading")
        self._lock = threading.Lock()
        self._library: Library | None = None

    def library(self) -> Library:
        """The library, opened now if it is not yet; blocking."""
        from qa.library import Library

        with self._lock:
            if self._library is None:
                self._library = Library.open(self.folder)
            return self._library

    async def ask(self, question: str, *, limit: int, after: str = "") -> Answer:
        return await self.run(lambda library: library.ask(question, limit=limit, after=after))

    async def search(self, text: str, *, limit: int) -> Found:
        return await self.run(lambda library: library.search(text, limit=limit))

    async def newest(self, limit: int, offset: int) -> list[Listed]:
        return await self._view(lambda view: view.newest(limit, offset))

    async def sources(self) -> list[tuple[str, int, date | None]]:
        return await self._view(lambda view: view.sources())

    async def find(self, *, id: str = "", rowid: int = 0) -> StoredArticle | None:  # noqa: A002
        return await self._view(lambda view: view.find(id=id, rowid=rowid))

    def close(self) -> None:
        self._threads.shutdown()

    async def _view(self, read: Callable[[View], T]) -> T:
        def look(library: Library) -> T:
            view: AbstractContextManager[View] = library.view()
            with view as opened:
                return read(opened)

        return await self.run(look)

    async def run(self, work: Callable[[Library], T]) -> T:
        """What ``work`` makes of the library, on one of the threads."""

        def attempt() -> T:
            try:
                return work(self.library())
            except IndexMismatch:
                with self._lock:
                    self._library = None
                return work(self.library())

        return await asyncio.get_running_loop().run_in_executor(self._threads, attempt)
