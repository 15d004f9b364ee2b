"""sentence-transformers and FAISS with rank-bm25 beside them, joined by reciprocal ranks."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import plain
from rank_bm25 import BM25Okapi

DEPTH, SMOOTHING = 100, 60


class Peer(plain.Peer):
    def index(self, documents: list[dict[str, str]]) -> None:
        super().index(documents)
        self._words()

    def load(self, folder: Path) -> None:
        super().load(folder)
        self._words()

    def _words(self) -> None:
        self._bm25 = BM25Okapi([words(document["text"]) for document in self._documents])

    def nearest(self, question: str, k: int) -> list[int]:
        scores = self._bm25.get_scores(words(question))
        lexical = [place for place in scores.argsort()[::-1][:DEPTH].tolist() if scores[place] > 0]
        joined: dict[int, float] = defaultdict(float)
        for ranked in (super().nearest(question, DEPTH), lexical):
            for rank, place in enumerate(ranked, 1):
                joined[place] += 1 / (SMOOTHING + rank)
        return sorted(joined, key=lambda place: -joined[place])[:k]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
