"""The tokens of a text, kept small, so that a question can be compared with them one by one.

A vector of a whole text says what it is about; that a question's every word has its match shows in the tokens.
Each token of the question takes the most similar token of a text, and the mean of these similarities is how well
that text matches it. A token is kept in the directions that tell most (``directions.npy``, scripts/ship_tokens.py).

Khattab and Zaharia, “ColBERT”, 2020, https://arxiv.org/abs/2004.12832
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from . import Vectors
from .pooling import Tokens, unit, within

DIM = 96
"""Numbers of a token as it is kept."""

SCALE = 1.5 * DIM**0.5
"""What numbers of unit vectors are multiplied by to be kept in four bits, as −7 to 7."""

_PASSAGE, _QUESTION = -2, -1
"""In ``directions.npy``, below the directions: what tokens of a passage and of a question have in common there."""

_ZERO = 8
"""What stands for zero; the first half of a token's numbers are the lower four bits of its bytes."""

Small = npt.NDArray[np.uint8]


def kept(tokens: Tokens, parts: Sequence[tuple[int, int]]) -> tuple[Small, tuple[int, ...]]:
    """The tokens of ``parts``, uint8 ``(n, DIM // 2)``, one part after the other, and how many there are of each.

    A part beyond the last token has one that is like none.
    """
    small = packed(_reduced(tokens.states, _PASSAGE))
    found = [small[own] if own.any() else none(1)[0] for own in within(tokens, parts)]
    return np.concatenate([none(0)[0], *found]), tuple(map(len, found))


def none(parts: int) -> tuple[Small, tuple[int, ...]]:
    """As ``kept``, of a model whose tokens are not known: one for each part, that is like none."""
    return packed(np.zeros((parts, DIM), np.float32)), (1,) * parts


def packed(vectors: Vectors) -> Small:
    """Vectors ``(n, DIM)`` of unit length in four bits a number."""
    numbers = (np.clip(np.rint(vectors * SCALE), -7, 7) + _ZERO).astype(np.uint8)
    pairs: Small = numbers[:, : DIM // 2] | numbers[:, DIM // 2 :] << 4
    return pairs


def asked(states: Vectors) -> Vectors:
    """The tokens of a question from their ``states`` ``(n, dim)``: ``(n, DIM)``, each ``1 / n`` long."""
    found: Vectors = _reduced(states, _QUESTION) / np.float32(len(states))
    return found


def best(question: Vectors, tokens: Small, firsts: npt.NDArray[np.int64]) -> Vectors:
    """How much each token of a question finds in each part, ``(parts, n)``: cosines times the length of the token.

    ``question`` ``(n, DIM)`` is as ``asked`` makes it, ``firsts`` are the rows of the first token of each part.
    """
    weights = question.T / np.float32(SCALE)
    similar = (tokens & 15).astype(np.float32) @ weights[: DIM // 2]
    similar += (tokens >> 4).astype(np.float32) @ weights[DIM // 2 :]
    found: Vectors = np.maximum.reduceat(similar, firsts) - _ZERO * weights.sum(axis=0)
    return found


def _reduced(states: Vectors, row: int) -> Vectors:
    learnt = _learnt()
    return unit(unit(states) @ learnt[:_PASSAGE] - learnt[row])


@lru_cache(maxsize=1)
def _learnt() -> Vectors:
    found: Vectors = np.load(Path(__file__).with_name("directions.npy")).astype(np.float32)
    return found
