from __future__ import annotations

from pathlib import Path

import pytest
from store_conformance import Open, StoreConformance

from qa.store import open_store
from qa.store.place import folder_of

pytest.importorskip("milvus_lite", reason="isnad-qa[milvus] is not installed")


class TestMilvusStore(StoreConformance):
    @pytest.fixture
    def open_store(self, tmp_path: Path) -> Open:
        folder = folder_of(f"milvus:{tmp_path / 'store.db'}")
        return lambda: open_store(folder)
