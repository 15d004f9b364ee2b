"""A Milvus for tests that can be killed, and a door before it that asks for a token and speaks TLS."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc

_SERVE = "import sys; from milvus_lite.adapter.grpc.server import run_server; run_server(sys.argv[1], '127.0.0.1', int(sys.argv[2]))"  # noqa: E501


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Server:
    """Milvus Lite as a server process, at one port all its lives."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def where(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, str(self.folder), str(self.port)], stdout=subprocess.DEVNULL
        )
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self._process.poll() is None
            time.sleep(0.02)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def door(server: Server, *, token: str, key: bytes, certificate: bytes) -> Iterator[str]:
    """The address, by TLS, of what passes on to ``server`` those requests only that bring ``token``."""
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        guarded = grpc.server(futures.ThreadPoolExecutor(4))
        guarded.add_generic_rpc_handlers((_Door(channel, token),))
        port = guarded.add_secure_port("localhost:0", grpc.ssl_server_credentials([(key, certificate)]))
        guarded.start()
        try:
            yield f"https://localhost:{port}"
        finally:
            guarded.stop(grace=None)


class _Door(grpc.GenericRpcHandler):  # type: ignore[misc]
    def __init__(self, channel: Any, token: str) -> None:
        self._channel, self._token = channel, token

    def service(self, details: Any) -> Any:
        given = dict(details.invocation_metadata).get("authorization", "")
        passed: Callable[[bytes], bytes] = self._channel.unary_unary(details.method)

        def answer(request: bytes, context: Any) -> bytes:
            if given != self._token:
                context.abort(
                    grpc.StatusCode.UNAUTHENTICATED, "auth check failure, please check api key is correct"
                )
            return passed(request)

        return grpc.unary_unary_rpc_method_handler(answer)
