"""How much of an article a reader has found: word sequences shared with what was written."""

from __future__ import annotations

import re
from collections import Counter

_LENGTH = 4


def sequences(text: str) -> Counter[tuple[str, ...]]:
    """Every run of four words of ``text``."""
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + _LENGTH]) for i in range(max(1, len(words) - _LENGTH + 1)))


def f1(found: str, written: str) -> float:
    a, b = sequences(found), sequences(written)
    shared = sum((a & b).values())
    return 2 * shared / (sum(a.values()) + sum(b.values()))
