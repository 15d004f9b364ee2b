"""Milvus Lite for several processes: who serves the folder, and until when."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("milvus_lite", reason="isnad-qa[milvus] is not installed")

from indexing import BAKERY, BRIDGE, Listening, python, write

from qa.encoder import Encoder
from qa.errors import StoreError
from qa.index import update
from qa.library import Library
from qa.store.milvus import connection, lite
from qa.store.milvus.connection import Connection
from qa.store.milvus.lite import ADDRESS, LOG, SERVING, Lite, serve, serving
from qa.store.place import LITE, folder_of

ASK = """\
import sys
from pathlib import Path
from qa.library import Library
library = Library(Path(sys.argv[1]))
for line in sys.stdin:
    print(library.search(line, limit=1).passages[0].article.id, flush=True)
"""


def servers(folder: Path) -> list[int]:
    found = subprocess.run(
        ["pgrep", "-f", f"qa.store.milvus.lite {folder} "], capture_output=True, text=True, check=False
    )
    return [int(line) for line in found.stdout.split()]


def wait(until: object, *, seconds: float = 20) -> None:
    assert callable(until)
    ends = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_a_reader_and_a_writer_at_once_and_a_server_that_ends(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process reads throughout; the server is killed between; nobody starts a second one."""
    monkeypatch.setattr(lite, "LINGER", 0.2)
    monkeypatch.setattr(connection, "PATIENCE", 10.0)
    folder = folder_of(f"milvus:{tmp_path}/news.db").resolve()
    news = write(tmp_path / "news", a=BRIDGE)
    update([news], folder, Listening(encoder))
    with python(ASK, folder) as reader:
        assert reader.stdin
        assert reader.stdout

        def asked() -> str:
            assert reader.stdin
            assert reader.stdout
            reader.stdin.write("Which bakery won the prize?\n")
            reader.stdin.flush()
            return reader.stdout.readline().strip()

        assert asked() == "news/a.txt"
        (first,) = servers(folder)
        write(news, b=BAKERY)
        update([news], folder, Listening(encoder))
        assert asked() == "news/b.txt", "a finished update is seen by the next question"
        assert servers(folder) == [first]
        os.kill(first, signal.SIGKILL)
        wait(lambda: not serving(folder))
        assert asked() == "news/b.txt", "whatever was committed outlasts the server"
        assert Library(folder).search("bridge", limit=1).passages[0].article.id == "news/a.txt"
        assert len(servers(folder)) == 1
        reader.stdin.close()
        reader.wait(20)
    wait(lambda: not servers(folder))
    assert not (folder / ADDRESS).exists()


def test_what_does_not_start_is_said(tmp_path: Path) -> None:
    (tmp_path / "collections").write_text("in the way")
    with pytest.raises(StoreError, match=rf"Milvus Lite does not start: see .*{LOG}"):
        Lite(tmp_path).address()
    assert "collections" in (tmp_path / LOG).read_text()
    with pytest.raises(StoreError, match="cannot be used"):
        Lite(tmp_path / "absent").address()


def test_a_folder_is_served_only_while_its_server_lives(tmp_path: Path) -> None:
    assert not serving(tmp_path)
    (tmp_path / SERVING).touch()
    (tmp_path / ADDRESS).touch()
    assert not serving(tmp_path)


def test_what_serves_ends_when_nobody_has_used_it_for_a_while(tmp_path: Path) -> None:
    thread = threading.Thread(target=serve, args=(tmp_path, 0.3))
    thread.start()
    wait(lambda: serving(tmp_path))
    user = Connection(tmp_path, LITE)
    assert user.collections() == []
    thread.join(1.0)
    assert thread.is_alive(), "somebody uses it"
    user.close()
    thread.join(20)
    assert not thread.is_alive()
    assert not serving(tmp_path)


def test_all_users_come_to_one_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lite, "LINGER", 0.2)
    user, other = Lite(tmp_path), Lite(tmp_path)
    assert user.address() == other.address() == user.address()
    assert user.alive()
    (server,) = servers(tmp_path)
    user.close()
    assert servers(tmp_path) == [server], "there is another"
    other.close()
    wait(lambda: servers(tmp_path) == [])
