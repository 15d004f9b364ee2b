"""A strict Bot API: it records what a bot calls, refuses what Telegram refuses, and fails on request.

The rules are those that https://core.telegram.org/bots/api states; ``telegram_people.py`` writes to the bot.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

import httpx
from telegram.request import HTTPXRequest

from qa.telegram.entities import Parsed, Refused, check

TOKEN = "123456:AAsecret-token_of_the_tests_123456"
BOT = {
    "id": 123456,
    "is_bot": True,
    "first_name": "Isnad",
    "username": "isnad_test_bot",
    "supports_inline_queries": True,
}

_APIS = count()
"""Numbers of one fake are not those of another: a bot drops an update that it knows."""

Fault = Callable[[httpx.Request], httpx.Response]
"""Stands in for one answer of the API; may raise one of httpx's errors instead."""


@dataclass
class Sent:
    """One message that a chat received, as it stands now."""

    number: int
    chat: int
    shown: Parsed
    markup: str
    parse_mode: str | None
    reply_to: int | None
    thread: int | None = None
    buttons: list[list[dict[str, Any]]] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.buttons for button in row]

    def as_json(self) -> dict[str, Any]:
        kind = "private" if self.chat > 0 else "supergroup"
        message = {"message_id": self.number, "date": int(time.time()), "chat": {"id": self.chat, "type": kind}}
        board = {"reply_markup": {"inline_keyboard": self.buttons}} if self.buttons else {}
        return message | {"from": BOT, "text": self.shown.text} | board


class Bucket:
    """So many at once, and so many a second after that."""

    def __init__(self, most: float, per: float) -> None:
        self._most, self._rate, self._level, self._at = most, most / per, 0.0, time.monotonic()

    def wait(self) -> float:
        """0 if there is room for one more; else how long until there is."""
        now = time.monotonic()
        self._level = max(0.0, self._level - (now - self._at) * self._rate)
        self._at = now
        if self._level + 1 > self._most + 0.5:  # half a message of leeway for two clocks
            return (self._level + 1 - self._most) / self._rate
        self._level += 1
        return 0.0


