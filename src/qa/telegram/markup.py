"""Telegram's HTML from data: escaped, in the right direction, within the limits.

Every piece of data is escaped, and freed of what could only deceive (bidi overrides, stray isolates,
controls). Telegram's clients take a line's direction from its first strong letter; each line here starts
with a mark where that letter would mislead, and foreign runs stand in isolates (UAX #9).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import bidirectional

from qa.language.script import Direction, direction, isolate, visible
from qa.telegram.buttons import Rows
from qa.telegram.entities import ENTITY_LIMIT, LIMIT, MARKUP_LIMIT, parse, units

URL = 1000
RLM, LRM = "\u200f", "\u200e"
_STRONG: dict[str, Direction] = {"L": "ltr", "R": "rtl", "AL": "rtl"}
_LINK = re.compile(
    r"https?://[^\s\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+", re.IGNORECASE
)

_NAME = re.compile(r"(?<!\S)[/@][A-Za-z]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Message:
    """One message to send: ``html`` for parse_mode HTML, and the buttons below it."""

    html: str
    buttons: Rows = ()

    @property
    def plain(self) -> str:
        """The same without markup, for when Telegram refuses the HTML."""
        return parse(self.html).text


def pack(cards: Iterable[str], *, gap: str) -> list[Message]:
    """As few messages as hold the ``cards`` in order, none of them torn."""
    packed: list[str] = []
    for card in cards:
        if packed and _fits(joined := packed[-1] + gap + card):
            packed[-1] = joined
        else:
            packed.append(card)
    return [Message(text) for text in packed]


def _fits(markup: str) -> bool:
    parsed = parse(markup)
    return (
        units(parsed.text) <= LIMIT
        and len(parsed.entities) <= ENTITY_LIMIT
        and len(markup.encode()) <= MARKUP_LIMIT
    )


def escape(text: str | Sequence[str]) -> str:
    return html.escape("".join(text), quote=True)


def clip(text: str, most: int, *, end: bool = False) -> str:
    """``text`` in one line of at most ``most`` characters; of a longer one the beginning, or the ``end``."""
    text = " ".join("".join(visible(text)).split())
    if len(text) > most:
        text = f"…{text[1 - most :]}" if end else f"{text[: most - 1]}…"
    return "".join(visible(text))


def lines(text: str) -> str:
    """Our own or an error's text, escaped, each of its lines in its own direction.

    In a line that reads from the right, /commands and @names are isolated: their first character has no
    direction of its own.
    """
    shown = []
    for line in text.split("\n"):
        way = direction(line)
        own = _NAME.sub(lambda name: isolate(name[0]), line) if way == "rtl" else line
        shown.append(lead(line, way) + escape(own))
    return "\n".join(shown)


def lead(line: str, way: Direction) -> str:
    """The mark that makes ``line`` read in its ``way``, where its first character does not."""
    if way == "rtl":
        return "" if _STRONG.get(bidirectional(line[:1] or " ")) == "rtl" else RLM
    first = next((s for char in line if (s := _STRONG.get(bidirectional(char)))), "ltr")
    return "" if first == "ltr" else LRM


def run(text: str, way: Direction) -> str:
    """``text`` as a part of a line that reads in ``way``: isolated if anything in it reads otherwise."""
    foreign = {"R", "AL", "AN"} if way == "ltr" else {"L", "EN", "AN"}
    if foreign.isdisjoint(map(bidirectional, text)):
        return text
    return isolate(lead(text, direction(text)) + text)


def link(text: str, *urls: str) -> str:
    """``text``, which is HTML, as a link to the first of ``urls`` that is a plain web address."""
    for url in urls:
        if _LINK.fullmatch(url) and len(address := escape(url)) <= URL:
            return f'<a href="{address}">{text}</a>'
    return text
