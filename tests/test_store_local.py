from __future__ import annotations

from pathlib import Path

import pytest
from store_conformance import Open, StoreConformance

from qa.store import open_store


class TestLocalStore(StoreConformance):
    @pytest.fixture
    def open_store(self, tmp_path: Path) -> Open:
        return lambda: open_store(tmp_path / "store")
