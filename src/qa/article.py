"""The article: one clean text with its title, date and language, and the way back to the file it came from."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from typing import Literal

Dated = Literal["metadata", "text", "file", ""]
"""Where a date comes from: what the source says of itself, its text, the file's time; nowhere if there is none."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A run of characters that stands alike in the clean text and in the decoded source.

    ``text[start : start + length] == raw[raw_start : raw_start + length]``, in characters (code points).
    """

    start: int
    raw_start: int
    length: int


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it is indexed and quoted.

    ``text`` is the body without clutter; paragraphs are parted by a blank line (``\\n\\n``).
    ``headings`` are ``(start, end)`` spans of section headings in ``text``: part of the article, never a quote.
    ``kept`` maps ``text`` to the decoded source, in order and without overlap; separators belong to no run.
    The decoded source is the file for plain text and Markdown, the message or the record's text in an export;
    a page, PDF or DOCX has no text but the one that was got out of it, and there it is ``text`` itself.
    ``lang`` is a lower-case ISO 639-1 code, ``"und"`` where there are no letters.
    """

    id: str
    title: str
    text: str
    date: date | None
    lang: str
    source: str
    url: str
    headings: tuple[tuple[int, int], ...]
    kept: tuple[Kept, ...]
    author: str = ""
    dated: Dated = ""

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) of title, date, language, text and headings. Equal hashes need no new encoding.

        A file's time is not content: a copy of the file is the same article.
        """
        day = self.date.isoformat() if self.date and self.dated != "file" else ""
        seen = "\0".join((self.title, day, self.lang, self.text, str(self.headings)))
        return hashlib.sha256(seen.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def text_hash(self) -> str:
        """Names the words of the text. Articles where it is equal are one article of several sources."""
        return text_hash(self.text)

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the decoded source that holds ``text[start:end]``, ``start < end``, on kept runs."""
        return _raw(self.kept, start), _raw(self.kept, end - 1) + 1


def text_hash(text: str) -> str:
    """As ``Article.text_hash``, of 32 digits; however the lines break."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _raw(kept: tuple[Kept, ...], offset: int) -> int:
    run = kept[max(0, bisect_right(kept, offset, key=lambda k: k.start) - 1)]
    return run.raw_start + min(offset - run.start, run.length)
