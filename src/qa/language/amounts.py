"""Amounts that prose names: numbers in digits and in words, with what they are of where that is a unit."""

from __future__ import annotations

import re
from functools import cache

from qa.language.spans import Span, keys, word_spans
from qa.language.words import words

_DIGITS = r"\d+(?:[.,٫٬/]\d+)*"
_NUMBER = re.compile(rf"(?<![A-Za-z\d])(?:[$€£¥]\s?)?{_DIGITS}(?:\s?[-–]\s?{_DIGITS})?(?:\s?[%٪€£])?(?!\w)")


@cache
def _listed(kind: str) -> frozenset[str]:
    return keys(words(f"amount-{kind}"))


def amounts(text: str) -> list[Span]:
    """Where ``text`` names an amount, in order and without overlap: ``4.8 million euros``, ``خمسة وعشرون``."""
    parts = [(*match.span(), True, False) for match in _NUMBER.finditer(text)]
    for word in word_spans(text):
        counts = word.key in _listed("cardinals") or word.key in _listed("scales")
        parts.append((word.start, word.end, counts, word.key in _listed("units")))
    found: list[Span] = []
    open_ = False  # the last span may grow
    for start, end, counts, unit in sorted(parts):
        follows = open_ and not text[found[-1][1] : start].strip(" \u00a0-")
        if follows and (counts or unit):
            found[-1] = (found[-1][0], end)
        elif counts:
            found.append((start, end))
        open_ = counts
    return found
