"""Which of a question's words a text holds, itself or by words that stand for them, and how surely."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

Near = Mapping[str, Mapping[str, float]]
"""For each word of a question what else stands for it, and how surely, 0 to 1."""

Held = npt.NDArray[np.float32]
"""``(texts, words)``: how surely each text holds each word of a question, 0 to 1."""


def matches(nears: Sequence[Near], texts: Sequence[Iterable[str]]) -> list[Held]:
    """What each of ``texts``, given by its terms, holds of the words of each of ``nears``."""
    sought = [_sought(near) for near in nears]
    every = frozenset[str]().union(*sought)
    # One look at each term: of thousands only a few are sought.
    found = [(row, term) for row, terms in enumerate(texts) for term in terms if term in every]
    return [_held(near, words, found, len(texts)) for near, words in zip(nears, sought, strict=True)]


def _sought(near: Near) -> dict[str, list[tuple[int, float]]]:
    """Each word that counts, for which words of the question (by place) and how surely."""
    sought: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for column, (term, others) in enumerate(near.items()):
        for word, weight in {**others, term: 1.0}.items():
            sought[word].append((column, weight))
    return dict(sought)


def _held(
    near: Near, sought: Mapping[str, list[tuple[int, float]]], found: Iterable[tuple[int, str]], texts: int
) -> Held:
    held = np.zeros((texts, len(near)), np.float32)
    places = [(row, column, weight) for row, term in found for column, weight in sought.get(term, ())]
    if places:
        rows, columns, weights = zip(*places, strict=True)
        np.maximum.at(held, (rows, columns), weights)
    return held
