"""The fake Bot API for a bot in another process: on a port of this machine."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import httpx
from telegram_api import TelegramApi
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler


class Server:
    """The fake Bot API on a port of this machine, in a thread of its own."""

    def __init__(self, api: TelegramApi) -> None:
        self.api = api
        self.port = 0
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        assert ready.wait(10)

    def _run(self, ready: threading.Event) -> None:
        api = self.api

        class Handler(RequestHandler):
            async def post(self) -> None:
                answer = await api.answer(httpx.Request("POST", self.request.full_url(), content=self.request.body))
                self.set_status(answer.status_code)
                self.set_header("Content-Type", "application/json")
                self.finish(answer.content)

        async def main() -> None:
            api.drained, api._arrived = asyncio.Event(), asyncio.Event()
            server = HTTPServer(Application([(".*", Handler)], log_function=lambda _: None))
            [socket] = bind_sockets(0, "127.0.0.1", backlog=1024)
            server.add_sockets([socket])
            self.port = socket.getsockname()[1]
            ready.set()
            await asyncio.Event().wait()

        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(main())

    def do(self, work: Callable[[], object]) -> None:
        """Has ``work`` done by the server's thread."""
        self.loop.call_soon_threadsafe(work)
