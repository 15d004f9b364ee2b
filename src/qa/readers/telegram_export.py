"""A Telegram chat's or channel's export (`result.json`, as Telegram Desktop writes it): its long messages."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from qa.article import Article
from qa.errors import ReadError
from qa.readers.jsonl import named, sound
from qa.readers.metadata import Metadata
from qa.readers.text import article

SHORTEST = 200
"""Characters. A shorter message is talk, not an article."""

_CHUNK = 1 << 20
_LONGEST = 16 * 1024 * 1024
_DECODER = json.JSONDecoder(strict=False)
_MESSAGES = re.compile(r'"messages"\s*:\s*\[')
_GAP = re.compile(r"[\s,]*")


def read_many(file: BinaryIO, name: str, id: str) -> Iterator[Article | ReadError]:  # noqa: A002
    """The messages of an open export with at least `SHORTEST` characters of text, one article each.

    Its id ends in the message's number; its address is the message's own, which its members can open.
    Raises `ReadError` where this is no export of a single chat.
    """
    source = _Stream(file, name)
    chat = source.head()
    for message in source.messages():
        if message.get("type") != "message":
            continue
        text = sound(_plain(message.get("text")))
        if len(text.strip()) < SHORTEST:
            continue
        number = message.get("id")
        where = f"message {number} of {name}"
        fields = {
            "title": "",
            "date": str(message.get("date") or ""),
            "source": sound(str(chat.get("name") or "")),
            "author": sound(str(message.get("author") or "")),
            "url": _address(chat, number),
        }
        try:
            yield article(text, name=where, id=named(id, str(number)), metadata=Metadata(fields))
        except ReadError as error:
            yield error


def _plain(text: object) -> str:
    """A message's text: a string, or pieces that are strings or objects with a ``text``."""
    if isinstance(text, str):
        return text
    pieces = text if isinstance(text, list) else []
    said = (piece.get("text") if isinstance(piece, dict) else piece for piece in pieces)
    return "".join(piece for piece in said if isinstance(piece, str))


def _address(chat: dict[str, Any], number: object) -> str:
    if not isinstance(number, int):
        return ""
    if isinstance(chat.get("username"), str):
        return f"https://t.me/{chat['username']}/{number}"
    inside = {"public_channel", "private_channel", "public_supergroup", "private_supergroup"}
    if chat.get("type") in inside and isinstance(chat.get("id"), int):
        return f"https://t.me/c/{chat['id']}/{number}"
    return ""


class _Stream:
    """The file as text, of which no more than one message and one chunk is in memory."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._text = ""
        self._at = 0
        self._last: object = 0

    def head(self) -> dict[str, Any]:
        """What stands before the messages. Raises `ReadError` where none come."""
        wrong = ReadError(f"{self._name} is not the export of a Telegram chat: export one chat or channel as JSON")
        while not (found := _MESSAGES.search(self._text)):
            if len(self._text) > 2 * _CHUNK or not self._more():
                raise wrong
        try:
            chat = _DECODER.decode(self._text[: found.start()].rstrip().removesuffix(",") + "}")
        except (ValueError, RecursionError):
            raise wrong from None
        if not isinstance(chat, dict) or not {"name", "type", "id"} & chat.keys():
            raise wrong
        self._at = found.end()
        return chat

    def messages(self) -> Iterator[dict[str, Any]]:
        """Every message. Raises `ReadError` where the file is torn or no JSON."""
        while True:
            gap = _GAP.match(self._text, self._at)
            self._at = gap.end() if gap else self._at
            if self._text.startswith("]", self._at):
                return
            try:
                message, self._at = _DECODER.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                torn = isinstance(error, RecursionError) or len(self._text) - self._at > _LONGEST
                if torn or not self._more():
                    raise ReadError(f"{self._name} is torn: what follows message {self._last} is no JSON") from None
                continue
            if isinstance(message, dict):
                self._last = message.get("id", self._last)
                yield message

    def _more(self) -> bool:
        """Read on, at least as much as is there already, so that a long message is not tried too often."""
        self._text = self._text[self._at :]
        self._at = 0
        data = self._file.read(max(_CHUNK, len(self._text)))
        self._text += self._decoder.decode(data, final=not data)
        return bool(data)
