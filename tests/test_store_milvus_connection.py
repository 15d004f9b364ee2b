"""Milvus that goes away, comes back, stays away, or asks who we are."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("milvus_lite", reason="isnad-qa[milvus] is not installed")

from indexing import BAKERY, BRIDGE, Listening, write
from milvus_server import Server, door, free_port

from qa.encoder import Encoder
from qa.errors import ConfigError, StoreError
from qa.index import update
from qa.library import Library
from qa.store import open_store
from qa.store.milvus import connection, schema
from qa.store.milvus.connection import Connection, listed, quoted
from qa.store.place import folder_of


@pytest.fixture
def index(milvus_server: Server, tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = folder_of(f"milvus:{milvus_server.where}/{tmp_path.name.replace('-', '_')}")
    update([write(tmp_path / "news", a=BRIDGE, b=BAKERY)], folder, Listening(encoder))
    return folder


def test_a_server_that_comes_back_is_waited_for(index: Path, milvus_server: Server) -> None:
    library = Library(index)
    before = library.search("Which bakery won?", limit=1)
    milvus_server.kill()
    back = threading.Timer(1.0, milvus_server.start)
    back.start()
    assert library.search("Which bakery won?", limit=1) == before, "by the connection there was"
    back.join()
    milvus_server.kill()
    back = threading.Timer(1.0, milvus_server.start)
    back.start()
    assert Library(index).search("Which bakery won?", limit=1) == before, "by a new one"
    back.join()


def test_a_server_that_stays_away_is_named(
    index: Path, milvus_server: Server, tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 1.0)
    library = Library(index)
    away = rf"^{milvus_server.where}/\w+ could not be reached for 1 seconds: [^\n]+$"
    write(tmp_path / "news", c=BAKERY.replace("rye", "corn"))
    with open_store(index).writer() as writer:
        settings = writer.settings
        writer.set(note="never committed")
        milvus_server.kill()
        try:
            began = time.monotonic()
            with pytest.raises(StoreError, match=away):
                writer.commit()
            with pytest.raises(StoreError, match=away):
                library.search("Which bakery won?", limit=1)
            with pytest.raises(StoreError, match=away):
                Library(index)
            assert time.monotonic() - began < 25
        finally:
            milvus_server.start()
            monkeypatch.setattr(connection, "PATIENCE", 30.0)
    assert open_store(index).settings == settings
    assert update([tmp_path / "news"], index, Listening(encoder)).added == 1


def test_an_address_where_nothing_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 0.5)
    with pytest.raises(StoreError, match="could not be reached"):
        Connection(tmp_path, f"http://127.0.0.1:{free_port()}").collections()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    try:
        subprocess.run(
            [*command.split(), "-keyout", "key.pem", "-out", "cert.pem"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
    except OSError:
        pytest.skip("there is no openssl to make a certificate with")
    return folder


def test_tls_and_the_token_come_from_the_environment(
    milvus_server: Server, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, cert = (certificate / "key.pem").read_bytes(), (certificate / "cert.pem").read_bytes()
    monkeypatch.setattr(connection, "PATIENCE", 2.0)
    monkeypatch.setenv(connection.CERTIFICATE, str(certificate / "cert.pem"))
    # base64 of root:Milvus, as the client sends it
    with door(milvus_server, token="cm9vdDpNaWx2dXM=", key=key, certificate=cert) as where:
        monkeypatch.setenv(connection.TOKEN, "root:Milvus")
        opened = Connection(tmp_path, f"{where}/guarded")
        assert opened.collections() == Connection(tmp_path, milvus_server.where).collections()
        assert opened.prefix == "guarded"
        monkeypatch.setenv(connection.TOKEN, "root:wrong")
        with pytest.raises(StoreError, match="does not let us in: set ISNAD_MILVUS_TOKEN"):
            Connection(tmp_path, where).collections()
        monkeypatch.delenv(connection.CERTIFICATE)
        with pytest.raises(StoreError, match="could not be reached"):
            Connection(tmp_path, where).collections()
        monkeypatch.setenv(connection.CERTIFICATE, str(tmp_path / "absent.pem"))
        with pytest.raises(ConfigError, match=r"absent\.pem"):
            Connection(tmp_path, where).collections()


def test_what_milvus_refuses_is_told_in_one_line(milvus_server: Server, tmp_path: Path) -> None:
    opened = Connection(tmp_path, milvus_server.where)
    if not opened.collections():
        schema.create_control(opened)
    with pytest.raises(StoreError, match=r"^http[^\n]+ cannot do that \([^\n]+\): see its log$"):
        opened.query(opened.collections()[0], "number ===", ["number"])
    with pytest.raises(StoreError, match=r"has no absent any more: see `qa doctor`$"):
        opened.query("absent", "pk > 0", ["pk"])


def test_texts_stand_in_filters_whatever_they_hold() -> None:
    assert quoted('a"b\\c') == '"a\\"b\\\\c"'
    assert listed([1, 2]) == "[1, 2]"
    assert listed(["خبز", "'"]) == '["خبز", "\'"]'
