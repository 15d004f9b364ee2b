from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from store_conformance import Open, StoreConformance


class TestMilvusStore(StoreConformance):
    @pytest.fixture
    def open_store(self, milvus: Open) -> Open:
        return milvus


@pytest.mark.skipif("ISNAD_MILVUS_URL" not in os.environ, reason="ISNAD_MILVUS_URL names no server to test with")
class TestMilvusServer(StoreConformance):
    """The same on a server of one's own: ``ISNAD_MILVUS_URL=http://localhost:19530``."""

    @pytest.fixture
    def open_store(self, tmp_path: Path) -> Iterator[Open]:
        from qa.store.milvus.store import MilvusStore

        where = f"{os.environ['ISNAD_MILVUS_URL']}/test_{uuid.uuid4().hex[:8]}"
        yield lambda: MilvusStore(tmp_path / "home", where)
        MilvusStore(tmp_path / "home", where).destroy()
