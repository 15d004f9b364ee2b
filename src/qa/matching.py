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


def matches(near: Near, texts: Sequence[Iterable[str]]) -> Held:
    """What each of ``texts``, given by its terms, holds of the words of ``near``."""
    sought = _sought(near)
    places = [
        (row, column, weight)
        for row, terms in enumerate(texts)
        for term in terms
        if term in sought  # of thousands only a few
        for column, weight in sought[term]
    ]
    held = np.zeros((len(texts), len(near)), np.float32)
    if places:
        rows, columns, weights = zip(*places, strict=True)
        np.maximum.at(held, (rows, columns), weights)
    return held


def _sought(near: Near) -> dict[str, list[tuple[int, float]]]:
    """Each word that counts, for which words of the question (by place) and how surely."""
    sought: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for column, (term, others) in enumerate(near.items()):
        for word, weight in {**others, term: 1.0}.items():
            sought[word].append((column, weight))
    return dict(sought)
