"""Text to the pieces of the universal encoder's vocabulary, as SentencePiece does it.

No piece goes on after white space, so that the pieces of a text are those of its words: each word is split once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from .text import encodable
from .unigram import MappedUnigram, Unigram

LONGEST = 64
"""Characters of a word that are split together."""

REMEMBERED = 50_000
"""Words."""

_UNKNOWN, _BEGIN, _END = 0, 1, 2
_TWICE = (_UNKNOWN, _UNKNOWN)
_SPACE = "▁"

# What the vocabulary takes for white space beyond NFKC and Python.
_WHITE = dict.fromkeys([0x200B, 0x200E, 0x200F, 0x2581, 0xFEFF, 0xFFFD], " ")

# NFKC would put Arabic vowel signs into an order that the vocabulary does not know.
_BETWEEN_SIGNS = re.compile("[^\u064b-\u0652]+")


class Pieces:
    """``state``: ``pieces`` in UTF-8 and in order, and the ``piece_ids`` and ``piece_scores`` of each."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        pieces = state["pieces"]
        self._longest = pieces.dtype.itemsize
        self._unigram: Unigram = MappedUnigram(
            pieces, state["piece_ids"], state["piece_scores"], unknown=_UNKNOWN, longest=self._longest
        )
        self._split = lru_cache(REMEMBERED)(self._likeliest)

    def load(self) -> None:
        """Take the vocabulary into memory, for many texts."""
        if isinstance(self._unigram, MappedUnigram):
            self._unigram = self._unigram.loaded()

    def word(self, word: str) -> list[int]:
        """The ids of the pieces of a word's first LONGEST characters, between the ids of beginning and end."""
        letters = "".join(_normalised(encodable(word)).split())[:LONGEST]
        return [_BEGIN, *self._split(_SPACE + letters), _END]

    def text(self, text: str, most: int) -> list[int]:
        """The ids of a text's first pieces, ``most`` with those of the beginning and the end."""
        # What is cut off could not become pieces that are read: no piece is longer.
        read = _normalised(encodable(text[: most * self._longest]).translate(_WHITE))
        ids = chain.from_iterable(map(self._split, _runs(read)))
        return [_BEGIN, *(list(islice(ids, most - 2)) or [_UNKNOWN]), _END]

    def _likeliest(self, letters: str) -> tuple[int, ...]:
        ids = self._unigram.split(letters)  # of a run of unknown characters one is read
        return tuple(id_ for before, id_ in zip([_BEGIN, *ids], ids, strict=False) if (before, id_) != _TWICE)


def _normalised(text: str) -> str:
    return _BETWEEN_SIGNS.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)


def _runs(text: str) -> Iterator[str]:
    """The words of ``text``, each after the sign for a space; what is long in parts."""
    for word in text.split():
        marked = _SPACE + word
        for at in range(0, len(marked), LONGEST + 1):
            yield marked[at : at + LONGEST + 1]
