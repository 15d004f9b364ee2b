"""A strict Bot API: it records what a bot calls, refuses what Telegram refuses, and fails on request."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
from telegram.request import HTTPXRequest

from qa.telegram.entities import Parsed, Refused, check

TOKEN = "123456:AAsecret-token_of_the_tests"
BOT = {"id": 123456, "is_bot": True, "first_name": "Isnad", "username": "isnad_test_bot"}

Fault = Callable[[httpx.Request], httpx.Response]
"""Stands in for one answer of the API; may raise one of httpx's errors instead."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that a chat received."""

    chat: int
    shown: Parsed
    markup: str
    parse_mode: str | None
    reply_to: int | None


@dataclass
class TelegramApi:
    """Plug ``request()`` into an Application. ``people`` are the private chats that exist.

    ``faults[method]`` are used up before a call is looked at; ``lost[method]`` after it was carried out, in
    place of its result. ``drained`` is set when the bot asks for updates and has confirmed them all.
    """

    people: tuple[int, ...] = (7, 8)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    faults: dict[str, deque[Fault]] = field(default_factory=dict)
    lost: dict[str, deque[Fault]] = field(default_factory=dict)
    repeat: int = 0
    """How many times every update is delivered once more after it was confirmed."""
    drained: asyncio.Event = field(default_factory=asyncio.Event)
    _updates: list[dict[str, Any]] = field(default_factory=list)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _number: int = 0

    def request(self) -> HTTPXRequest:
        return HTTPXRequest(httpx_kwargs={"transport": httpx.MockTransport(self._answer)})

    def say(self, text: str, *, chat: int = 7, kind: str = "message", language: str = "en") -> int:
        """Someone writes ``text``; returns the message's number."""
        command = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return self.post(
            {"text": text, "entities": command if text.startswith("/") else []},
            chat=chat,
            kind=kind,
            language=language,
        )

    def post(self, content: dict[str, Any], *, chat: int = 7, kind: str = "message", language: str = "en") -> int:
        """A message of any kind; negative chats are groups."""
        self._number += 1
        person = {"id": abs(chat), "is_bot": False, "first_name": "Reader", "language_code": language}
        place = {"id": chat, "type": "private" if chat > 0 else "supergroup"}
        message = self._message(self._number, place) | {"from": person} | content
        self._updates.append({"update_id": 1000 + self._number, kind: message})
        self._arrived.set()
        return self._number

    def named(self, method: str) -> list[dict[str, Any]]:
        """The parameters of every call of ``method``."""
        return [parameters for name, parameters in self.calls if name == method]

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        token, method = request.url.path.removeprefix("/bot").split("/")
        parameters = {k: v if k == "text" else _value(v) for k, v in parse_qsl(request.content.decode())}
        self.calls.append((method, parameters))
        if token != TOKEN:
            return refuse(401, "Unauthorized")
        if self.faults.get(method):
            return self.faults[method].popleft()(request)
        try:
            result = await self._carry_out(method, parameters)
        except Refused as refusal:
            return refuse(400, f"Bad Request: {refusal}")
        if self.lost.get(method):
            return self.lost[method].popleft()(request)
        return httpx.Response(200, json={"ok": True, "result": result})

    async def _carry_out(self, method: str, parameters: dict[str, Any]) -> object:
        match method:
            case "getMe":
                return BOT
            case "deleteWebhook":
                return True
            case "getUpdates":
                return await self._get_updates(parameters.get("offset", 0), parameters.get("timeout", 0))
            case "sendChatAction":
                self._known(parameters["chat_id"])
                return True
            case "sendMessage":
                return self._send(parameters)
        raise Refused(f"method {method} is not part of this fake")

    async def _get_updates(self, offset: int, timeout: float) -> list[dict[str, Any]]:
        pending = [update for update in self._updates if update["update_id"] >= offset]
        if not pending and self._updates and self.repeat:
            self.repeat -= 1
            return self._updates
        self._updates = pending
        if not pending:
            self.drained.set()
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), timeout)
            except TimeoutError:
                return []
        return self._updates[:100]

    def _send(self, parameters: dict[str, Any]) -> dict[str, Any]:
        chat = self._known(parameters["chat_id"])
        parse_mode = parameters.get("parse_mode")
        shown = check(parameters.get("text", ""), parse_mode)
        reply_to = parameters.get("reply_parameters", {}).get("message_id")
        self.sent.append(Sent(chat, shown, parameters["text"], parse_mode, reply_to))
        self._number += 1
        return self._message(self._number, {"id": chat, "type": "private"}) | {
            "from": BOT,
            "text": shown.text,
        }

    def _known(self, chat: int) -> int:
        if chat not in self.people:
            raise Refused("chat not found")
        return chat

    @staticmethod
    def _message(number: int, place: dict[str, Any]) -> dict[str, Any]:
        return {"message_id": number, "date": int(time.time()), "chat": place}


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
