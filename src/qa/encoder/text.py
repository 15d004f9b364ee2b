"""What every encoder does to texts before its model sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_SURROGATE = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """``text`` without what no model can take: NUL becomes a space, a lone surrogate U+FFFD."""
    return _SURROGATE.sub("\ufffd", text.replace("\0", " "))


def slices(texts: Sequence[str], characters: int) -> Iterator[Sequence[str]]:
    """Runs of ``texts`` in order, as long as each stays within ``characters`` (a longer text goes alone)."""
    start = size = 0
    for end, text in enumerate(texts):
        if size + len(text) > characters and end > start:
            yield texts[start:end]
            start, size = end, 0
        # an empty text is work too: the prefix and the special tokens
        size += len(text) + 16
    if start < len(texts):
        yield texts[start:]
