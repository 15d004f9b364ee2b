"""A real web server on loopback for tests, and the permission to fetch from it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from qa.web.client import Client
from qa.web.guard import Guard


@dataclass
class Page:
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def moved(to: str, status: int = 302) -> Page:
    return Page(status=status, headers={"Location": to})


Pages = dict[str, Page | Callable[[BaseHTTPRequestHandler], None]]


@dataclass
class Site:
    """``pages`` by path; ``asked`` lists what was asked for, with the headers."""

    address: str
    port: int
    pages: Pages
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@contextmanager
def site(pages: Pages, *, wrap: Callable[[socket.socket], socket.socket] | None = None) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there.asked.append((self.path, dict(self.headers)))
            page = pages.get(self.path, Page(status=404))
            if callable(page):
                page(self)
                return
            etag = page.headers.get("ETag")
            fresh = etag is not None and self.headers.get("If-None-Match") == etag
            self.send_response(304 if fresh else page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            if page.kind:
                self.send_header("Content-Type", page.kind)
            self.end_headers()
            if not fresh:
                self.wfile.write(page.body)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass  # a client that hangs up is what many tests are about

    server = Server(("127.0.0.1", 0), Handler)
    if wrap:
        server.socket = wrap(server.socket)
    port = server.server_address[1]
    there = Site(f"{'https' if wrap else 'http'}://news.test:{port}", port, pages)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def here(host: str, *_: object) -> list[str]:
    """Every host is this machine, but those that are to be unknown."""
    if host.startswith("unknown"):
        raise OSError("no such host")
    return ["127.0.0.1"]


def client(**limits: Any) -> Client:
    """A client that may connect to loopback."""
    return Client(guard=Guard(resolve=here, loopback=True), **limits)
