from __future__ import annotations

import pytest
from store_conformance import Open, StoreConformance


class TestMilvusStore(StoreConformance):
    @pytest.fixture
    def open_store(self, milvus: Open) -> Open:
        return milvus
