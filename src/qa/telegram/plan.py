"""What is to be sent, and where: it can be written down before it is sent."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from qa.telegram.buttons import Button
from qa.telegram.markup import Message


@dataclass(frozen=True, slots=True)
class Place:
    """Where to: a chat, the topic in it, and the message to reply to. ``lang`` is that of the one who reads."""

    chat: int
    thread: int | None = None
    reply_to: int | None = None
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be sent; ``kept`` names the answer that these messages show."""

    place: Place
    messages: tuple[Message, ...]
    kept: str = ""

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        data = json.loads(text)
        messages = tuple(
            Message(m["html"], tuple(tuple(Button(**b) for b in row) for row in m["buttons"]))
            for m in data["messages"]
        )
        return cls(Place(**data["place"]), messages, data["kept"])
