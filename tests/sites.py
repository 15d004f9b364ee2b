"""The service in this process or in one of its own, on a free port, and articles for it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from corpora import BAKERY, BRIDGE, BRIDGE_AR, SNOW, emptied, write_files
from starlette.applications import Starlette

from qa.encoder import Encoder
from qa.index import update
from qa.serve.app import build
from qa.serve.run import bound
from qa.serve.settings import Settings

HOSTILE = """\
Reporter finds <script>alert("x")</script> & "quotes" in a page

The page said <img src=x onerror=alert(1)> and the server of the library did not escape it, the reporter wrote. \
An override \u202eturned\u202c the letters round. The library mended its catalogue on 3 May 2020.

"""
ARABIC = "جسر اللين.txt"
RECORDS = (
    {"id": "42", "title": "Tram line 7 opens", "date": "2022-02-01", "source": "Tram News", "url": "https://tram.example/7",
     "text": "Tram line 7 opened on Tuesday with eleven stops. It carries nine thousand riders a day."},
    {"id": "../43", "title": "Tram line 8 is delayed", "date": "2022-03-01", "source": "Tram News",
     "text": "Tram line 8 is delayed until the autumn because the rails have not arrived from the foundry."},
)  # fmt: skip


def shelf(seed_index: Path, encoder: Encoder, at: Path) -> Path:
    """The folder of an index of eight articles, whose files are in ``at / "news"``; two say the same."""
    folder = emptied(seed_index, at / "index")
    files = {
        "bridge.txt": BRIDGE,
        ARABIC: BRIDGE_AR,
        "bakery.md": BAKERY,
        "hostile.txt": HOSTILE,
        "wire.txt": BRIDGE.replace("Old bridge", "Bridge", 1),
    }
    news = write_files(at / "news", files | {"trams.jsonl": "\n".join(json.dumps(record) for record in RECORDS)})
    (news / "snow.txt").write_bytes(SNOW.replace("rescue service", "rescue café").encode("cp1256"))
    update([news], folder, encoder)
    return folder


@dataclass
class Site:
    url: str
    app: Starlette

    def get(self, path: str, **headers: str) -> httpx.Response:
        """The answer to one request; redirects are not followed."""
        names = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
        return httpx.get(self.url + path, headers=names, timeout=30)


@contextmanager
def serving(settings: Settings) -> Iterator[Site]:
    """The service with ``settings`` on a free port, until the block ends."""
    with bound(settings) as opened:
        app = build(settings)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=2))
        thread = threading.Thread(target=server.run, args=([opened],), daemon=True)
        thread.start()
        until = time.monotonic() + 30
        while not server.started:
            assert time.monotonic() < until
            time.sleep(0.01)
        try:
            yield Site(f"http://127.0.0.1:{opened.getsockname()[1]}", app)
        finally:
            server.should_exit = True
            thread.join(10)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        port: int = opened.getsockname()[1]
        return port


@contextmanager
def process(index: Path, *options: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`qa serve`, and its address once it answers."""
    port = free_port()
    command = [sys.executable, "-m", "qa", "serve", "--port", str(port), "--index", str(index), *options]
    started = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | environment)
    try:
        url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 60
        while True:
            assert started.poll() is None, started.stderr and started.stderr.read()
            try:
                httpx.get(f"{url}/health", timeout=60)
                break
            except httpx.TransportError:
                assert time.monotonic() < until
                time.sleep(0.05)
        yield started, url
    finally:
        started.terminate()
        started.wait(30)
        assert started.stderr
        started.stderr.close()


def workers(parent: int) -> set[int]:
    """The processes that answer for ``parent``."""
    children = map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())
    return {child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()}
