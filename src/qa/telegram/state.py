"""What the bot must not forget: ``people.sqlite`` in the index's folder, apart from the index itself.

An indexing run holds the index's own database for minutes; nothing here waits for it. All work goes through
one thread, which commits together what has come in together: a commit waits for the disk.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from qa.errors import StoreError
from qa.people import DATABASE, prepare

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


class State:
    """The database in ``folder``, or one in memory alone; may be shared by threads and tasks.

    Raises StoreError where it cannot be opened, IndexMismatch where a newer release has written it.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / DATABASE if folder else None
        self._works: queue.SimpleQueue[tuple[Work[Any], Future[Any]] | None] = queue.SimpleQueue()
        try:
            if folder:
                folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                self._path or ":memory:", isolation_level=None, timeout=30, check_same_thread=False
            )
            prepare(self._db)
        except (sqlite3.Error, OSError) as error:
            raise self._broken(error) from None
        self._thread = threading.Thread(target=self._work, name="people.sqlite", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T]) -> Future[T]:
        """Does ``work`` in a transaction; the future is ready once it is on disk. StoreError if it fails."""
        done: Future[T] = Future()
        self._works.put((work, done))
        return done

    async def run(self, work: Work[T]) -> T:
        return await asyncio.wrap_future(self.submit(work))

    def close(self) -> None:
        """Finishes what was submitted, then closes the file."""
        self._works.put(None)
        self._thread.join()
        self._db.close()

    def _work(self) -> None:
        open_ = True
        while open_:
            batch = [self._works.get()]
            while not self._works.empty():
                batch.append(self._works.get())
            open_ = None not in batch
            self._commit([item for item in batch if item and item[1].set_running_or_notify_cancel()])

    def _commit(self, batch: list[tuple[Work[Any], Future[Any]]]) -> None:
        done: list[tuple[Future[Any], Any]] = []
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for work, future in batch:
                self._db.execute("SAVEPOINT one")
                try:
                    done.append((future, work(self._db)))
                except Exception as error:
                    self._db.execute("ROLLBACK TO one")
                    future.set_exception(self._broken(error) if isinstance(error, sqlite3.Error) else error)
                self._db.execute("RELEASE one")
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            for _, future in batch:
                if not future.done():
                    future.set_exception(self._broken(error))
            return
        for future, result in done:
            future.set_result(result)

    def _broken(self, error: Exception) -> StoreError:
        what = self._path or "the memory"
        return StoreError(f"{what} cannot be used ({error}): check permissions and free disk, or move it away")
