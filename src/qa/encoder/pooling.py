"""A passage's vector and those of its sentences, from one reading of the passage.

A model that averages its tokens says of each token what it means where it stands. The mean of all of them is the
passage; the mean of a sentence's is that sentence in its passage, who “he” is included. What it has in common with
its passage is taken away by half, so that the sentences of a passage can be told apart.

Günther et al., “Late Chunking”, 2024, https://arxiv.org/abs/2409.04701
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import Vectors

SHARED = 0.5
"""How much of the passage is taken away from its sentences."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a model says of the tokens of a text: float32 ``(n, dim)``; and where they stand there: ``(n, 2)``."""

    states: Vectors
    places: npt.NDArray[np.int64]


def pooled(tokens: Tokens, parts: Sequence[tuple[int, int]]) -> Vectors:
    """Of a text and its ``parts``: ``(1 + parts, dim)``, of unit length.

    A part beyond the last token is taken for the whole.
    """
    whole = unit(tokens.states.mean(axis=0, keepdims=True))
    if not parts:
        return whole
    theirs = within(tokens, parts)
    means = unit(theirs.astype(np.float32) @ tokens.states)
    own = np.where(theirs.any(axis=1, keepdims=True), means, whole) - SHARED * whole
    return np.concatenate([whole, unit(own)])


def within(tokens: Tokens, parts: Sequence[tuple[int, int]]) -> npt.NDArray[np.bool_]:
    """Which tokens stand in which part: ``(parts, tokens)``."""
    bounds, (begin, end) = np.array(parts, np.int64).reshape(-1, 2), tokens.places.T
    found: npt.NDArray[np.bool_] = (end > bounds[:, :1]) & (begin < bounds[:, 1:]) & (begin < end)
    return found


def unit(vectors: Vectors) -> Vectors:
    """``vectors`` ``(n, dim)`` at length one; what has none stays as it is."""
    found: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return found
