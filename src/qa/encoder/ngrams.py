"""The model of the universal encoder: a text is the mean of what its n-grams of pieces say.

Two layers look at two, three and five neighbouring pieces, so that what is computed for a piece depends on four
before it and four after it. Passages hold the pieces of their sentences, and texts repeat each other: what stands
in one neighbourhood is computed once for all texts of a call. For passages with their sentences that is less than
half of the work, for the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from . import Vectors
from .arrays import Arrays

TOGETHER = 5000
"""Pieces of a call at most: neighbourhoods of so many can be numbered in 64 bits."""

_BRANCHES = ((2, 0), (3, 1), (5, 2))
"""How many pieces each looks at, and how many of them stand before the one that it looks from; the widest last."""

_GAP = 2
"""Places left empty between texts: no branch looks farther."""

_FOUR = 4
"""Rows that OpenBLAS multiplies at once."""

_FEW = 32
"""Pieces of a call, as of a question: to tell them apart would take longer than it saves."""

_WIDTH = 256
"""Numbers that a branch has for a piece."""

_BLOCKS = 17
"""Parts of the vocabulary that have scales of their own."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Heard:
    """What there is to say of pieces: ``states`` ``(1 + n, _WIDTH)``, of which the first is that of nothing, and
    ``rows``: which of them each place of a line has."""

    states: Vectors
    rows: Rows


class NgramModel:
    """``weights`` by their names in the package; those of a list by their place in it, after a point."""

    def __init__(self, weights: Arrays) -> None:
        self._weights = weights

    def encode(self, texts: Sequence[Sequence[int]]) -> Vectors:
        """The vectors ``(texts, dim)``, of unit length, of texts given as the ids of their pieces, one at least."""
        lengths = np.array([len(text) for text in texts])
        starts = np.cumsum(lengths) - lengths
        ids, each = np.unique(np.fromiter(chain.from_iterable(texts), np.int64), return_inverse=True)
        places = np.arange(len(each)) + np.repeat(_GAP * np.arange(1, len(texts) + 1), lengths)
        pieces = self._pieces(ids)
        spoken = self._normalised(_times(pieces, self._weights["proj_W"]) + self._weights["proj_b"], "_all")
        branches = []
        for n, (order, before) in enumerate(_BRANCHES):
            rows = np.zeros(places[-1] + 1 + _GAP, np.int64)
            rows[places] = each + 1
            heard = _Heard(_after_nothing(spoken[:, n * _WIDTH : (n + 1) * _WIDTH]), rows)
            for layer in (1, 2):
                heard, first = self._layer(heard, places, order, before, f"{layer}.{n}")
            branches.append(heard)
        # What the widest branch has looked at is all that any has.
        parts = [pieces[each[first]], *(heard.states[heard.rows[places[first]]] for heard in branches)]
        features = self._normalised(np.concatenate(parts, axis=1), "")
        which = branches[-1].rows[places] - 1
        sums = [features[which[at : at + n]].sum(axis=0) for at, n in zip(starts, lengths, strict=True)]
        return self._dense(np.stack(sums), lengths.astype(np.float32)[:, None])

    def _pieces(self, ids: Rows) -> Vectors:
        """The embeddings ``(n, dim)`` of pieces."""
        block = ids % _BLOCKS
        found: Vectors = self._weights["table"][ids] * self._weights["scale"][block, None]
        found += self._weights["lo"][block, None]
        return found

    def _layer(self, heard: _Heard, places: Rows, order: int, before: int, name: str) -> tuple[_Heard, Rows]:
        """What there is to say after looking ``before`` and behind each of ``places``, and of each of the different
        neighbourhoods where in ``places`` it stands first."""
        neighbours = heard.rows[places[:, None] + np.arange(order) - before]
        first, each = _different(neighbours, len(heard.states))
        different = neighbours[first]
        states = _times(heard.states[different].reshape(len(first), -1), self._weights[f"w{name}"])
        states += self._weights[f"b{name}"]
        np.maximum(states, 0, out=states)
        states += heard.states[different[:, before]]
        rows = np.zeros_like(heard.rows)
        rows[places] = each + 1
        return _Heard(_after_nothing(states), rows), first

    def _dense(self, sums: Vectors, lengths: Vectors) -> Vectors:
        """The vectors of texts from the sums of what their pieces say, and how many these are ``(n, 1)``."""
        weights = self._weights
        mean = (_times(sums, weights["cnn_W"]) + lengths * weights["cnn_b"]) / np.sqrt(lengths)
        more = _times(np.maximum(_times(mean, weights["d0"]), 0), weights["d1"])
        inner = np.maximum(_times(mean, weights["p1"]) + more, 0)
        more = _times(np.maximum(_times(inner, weights["d2"]), 0), weights["d3"])
        vectors: Vectors = np.tanh(_times(inner, weights["p3"]) + more)
        vectors /= np.sqrt(np.maximum(np.einsum("ij,ij->i", vectors, vectors), weights["eps"]))[:, None]
        return vectors

    def _normalised(self, x: Vectors, name: str) -> Vectors:
        """Makes rows of ``x`` have mean 0 and variance 1, times the weights ``ln_g`` and ``ln_b`` more."""
        x -= x.mean(axis=1, keepdims=True)
        x /= np.sqrt(np.einsum("ij,ij->i", x, x) / x.shape[1] + self._weights["eps"])[:, None]
        x *= self._weights[f"ln_g{name}"]
        x += self._weights[f"ln_b{name}"]
        return x


def _times(x: npt.NDArray[Any], weights: Vectors) -> Vectors:
    """``x @ weights``; few rows are filled up to fours, for which OpenBLAS takes two thirds of the time."""
    rows = len(x)
    if 1 < rows <= _FEW:
        x = np.concatenate([x, np.zeros((-rows % _FOUR, x.shape[1]), np.float32)])
    product: Vectors = x @ weights
    return product[:rows]


def _different(neighbours: Rows, limit: int) -> tuple[Rows, Rows]:
    """Where each different row of numbers below ``limit`` stands first, and which of them each row is."""
    if len(neighbours) <= _FEW:
        return (every := np.arange(len(neighbours))), every
    number = neighbours[:, 0]
    for column in neighbours.T[1:]:
        number = number * limit + column
    _, first, each = np.unique(number, return_index=True, return_inverse=True)
    return first, each


def _after_nothing(states: Vectors) -> Vectors:
    return np.concatenate([np.zeros((1, states.shape[1]), np.float32), states])
