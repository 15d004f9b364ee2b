"""Splitting text into pieces of a vocabulary, without the quarter of a gigabyte that a tokenizer for many takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_UNLIKELY = 10.0
"""How much less likely than the least likely piece a character is taken for that is none."""


class Unigram:
    """Splits text into the pieces that are likeliest together, as SentencePiece does.

    ``pieces``: sorted, in UTF-8; ``ids`` and ``scores``: of each. ``unknown``: the id of a character that is none.
    ``longest``: characters of the longest piece, or more. Arrays may be mapped: little of them is read.

    Kudo, “Subword Regularization”, 2018, https://arxiv.org/abs/1804.10959, section 3.2
    """

    def __init__(
        self,
        pieces: npt.NDArray[np.bytes_],
        ids: npt.NDArray[np.int64],
        scores: npt.NDArray[np.floating],
        *,
        unknown: int,
        longest: int,
    ) -> None:
        self._pieces, self._ids, self._scores = pieces, ids, scores
        self._unknown, self._longest = unknown, longest
        self._unlikely = float(scores.min()) - _UNLIKELY

    def split(self, text: str) -> list[int]:
        """The ids of the pieces of ``text``, in which ``▁`` stands for a space."""
        spans = [(i, j) for j in range(1, len(text) + 1) for i in range(max(0, j - self._longest), j)]
        rows = self._rows([text[i:j] for i, j in spans])
        known = np.flatnonzero(rows >= 0)
        found = rows[known]
        pieces = zip(self._ids[found].tolist(), self._scores[found].tolist(), strict=True)
        ending: list[list[tuple[int, int, float]]] = [[] for _ in range(len(text) + 1)]
        for place, (id_, score) in zip(known.tolist(), pieces, strict=True):
            start, end = spans[place]
            ending[end].append((start, id_, score))
        best = [(0.0, 0, self._unknown)]  # of each beginning: its score, and its last piece with where that begins
        for end in range(1, len(text) + 1):
            ways = [(best[start][0] + score, start, id_) for start, id_, score in ending[end]]
            if not ways or ways[-1][1] != end - 1:
                ways.append((best[end - 1][0] + self._unlikely, end - 1, self._unknown))
            best.append(max(ways, key=lambda way: way[0]))
        ids, end = [], len(text)
        while end:
            _, end, id_ = best[end]
            ids.append(id_)
        return ids[::-1]

    def _rows(self, texts: Sequence[str]) -> npt.NDArray[np.int64]:
        """The row of each of ``texts`` among the pieces, -1 for those that are none."""
        coded = [text.encode() for text in texts]
        sought = np.array(
            [text if len(text) <= self._pieces.dtype.itemsize else b"" for text in coded], self._pieces.dtype
        )
        rows = np.searchsorted(self._pieces, sought)
        rows[rows == len(self._pieces)] = 0
        return np.where((self._pieces[rows] == sought) & (sought != b""), rows, -1)
