"""The bot at a terminal: the very same application over a transport that needs no network and no token."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, TextIO

from telegram.request import BaseRequest, RequestData

from qa.telegram.app import Ask, build, serve
from qa.telegram.entities import Parsed, Refused, check
from qa.telegram.render import visible

_BOT = {"id": 1, "is_bot": True, "first_name": "Isnad", "username": "isnad_bot"}
_CHAT = {"id": 2, "type": "private", "first_name": "You"}
_PERSON = {"id": 2, "is_bot": False, "first_name": "You"}
_BOLD, _PLAIN = "\x1b[1m", "\x1b[22m"


class Terminal(BaseRequest):
    """Answers the Bot API's methods itself: lines that were typed are updates, messages sent are printed.

    It refuses what Telegram refuses, so a fault in our messages shows here too. ``ended`` is set once the
    last line before the end of the input has been fetched.
    """

    def __init__(self, out: TextIO, *, echo: bool, ansi: bool) -> None:
        self._out, self._echo, self._ansi = out, echo, ansi
        self._unechoed: dict[int, str] = {}
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._sent = 0
        self.ended = asyncio.Event()

    def read(self, lines: Iterable[bytes], loop: asyncio.AbstractEventLoop) -> None:
        """Hands over ``lines`` as they come; blocking, so it wants a thread of its own."""
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            for line in lines:
                loop.call_soon_threadsafe(self._lines.put_nowait, line.decode(errors="replace").strip())
            loop.call_soon_threadsafe(self._lines.put_nowait, None)

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,  # noqa: ARG002 — BaseRequest passes it by name
        request_data: RequestData | None = None,
        *_: Any,
        **__: Any,
    ) -> tuple[int, bytes]:
        try:
            result = await self._call(url.rsplit("/", 1)[1], request_data.parameters if request_data else {})
        except Refused as refusal:
            return _reply(400, ok=False, error_code=400, description=f"Bad Request: {refusal}")
        return _reply(200, ok=True, result=result)

    async def _call(self, name: str, parameters: dict[str, Any]) -> object:
        match name:
            case "getMe":
                return _BOT
            case "getUpdates":
                return await self._updates(parameters.get("timeout", 0))
            case "sendMessage":
                return self._show(**parameters)
            case _:
                return True  # typing…, webhooks and the like mean nothing here

    async def _updates(self, timeout: float) -> list[dict[str, Any]]:
        try:
            line = await asyncio.wait_for(self._lines.get(), timeout)
        except TimeoutError:
            return []
        if line is None:
            self.ended.set()
        if not line:
            return []
        self._sent += 1
        if self._echo:
            self._unechoed[self._sent] = line
        command = [{"type": "bot_command", "offset": 0, "length": len(line.split()[0])}]
        message = _message(self._sent, _PERSON, line) | {"entities": command if line.startswith("/") else []}
        return [{"update_id": self._sent, "message": message}]

    def _show(
        self, text: str, reply_parameters: dict[str, Any], parse_mode: str | None = None, **_: Any
    ) -> dict[str, Any]:
        shown = show(check(text, parse_mode), ansi=self._ansi)
        # Before its answer, not when it was read: piped lines are read faster than they are answered.
        if question := self._unechoed.pop(reply_parameters["message_id"], None):
            self._print("> " + "".join(visible(question)))
        self._print(shown)
        self._sent += 1
        return _message(self._sent, _BOT, text)

    def _print(self, text: str) -> None:
        self._out.write(text + "\n\n")
        self._out.flush()


def show(parsed: Parsed, *, ansi: bool) -> str:
    """A message for a terminal: quotes behind a bar, links as ``text (url)``, bold where ``ansi`` allows."""
    insert: defaultdict[int, str] = defaultdict(str)
    barred: set[int] = set()
    for entity in parsed.entities:
        match entity.type:
            case "bold" if ansi:
                insert[entity.start] += _BOLD
                insert[entity.end] += _PLAIN
            case "text_link":
                insert[entity.end] += f" ({entity.url})"
            case "blockquote" | "expandable_blockquote":
                barred.update(range(entity.start, entity.end))
    out = ""
    for i, char in enumerate(parsed.text):
        if i in barred and (i == 0 or parsed.text[i - 1] == "\n"):
            out += "│ "
        out += insert[i] + char
    return out + insert[len(parsed.text)]


def run(ask: Ask) -> None:
    """Answers the lines of standard input with ``ask`` until they end, or until Ctrl-C."""

    async def main() -> None:
        out = sys.stdout
        ansi = out.isatty() and not os.environ.get("NO_COLOR")
        typed = sys.stdin.isatty()
        if typed:
            out.write("Type a question, in English or in Arabic; Ctrl-D ends.\n\n")
            out.flush()
        terminal = Terminal(out, echo=not typed, ansi=ansi)
        # Unbuffered, in a daemon thread: a read that still waits must not hold up the end of the program.
        lines = open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)  # noqa: SIM115
        threading.Thread(target=terminal.read, args=(lines, asyncio.get_running_loop()), daemon=True).start()
        await serve(build("1:console", ask, request=terminal), terminal.ended)

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s")
    with suppress(KeyboardInterrupt):
        asyncio.run(main())


def _reply(status: int, **body: object) -> tuple[int, bytes]:
    return status, json.dumps(body).encode()


def _message(number: int, sender: dict[str, Any], text: str) -> dict[str, Any]:
    return {"message_id": number, "date": int(time.time()), "chat": _CHAT, "from": sender, "text": text}
