from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from store_conformance import Open, StoreConformance

pytest.importorskip("milvus_lite", reason="isnad-qa[milvus] is not installed")

from qa.store.milvus.store import MilvusStore
from qa.store.place import folder_of, note, remote

Named = Callable[[], MilvusStore]

numbers = count(1)


@pytest.fixture(scope="session")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that one Milvus Lite serves to all tests."""
    folder = folder_of(f"milvus:{tmp_path_factory.mktemp('milvus') / 'lite.db'}")
    note(folder)
    user = MilvusStore(folder, "lite")
    user.connection.collections()
    yield folder
    user.connection.close()


@pytest.fixture
def opens(lite: Path) -> Open:
    """Opens an index of its own in ``lite``, which is not there at first."""
    name = f"test{next(numbers)}"

    def opened() -> MilvusStore:
        store = MilvusStore(lite, remote(lite) or "")
        store.connection.prefix = name
        return store

    return opened


class TestMilvusStore(StoreConformance):
    @pytest.fixture
    def open_store(self, opens: Open) -> Open:
        return opens
