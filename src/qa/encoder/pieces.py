"""Text to the pieces of a vocabulary, the likeliest together, as SentencePiece's unigram model does it.

No piece goes on after white space, so that the pieces of a text are those of its words: each word is split once.

Kudo, “Subword Regularization”, 2018, https://arxiv.org/abs/1804.10959, section 3.2
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any

import numpy as np
import numpy.typing as npt

from .text import encodable

LONGEST = 64
"""Characters of a word that are split together."""

REMEMBERED = 50_000
"""Words."""

_UNKNOWN, _BEGIN, _END = 0, 1, 2
_SPACE = "▁"

# What the vocabulary takes for white space beyond NFKC and Python.
_WHITE = dict.fromkeys([0x200B, 0x200E, 0x200F, 0x2581, 0xFEFF, 0xFFFD], " ")

# NFKC would put Arabic vowel signs into an order that the vocabulary does not know.
_BETWEEN_SIGNS = re.compile("[^\u064b-\u0652]+")


class Pieces:
    """``state``: ``pieces`` in UTF-8 and in order, and the ``piece_ids`` and ``piece_scores`` of each."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self._pieces, self._ids = state["pieces"], state["piece_ids"]
        self._scores = state["piece_scores"]
        self._longest = self._pieces.dtype.itemsize
        self._unlikely = float(self._scores.min()) - 10
        self._split = lru_cache(REMEMBERED)(self._likeliest)

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
        spans = [(i, j) for j in range(1, len(letters) + 1) for i in range(j)]
        rows = self._rows([letters[i:j] for i, j in spans])
        best, back = [0.0] + [-np.inf] * len(letters), [(0, _UNKNOWN)] * (len(letters) + 1)
        for (i, j), row in zip(spans, rows, strict=True):
            if row >= 0 or j == i + 1:
                score = best[i] + (float(self._scores[row]) if row >= 0 else self._unlikely)
                if score > best[j]:
                    best[j], back[j] = score, (i, int(self._ids[row]) if row >= 0 else _UNKNOWN)
        ids: list[int] = []
        end = len(letters)
        while end:
            end, piece = back[end]
            if piece != _UNKNOWN or ids[-1:] != [_UNKNOWN]:  # a run of unknown ones is one
                ids.append(piece)
        return tuple(reversed(ids))

    def _rows(self, texts: Sequence[str]) -> npt.NDArray[np.int64]:
        """The row of each of ``texts`` among the pieces, -1 for those that are none."""
        coded = [text.encode() for text in texts]
        sought = np.array([text if len(text) <= self._longest else b"" for text in coded], self._pieces.dtype)
        rows = np.searchsorted(self._pieces, sought)
        rows[rows == len(self._pieces)] = 0
        return np.where((self._pieces[rows] == sought) & (sought != b""), rows, -1)


def _normalised(text: str) -> str:
    return _BETWEEN_SIGNS.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)


def _runs(text: str) -> Iterator[str]:
    """The words of ``text``, each after the sign for a space; what is long in parts."""
    for word in text.split():
        marked = _SPACE + word
        for at in range(0, len(marked), LONGEST + 1):
            yield marked[at : at + LONGEST + 1]