@dataclass
class TelegramApi:
    """Plug ``request()`` into an Application. ``people`` are the private chats that exist, ``groups`` the others.

    ``faults[method]`` are used up before a call is looked at; ``lost[method]`` after it was carried out, in
    place of its result. ``drained`` is set when the bot asks for updates and has confirmed them all.
    """

    people: tuple[int, ...] = (7, 8)
    groups: tuple[int, ...] = (-100,)
    topics: tuple[int, ...] = (55,)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    """What was said to those who pressed a button."""
    offered: list[dict[str, Any]] = field(default_factory=list)
    """The answers to inline queries."""
    files: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, deque[Fault]] = field(default_factory=dict)
    lost: dict[str, deque[Fault]] = field(default_factory=dict)
    repeat: int = 0
    """How many times every update is delivered once more after it was confirmed."""
    drained: asyncio.Event = field(default_factory=asyncio.Event)
    webhook: dict[str, Any] = field(default_factory=dict)
    times: dict[int, float] = field(default_factory=dict)
    """When each update was fetched, and each message sent, by its number."""
    updates: list[dict[str, Any]] = field(default_factory=list)
    number: int = field(default_factory=lambda: 10_000 * next(_APIS))
    queries: set[str] = field(default_factory=set)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _all: Bucket = field(default_factory=lambda: Bucket(30, 1))
    _group: defaultdict[int, Bucket] = field(default_factory=lambda: defaultdict(lambda: Bucket(20, 60)))

    def request(self) -> HTTPXRequest:
        return HTTPXRequest(httpx_kwargs={"transport": httpx.MockTransport(self.answer)})

    def add(self, update: dict[str, Any]) -> int:
        """An update for the bot; gives its number."""
        self.number += 1
        self.updates.append({"update_id": 1000 + self.number} | update)
        self._arrived.set()
        self.drained.clear()
        return self.number

    def named(self, method: str) -> list[dict[str, Any]]:
        """The parameters of every call of ``method``."""
        return [parameters for name, parameters in self.calls if name == method]

    async def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/file/bot"):
            data = self.files.get(request.url.path.rsplit("/", 1)[1])
            return httpx.Response(404) if data is None else httpx.Response(200, content=data)
        token, method = request.url.path.removeprefix("/bot").split("/")
        parameters = {k: v if k == "text" else _value(v) for k, v in parse_qsl(request.content.decode())}
        self.calls.append((method, parameters))
        if token != TOKEN:
            return refuse(401, "Unauthorized")
        if self.faults.get(method):
            return self.faults[method].popleft()(request)
        if wait := self._too_fast(method, parameters):
            return refuse(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        try:
            result = await self._carry_out(method, parameters)
        except Refused as refusal:
            return refuse(400, f"Bad Request: {refusal}")
        if self.lost.get(method):
            return self.lost[method].popleft()(request)
        return httpx.Response(200, json={"ok": True, "result": result})

    def _too_fast(self, method: str, parameters: dict[str, Any]) -> int:
        if method not in ("sendMessage", "editMessageText"):
            return 0
        chat = parameters["chat_id"]
        wait = self._all.wait() or (self._group[chat].wait() if chat < 0 else 0)
        return 0 if wait == 0 else int(wait) + 1

    async def _carry_out(self, method: str, parameters: dict[str, Any]) -> object:
        match method:
            case "getMe":
                return BOT
            case "deleteWebhook":
                self.webhook = {}
                return True
            case "setWebhook":
                if not parameters["url"].startswith("https://"):
                    raise Refused("bad webhook: An HTTPS URL must be provided for webhook")
                self.webhook = parameters
                return True
            case "getWebhookInfo":
                return {"url": self.webhook.get("url", ""), "has_custom_certificate": False} | {
                    "pending_update_count": len(self.updates)
                }
            case "setMyCommands":
                return _commands(parameters)
            case "getUpdates":
                return await self._get_updates(parameters.get("offset", 0), parameters.get("timeout", 0))
            case "sendChatAction":
                self._known(parameters["chat_id"])
                return True
            case "sendMessage":
                return self._send(parameters)
            case "editMessageText" | "editMessageReplyMarkup":
                return self._edit(method, parameters)
            case "answerCallbackQuery":
                return self._tell(parameters)
            case "answerInlineQuery":
                return self._offer(parameters)
            case "getFile":
                if parameters["file_id"] not in self.files:
                    raise Refused("invalid file_id")
                return {"file_id": parameters["file_id"], "file_unique_id": "u", "file_path": parameters["file_id"]}
        raise Refused(f"method {method} is not part of this fake")

    async def _get_updates(self, offset: int, timeout: float) -> list[dict[str, Any]]:
        pending = [update for update in self.updates if update["update_id"] >= offset]
        if not pending and self.updates and self.repeat:
            self.repeat -= 1
            return self.updates
        self.updates = pending
        if not pending:
            self.drained.set()
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), timeout)
            except TimeoutError:
                return []
        now = time.monotonic()
        for update in self.updates[:100]:
            self.times.setdefault(update["update_id"] - 1000, now)
        return self.updates[:100]

    def _send(self, parameters: dict[str, Any]) -> dict[str, Any]:
        chat = self._known(parameters["chat_id"])
        parse_mode = parameters.get("parse_mode")
        shown = check(parameters.get("text", ""), parse_mode)
        reply_to = parameters.get("reply_parameters", {}).get("message_id")
        thread = parameters.get("message_thread_id")
        if thread is not None and (chat > 0 or thread not in self.topics):
            raise Refused("message thread not found")
        buttons = _keyboard(parameters)
        self.number += 1
        sent = Sent(self.number, chat, shown, parameters["text"], parse_mode, reply_to, thread, buttons)
        self.times[self.number] = time.monotonic()
        self.sent.append(sent)
        return sent.as_json()

    def _edit(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        chat, number = parameters["chat_id"], parameters["message_id"]
        sent = next((s for s in self.sent if (s.chat, s.number) == (chat, number)), None)
        if sent is None:
            raise Refused("message to edit not found")
        text = parameters["text"] if method == "editMessageText" else sent.markup
        mode = parameters.get("parse_mode") if method == "editMessageText" else sent.parse_mode
        shown, buttons = check(text, mode), _keyboard(parameters)
        if (shown, buttons) == (sent.shown, sent.buttons):
            raise Refused(
                "message is not modified: specified new message content and reply markup are exactly the same as a "
                "current content and reply markup of the message"
            )
        sent.shown, sent.markup, sent.parse_mode, sent.buttons = shown, text, mode, buttons
        return sent.as_json()

    def _tell(self, parameters: dict[str, Any]) -> bool:
        if parameters["callback_query_id"] not in map(_value, self.queries):
            raise Refused("query is too old and response timeout expired or query ID is invalid")
        if len(str(parameters.get("text", ""))) > 200:
            raise Refused("MESSAGE_TOO_LONG")
        self.told.append(parameters)
        return True

    def _offer(self, parameters: dict[str, Any]) -> bool:
        if parameters["inline_query_id"] not in map(_value, self.queries):
            raise Refused("query is too old and response timeout expired or query ID is invalid")
        results = parameters["results"]
        ids = [result["id"] for result in results]
        if len(results) > 50 or len(set(ids)) < len(ids) or any(not 1 <= len(i.encode()) <= 64 for i in ids):
            raise Refused("RESULT_ID_INVALID")
        for result in results:
            if not result["title"].strip():
                raise Refused("ARTICLE_TITLE_EMPTY")
            content = result["input_message_content"]
            check(content["message_text"], content.get("parse_mode"))
        if (button := parameters.get("button")) and not re.fullmatch(
            r"[A-Za-z0-9_-]{1,64}", button["start_parameter"]
        ):
            raise Refused("START_PARAM_INVALID")
        self.offered.append(parameters)
        return True

    def _known(self, chat: int) -> int:
        if chat not in self.people + self.groups:
            raise Refused("chat not found")
        return chat


def _keyboard(parameters: dict[str, Any]) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = parameters.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    alone = int(parameters["chat_id"]) > 0
    if len(buttons) > 100 or any(len(row) > 8 for row in rows):
        raise Refused("reply markup is too long")
    for button in buttons:
        if not button["text"].strip():
            raise Refused("inline keyboard button text must be non-empty")
        if app := button.get("web_app"):
            if not alone or not re.match(r"https://[^/]+\.[^/]+/", app["url"]):
                raise Refused("BUTTON_TYPE_INVALID")
        elif not 1 <= len(button["callback_data"].encode()) <= 64:
            raise Refused("BUTTON_DATA_INVALID")
    return rows


def _commands(parameters: dict[str, Any]) -> bool:
    for command in parameters["commands"]:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise Refused("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise Refused("BOT_COMMAND_DESCRIPTION_INVALID")
    return True


def refuse(status: int, description: str, **parameters: object) -> httpx.Response:
    body = {"ok": False, "error_code": status, "description": description}
    return httpx.Response(status, json=body | ({"parameters": parameters} if parameters else {}))


def refusing(status: int, description: str, **parameters: object) -> Fault:
    """A fault: the API answers, but with an error."""
    return lambda _: refuse(status, description, **parameters)


def breaking(error: type[httpx.TransportError]) -> Fault:
    """A fault: no answer arrives."""

    def fault(request: httpx.Request) -> httpx.Response:
        raise error("", request=request)

    return fault


def _value(text: str) -> Any:
    """A parameter as the library meant it: numbers and structures travel as JSON, strings bare."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, int | dict | list) else text
