"""Which of a question's words a text holds, itself or by words that stand for them, and how surely."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

Held = npt.NDArray[np.float32]
"""``(texts, words)``: how surely each text holds each word of a question, 0 to 1."""


class Matcher:
    """Looks for the words of a question: ``near`` gives, for each, what else stands for it and how surely."""

    def __init__(self, near: Mapping[str, Mapping[str, float]]) -> None:
        self._words = len(near)
        self._sought: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for column, (term, others) in enumerate(near.items()):
            for word, weight in {**others, term: 1.0}.items():
                self._sought[word].append((column, weight))

    def held(self, texts: Sequence[Iterable[str]]) -> Held:
        """What each of ``texts``, given by its terms, holds."""
        held = np.zeros((len(texts), self._words), np.float32)
        sought = self._sought
        found = [
            (row, column, weight)
            for row, terms in enumerate(texts)
            for term in terms
            if term in sought
            for column, weight in sought[term]
        ]
        if found:
            rows, columns, weights = zip(*found, strict=True)
            np.maximum.at(held, (rows, columns), weights)
        return held
