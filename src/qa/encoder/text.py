"""What every encoder does to texts before its model sees them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

_SURROGATE = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """``text`` without what no model can take: NUL becomes a space, a lone surrogate U+FFFD."""
    return _SURROGATE.sub("\ufffd", text.replace("\0", " "))


def slices(texts: Sequence[T], characters: int, *, key: Callable[[T], int]) -> Iterator[Sequence[T]]:
    """Runs of ``texts`` in order, as long as each stays within ``characters`` (a longer text goes alone).

    ``key``: the characters of a text.
    """
    start = size = 0
    for end, text in enumerate(texts):
        if size + key(text) > characters and end > start:
            yield texts[start:end]
            start, size = end, 0
        # an empty text is work too: the prefix and the special tokens
        size += key(text) + 16
    if start < len(texts):
        yield texts[start:]
