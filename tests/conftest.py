"""What many tests share: the real bundled encoder, and an index of the real article."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from sites import Site, serving, shelf

from qa.encoder import Encoder, load_encoder
from qa.index import update
from qa.library import Library
from qa.serve.settings import Settings
from qa.store.place import LITE, folder_of, note

if TYPE_CHECKING:
    from milvus_server import Server

    from qa.store.milvus.store import MilvusStore

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # for torch too, and for child processes
if "PYTEST_XDIST_WORKER" in os.environ:  # each of the workers has a processor to itself
    os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("untimed", deadline=None)  # no test fails because the machine is busy
settings.load_profile("untimed")

SEEDS = Path(__file__).parents[1] / "seeds"


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="session")
def seed_index(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """The folder of an index of ``seeds/``; not to be written to."""
    folder = tmp_path_factory.mktemp("index")
    update([SEEDS], folder, encoder)
    return folder


@pytest.fixture(scope="session")
def library(seed_index: Path) -> Library:
    return Library.open(seed_index)


@pytest.fixture(scope="session")
def news_index(seed_index: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an index of the articles in ``sites.py``; not to be written to."""
    return shelf(seed_index, encoder, tmp_path_factory.mktemp("news"))


@pytest.fixture(scope="session")
def site(news_index: Path) -> Iterator[Site]:
    """The service on ``news_index``, for this machine alone."""
    with serving(Settings(str(news_index), port=0)) as running:
        yield running


@pytest.fixture(scope="session")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that one Milvus Lite serves to all tests."""
    pytest.importorskip("milvus_lite", reason="isnad-qa[milvus] is not installed")
    from qa.store.milvus.store import MilvusStore

    folder = folder_of(f"milvus:{tmp_path_factory.mktemp('milvus') / 'lite.db'}")
    note(folder)
    user = MilvusStore(folder, LITE)
    user.connection.collections()
    yield folder
    user.connection.close()


@pytest.fixture
def milvus(lite: Path) -> Callable[[], MilvusStore]:
    """Opens an index of its own in ``lite``, which is not there at first."""
    from qa.store.milvus.store import MilvusStore

    name = f"test_{uuid.uuid4().hex[:8]}"

    def opened() -> MilvusStore:
        store = MilvusStore(lite, LITE)
        store.connection.prefix = name
        return store

    return opened


@pytest.fixture(scope="session")
def milvus_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Milvus by its address; a test that kills it starts it again."""
    pytest.importorskip("milvus_lite", reason="isnad-qa[milvus] is not installed")
    from milvus_server import Server

    server = Server(tmp_path_factory.mktemp("milvus") / "server.db")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    """For tests of what sets the log up for the whole process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("qa", "httpx")}
    yield
    root.handlers[:], root.level = handlers, level
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
