"""The bot at a terminal: the very same application over a transport that needs no network and no token."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from telegram.request import BaseRequest, RequestData

from qa.config import index_folder
from qa.language.script import visible
from qa.reading import Reading
from qa.telegram.app import Service, build
from qa.telegram.entities import Parsed, Refused, check
from qa.telegram.logs import log_to
from qa.telegram.serve import serve
from qa.telegram.settings import Settings
from qa.telegram.state import State

USAGE = """\
Type a question, in English or in Arabic; Ctrl-D ends. Besides:
  :2               press button [2]
  > question       ask on, in reply to the last message
  @ question       inline, as in another chat; :1 inserts [1]
  :file PATH       send a file, to be indexed
  /help            what the bot can do
"""

_ME = 2
_BOT = {"id": 1, "is_bot": True, "first_name": "Isnad", "username": "isnad_bot", "supports_inline_queries": True}
_CHAT = {"id": _ME, "type": "private", "first_name": "You"}
_PERSON = {"id": _ME, "is_bot": False, "first_name": "You"}
_BOLD, _PLAIN = "\x1b[1m", "\x1b[22m"


class Terminal(BaseRequest):
    """Answers the Bot API's methods itself: lines that were typed are updates, messages sent are printed.

    It refuses what Telegram refuses, so a fault in our messages shows here too. A line is taken when the one
    before it is ``settled``. ``ended`` is set once the end of the input has been reached, or nothing can be printed
    any more, for the reason that ``failed`` then gives.
    """

    def __init__(self, out: TextIO, *, echo: bool, ansi: bool) -> None:
        self._out, self._echo, self._ansi = out, echo, ansi
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._messages: dict[int, dict[str, Any]] = {}
        self._number = 0
        self._pressable: list[Callable[[], dict[str, Any] | None]] = []
        self.settled: Callable[[], Awaitable[object]] | None = None
        self.ended = asyncio.Event()
        self.failed: OSError | None = None

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
        method: str,
        request_data: RequestData | None = None,
        *_: Any,
        **__: Any,
    ) -> tuple[int, bytes]:
        if method == "GET":  # a file that was sent
            return 200, Path(bytes.fromhex(url.rsplit("/", 1)[1]).decode()).read_bytes()
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
            case "editMessageText":
                return self._show(number=parameters["message_id"], **parameters)
            case "editMessageReplyMarkup":
                return self._messages[parameters["message_id"]] | {"reply_markup": parameters.get("reply_markup")}
            case "answerCallbackQuery":
                if text := parameters.get("text"):
                    self._print(f"· {text}")
            case "answerInlineQuery":
                self._offer(**parameters)
            case "getFile":
                id_ = parameters["file_id"]
                return {"file_id": id_, "file_unique_id": id_, "file_path": id_}
        return True  # typing…, webhooks, menus and the like mean nothing here

    async def _updates(self, timeout: float) -> list[dict[str, Any]]:
        if self.settled:
            await self.settled()
        try:
            line = await asyncio.wait_for(self._lines.get(), timeout)
        except TimeoutError:
            return []
        if line is None:
            self.ended.set()
        if line and self._echo:
            self._print("> " + "".join(visible(line)))
        if not line or self.failed:
            return []
        update = self._update(line)
        self._number += 1
        return [{"update_id": self._number} | update] if update else []

    def _update(self, line: str) -> dict[str, Any] | None:
        """What ``line`` tells the bot; nothing if it is the terminal's own concern."""
        word, _, rest = line.partition(" ")
        if line.startswith(":file"):
            return self._file(Path(rest.strip()).expanduser())
        if word[:1] == ":" and word[1:].isascii() and word[1:].isdigit():
            if 1 <= int(word[1:]) <= len(self._pressable):
                return self._pressable[int(word[1:]) - 1]()
            self._print(f"· there is no button [{word[1:]}]")
            return None
        if line.startswith("@"):
            query = {"id": "1", "from": _PERSON, "query": rest.strip(), "offset": ""}
            return {"inline_query": query}
        if line.startswith(">"):
            last = self._messages[max(self._messages)] if self._messages else None
            return self._said({"text": line[1:].strip() or "?"} | ({"reply_to_message": last} if last else {}))
        command = [{"type": "bot_command", "offset": 0, "length": len(word)}]
        return self._said({"text": line, "entities": command if line.startswith("/") else []})

    def _file(self, path: Path) -> dict[str, Any] | None:
        try:
            size = path.stat().st_size
            path.open("rb").close()
        except OSError as error:
            self._print(f"· cannot open {path}: {error.strerror}")
            return None
        id_ = str(path.absolute()).encode().hex()
        document = {"file_id": id_, "file_unique_id": id_, "file_name": path.name, "file_size": size}
        return self._said({"document": document})

    def _said(self, content: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        return {"message": _message(self._number, _PERSON) | content}

    def _show(
        self,
        text: str,
        parse_mode: str | None = None,
        reply_markup: Any = None,
        number: int | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        shown = show(check(text, parse_mode), ansi=self._ansi)
        if number is None:
            self._number += 1
        message = _message(number or self._number, _BOT) | {"text": text, "reply_markup": reply_markup}
        self._messages[message["message_id"]] = message
        buttons = [b for row in (reply_markup or {}).get("inline_keyboard", []) for b in row]
        if buttons:
            self._pressable = [lambda b=b: self._press(message, b) for b in buttons]  # type: ignore[misc]
            shown += "\n" + "  ".join(f"[{n}] {b['text']}" for n, b in enumerate(buttons, 1))
        self._print(shown)
        return message

    def _press(self, message: dict[str, Any], button: dict[str, Any]) -> dict[str, Any] | None:
        if app := button.get("web_app"):
            self._print(f"· opens {app['url']}")
            return None
        return _pressed(message, button["callback_data"])

    def _offer(self, results: list[dict[str, Any]], button: dict[str, Any] | None = None, **_: Any) -> None:
        contents = [result["input_message_content"] for result in results]
        self._pressable = [lambda c=c: self._insert(c) for c in contents]  # type: ignore[misc]
        lines = [f"· {button['text']}"] if button else []
        lines += [f"[{n}] {r['title']}\n    {r.get('description', '')}" for n, r in enumerate(results, 1)]
        self._print("\n".join(lines))

    def _insert(self, content: dict[str, Any]) -> None:
        self._print(show(check(content["message_text"], content.get("parse_mode")), ansi=self._ansi))

    def _print(self, text: str) -> None:
        if self.failed:
            return
        try:
            self._out.write(text + "\n\n")
            self._out.flush()
        except OSError as error:  # who read it has gone: the rest would be answered to nobody
            self.failed = error
            self.ended.set()


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


def run(settings: Settings) -> None:
    """Answers the lines of standard input until they end, or until Ctrl-C; whoever types is an admin."""
    settings = replace(
        settings, token="1:console", admins=frozenset({_ME}), webhook_url="", questions_per_minute=10**6
    )
    state, reading = State(None), Reading(index_folder(settings.folder), workers=settings.workers)
    out = sys.stdout

    async def main() -> None:
        typed = sys.stdin.isatty()
        if typed:
            out.write(USAGE + "\n")
            out.flush()
        terminal = Terminal(out, echo=not typed, ansi=out.isatty() and not os.environ.get("NO_COLOR"))
        # Unbuffered, in a daemon thread: a read that still waits must not hold up the end of the program.
        lines = open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)  # noqa: SIM115
        threading.Thread(target=terminal.read, args=(lines, asyncio.get_running_loop()), daemon=True).start()
        service = build(settings, reading, state, request=terminal)
        await talk(service, terminal)

    log_to(sys.stderr, "", as_json=False, level=30)
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(main())
    finally:
        state.close()
        reading.close()


async def talk(service: Service, terminal: Terminal) -> None:
    """Runs ``service`` until the input of ``terminal`` has ended and all of it is answered.

    Raises the OSError for which it could not be printed.
    """
    terminal.settled = service.inbox.join

    async def until_done() -> None:
        await terminal.ended.wait()
        await service.inbox.join()

    await serve(service, until_done)
    if terminal.failed:
        raise terminal.failed


def _pressed(message: dict[str, Any], data: str) -> dict[str, Any]:
    return {"callback_query": {"id": "1", "from": _PERSON, "chat_instance": "1", "message": message, "data": data}}


def _reply(status: int, **body: object) -> tuple[int, bytes]:
    return status, json.dumps(body).encode()


def _message(number: int, sender: dict[str, Any]) -> dict[str, Any]:
    return {"message_id": number, "date": int(time.time()), "chat": _CHAT, "from": sender}
