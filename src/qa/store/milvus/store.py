"""The store in Milvus, as the rest of Isnad sees it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa.errors import IndexMismatch, IndexMissing
from qa.store import place
from qa.store.milvus import commits, reader, schema
from qa.store.milvus.commits import Commit
from qa.store.milvus.connection import Connection
from qa.store.milvus.reader import MilvusView
from qa.store.milvus.writer import MilvusWriter, open_writer


class MilvusStore:
    """The index at ``where`` in Milvus, of ``folder``."""

    def __init__(self, folder: Path, where: str) -> None:
        self.folder = folder
        self.connection = Connection(folder, where)
        self._lock = threading.Lock()
        self._opened: dict[str, str] | None = None

    @property
    def settings(self) -> dict[str, str]:
        with self._lock:
            if self._opened is None:
                self._opened = self._newest().settings
            return dict(self._opened)

    @contextmanager
    def view(self) -> Iterator[MilvusView]:
        """The newest generation.

        Raises IndexMismatch when another encoder has built the index anew since this store was opened.
        """
        fingerprint = self.settings["fingerprint"]
        commit = self._newest()
        if commit.settings["fingerprint"] != fingerprint:
            raise IndexMismatch(
                f"the index in {place.called(self.folder)} was built anew by another encoder: start again"
            )
        yield reader.opened(self.connection, commit)

    @contextmanager
    def writer(self) -> Iterator[MilvusWriter]:
        """The one writer; what is not committed is undone."""
        place.note(self.folder)
        with open_writer(self.connection, self.folder) as writer:
            yield writer

    def close(self) -> None:
        self.connection.close()

    def destroy(self) -> None:
        """Take the whole index away, for good."""
        if self.connection.lite and place.untouched(self.folder):
            return
        for collection in self.connection.collections():
            if collection == self.connection.prefix or schema.epoch_of(self.connection.prefix, collection):
                self.connection.drop(collection)

    def _newest(self) -> Commit:
        missing = self.connection.lite is not None and place.untouched(self.folder)
        commit = None if missing else commits.newest(self.connection)
        if commit is None or "fingerprint" not in commit.settings:
            where = place.called(self.folder)
            raise IndexMissing(f"there is no index in {where}: build one with `qa index FOLDER --index {where}`")
        return commit
