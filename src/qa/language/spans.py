"""Spans of a text, and its words as they are looked up in lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from qa.language import arabic

Span = tuple[int, int]
"""Start and end in characters."""

_WORD = re.compile(r"(?:[^\W\d_][\u064b-\u065f\u0670]*+)+(?:['’][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Word:
    """``text`` as it stands, ``key`` as it stands in lists: see ``key``."""

    text: str
    start: int
    end: int
    key: str

    @property
    def is_arabic(self) -> bool:
        return _in_arabic(self.text)


def word_spans(text: str) -> list[Word]:
    """The words of ``text``, stop words among them, numbers not."""
    return [Word(match[0], *match.span(), key(match[0])) for match in _WORD.finditer(text)]


@lru_cache(maxsize=1 << 14)
def key(word: str) -> str:
    """One spelling: lower case, or Arabic folded and without its article and what is attached before that."""
    return arabic.fold(arabic.bare(word)) if _in_arabic(word) else word.lower()


def keys(listed: Iterable[str]) -> frozenset[str]:
    """Entries of a list, of one word or several, as they are looked up."""
    return frozenset(" ".join(map(key, entry.split())) for entry in listed)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that overlap made one."""
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _in_arabic(word: str) -> bool:
    return "\u0620" <= word[0] <= "\u06ff"
