"""Splitting text into pieces of a vocabulary, as SentencePiece does it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from math import inf

import numpy as np
import numpy.typing as npt

_UNLIKELY = 10.0
"""How much less likely than the least likely piece a character is taken for that is none."""

Piece = tuple[int, int, float]
"""Where a piece ends, its id, and the logarithm of its probability."""


class Unigram(ABC):
    """Splits text into the pieces that are likeliest together. ``unknown``: the id of a character that is none.

    Kudo, “Subword Regularization”, 2018, https://arxiv.org/abs/1804.10959, section 3.2
    """

    def __init__(self, unknown: int, least: float) -> None:
        self._unknown, self._unlikely = unknown, least - _UNLIKELY

    def split(self, text: str) -> list[int]:
        """The ids of the pieces of ``text``, in which ``▁`` stands for a space."""
        return [id_ for id_, _ in self.parts(text)]

    def parts(self, text: str) -> list[tuple[int, int]]:
        """The same, each with where it ends."""
        size = len(text)
        # Of each place: how likely the best pieces up to it are, and the last of them with where it begins.
        scores, begins, ids = [0.0, *[-inf] * size], [0] * (size + 1), [self._unknown] * (size + 1)
        for begin, pieces in enumerate(self._beginning(text)):
            before = scores[begin]
            if not pieces or pieces[0][0] > begin + 1:
                pieces.append((begin + 1, self._unknown, self._unlikely))
            for end, id_, score in pieces:
                if before + score > scores[end]:
                    scores[end], begins[end], ids[end] = before + score, begin, id_
        found, end = [], size
        while end:
            found.append((ids[end], end))
            end = begins[end]
        return found[::-1]

    @abstractmethod
    def _beginning(self, text: str) -> Iterator[list[Piece]]:
        """Of each place in ``text`` the pieces that begin there, the shortest first."""


class MappedUnigram(Unigram):
    """For a few texts: its arrays may be mapped, of which little is read.

    ``pieces``: sorted, in UTF-8; ``ids`` and ``scores``: of each. ``longest``: characters of the longest piece, or
    more.
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
        super().__init__(unknown, float(scores.min()))
        self._pieces, self._ids, self._scores, self._longest = pieces, ids, scores, longest

    def _beginning(self, text: str) -> Iterator[list[Piece]]:
        size = len(text)
        spans = [(i, j) for i in range(size) for j in range(i + 1, min(i + self._longest, size) + 1)]
        rows = self._rows([text[i:j] for i, j in spans])
        known = np.flatnonzero(rows >= 0)
        found = rows[known]
        pieces = zip(self._ids[found].tolist(), self._scores[found].tolist(), strict=True)
        beginning: list[list[Piece]] = [[] for _ in text]
        for place, (id_, score) in zip(known.tolist(), pieces, strict=True):
            begin, end = spans[place]
            beginning[begin].append((end, id_, score))
        return iter(beginning)

    def _rows(self, texts: Sequence[str]) -> npt.NDArray[np.int64]:
        """The row of each of ``texts`` among the pieces, -1 for those that are none."""
        coded = [text.encode() for text in texts]
        sought = np.array(
            [text if len(text) <= self._pieces.dtype.itemsize else b"" for text in coded], self._pieces.dtype
        )
        rows = np.searchsorted(self._pieces, sought)
        rows[rows == len(self._pieces)] = 0
        return np.where((self._pieces[rows] == sought) & (sought != b""), rows, -1)

    def loaded(self) -> LoadedUnigram:
        """The same for many texts."""
        names = (piece.decode() for piece in self._pieces.tolist())
        known = dict(zip(names, zip(self._ids.tolist(), self._scores.tolist(), strict=True), strict=True))
        return LoadedUnigram(known, unknown=self._unknown)


class LoadedUnigram(Unigram):
    """For many texts: a tenth of the time for each, once the pieces, ``known`` by their ids and scores, are in
    memory."""

    def __init__(self, known: Mapping[str, tuple[int, float]], *, unknown: int) -> None:
        super().__init__(unknown, min(score for _, score in known.values()))
        self._known, self._longest = known, max(map(len, known))

    def _beginning(self, text: str) -> Iterator[list[Piece]]:
        known, longest, size = self._known, self._longest, len(text)
        for begin in range(size):
            ends = range(begin + 1, min(begin + longest, size) + 1)
            yield [(end, *piece) for end in ends if (piece := known.get(text[begin:end]))]
