"""The store of one machine: a folder with a SQLite database and the FAISS files derived from it."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from qa.store.reader import LocalView, Reader

if TYPE_CHECKING:
    from qa.store.writer import LocalWriter


class LocalStore:
    """The index in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opening = threading.Lock()

    @property
    def settings(self) -> dict[str, str]:
        return self._opened.settings

    def view(self) -> AbstractContextManager[LocalView]:
        return self._opened.view()

    def writer(self) -> AbstractContextManager[LocalWriter]:
        from qa.store.writer import open_writer  # who asks does not wait for it

        return open_writer(self.folder)

    def close(self) -> None:
        if "_reader" in vars(self):
            self._reader.close()

    @property
    def _opened(self) -> Reader:
        with self._opening:
            return self._reader

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.folder)
