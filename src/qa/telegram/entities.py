"""Telegram's HTML: the text and the entities it parses to, and what Telegram refuses.

The rules are those of https://core.telegram.org/bots/api#html-style, for the tags that need no more than
themselves (no custom emoji, no ``span``); the descriptions of refusals follow the Bot API server's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LIMIT = 4096
"""UTF-16 code units that a message may have, after entity parsing."""

MARKUP_LIMIT = 1 << 15
"""Bytes of UTF-8 that its markup may have."""

ENTITY_LIMIT = 100
"""Entities that a message keeps: Telegram drops the rest in silence."""

_TYPES = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
}
_ATTRIBUTE = r"""\s+([a-z-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[a-z0-9.-]+))?"""
_TAG = re.compile(rf"<(/?)([^\s<>/]*)((?:{_ATTRIBUTE})*)\s*>", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot)|#(?:x([0-9a-f]{1,6})|([0-9]{1,7})));", re.IGNORECASE)
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_LINK = re.compile(r"(?:https?|tg)://[^\s/?#]", re.IGNORECASE)


class Refused(ValueError):
    """Telegram would answer 400 Bad Request; the message is the description that it would give."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A formatted stretch ``[start, end)`` of the parsed text, in characters (code points)."""

    type: str
    start: int
    end: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a reader sees: the text, and its entities by start."""

    text: str
    entities: tuple[Entity, ...]


def units(text: str) -> int:
    """The length of ``text`` as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse(html: str) -> Parsed:
    """``html`` as Telegram reads it; raises ``Refused`` where Telegram "can't parse entities"."""
    text = ""
    entities: list[Entity] = []
    opened: list[tuple[str, Entity]] = []
    at = 0
    while (tag_at := html.find("<", at)) >= 0:
        text += _unescape(html[at:tag_at])
        tag = _TAG.match(html, tag_at)
        if not tag:
            raise _unparsable("Unclosed tag", html, tag_at)
        at = tag.end()
        name = tag[2].lower()
        if not tag[1]:
            opened.append((name, _open(html, tag, start=len(text))))
            if sum("blockquote" in entity.type for _, entity in opened) > 1:
                raise _unparsable("Nested blockquote", html, tag_at)
            continue
        if not opened:
            raise _unparsable("Unexpected end tag", html, tag_at)
        expected, entity = opened.pop()
        if name not in (expected, ""):
            raise _unparsable(f'Unmatched end tag, expected "</{expected}>", found "</{name}>"', html, tag_at)
        if entity.start < len(text) and (entity.type != "text_link" or _LINK.match(entity.url)):
            entities.append(Entity(entity.type, entity.start, len(text), entity.url))
    if opened:
        raise Refused(f"can't parse entities: Can't find end tag corresponding to start tag \"{opened[-1][0]}\"")
    text += _unescape(html[at:])
    return Parsed(text, tuple(sorted(entities, key=lambda e: (e.start, -e.end))))


def check(text: str, parse_mode: str | None) -> Parsed:
    """What sendMessage would show for ``text``; raises ``Refused`` where it would send nothing.

    ``parse_mode`` is ``"HTML"`` or ``None``, which takes the text as it stands.
    """
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Refused("strings must be encoded in UTF-8")
    if len(text.encode()) > MARKUP_LIMIT:
        raise Refused("text is too long")
    if parse_mode not in ("HTML", None):
        raise Refused("unsupported parse_mode")
    parsed = parse(text) if parse_mode else Parsed(text, ())
    if not parsed.text.strip(" \n\t\r\0"):
        raise Refused("message text is empty")
    if units(parsed.text) > LIMIT:
        raise Refused("message is too long")
    return Parsed(parsed.text, parsed.entities[:ENTITY_LIMIT])


def _open(html: str, tag: re.Match[str], *, start: int) -> Entity:
    name = tag[2].lower()
    if name not in _TYPES:
        raise _unparsable(f'Unsupported start tag "{tag[2]}"', html, tag.start())
    attributes = {m[1].lower(): _unescape((m[2] or "").strip("\"'")) for m in re.finditer(_ATTRIBUTE, tag[3], re.I)}
    expandable = name == "blockquote" and "expandable" in attributes
    return Entity("expandable_blockquote" if expandable else _TYPES[name], start, start, attributes.get("href", ""))


def _unescape(text: str) -> str:
    return _REFERENCE.sub(_character, text)


def _character(reference: re.Match[str]) -> str:
    named, hexadecimal, decimal = reference.groups()
    if named:
        return _NAMED[named.lower()]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    valid = 0 < code < 0x110000 and not 0xD800 <= code < 0xE000
    return chr(code) if valid else reference[0]


def _unparsable(what: str, html: str, at: int) -> Refused:
    offset = len(html[:at].encode(errors="surrogatepass"))
    return Refused(f"can't parse entities: {what} at byte offset {offset}")
