"""What is measured: of one ranking, of one answer's quotes, and of many questions together."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[np.float64]
"""One value for each question, NaN where it has none."""

MEANS = (
    "ndcg@10", "recall@1", "recall@5", "recall@10", "mrr@10", "map",
    "quote@1", "quote@3", "quote_chars", "false_answer", "false_refusal",
)  # fmt: skip
"""Measures that are means over the questions that have a value."""


def of_ranking(ranked: Sequence[str], relevant: frozenset[str]) -> dict[str, float]:
    """The measures of one ranking, best first, each id once. As trec_eval's, with relevance 0 or 1.

    ``relevant`` must not be empty; what of it is not in ``ranked`` counts as not found.
    """
    ranks = [rank for rank, id_ in enumerate(ranked, 1) if id_ in relevant]
    ideal = sum(map(_gain, range(1, min(len(relevant), 10) + 1)))
    return {
        "ndcg@10": sum(_gain(rank) for rank in ranks if rank <= 10) / ideal,
        **{f"recall@{k}": sum(rank <= k for rank in ranks) / len(relevant) for k in (1, 5, 10)},
        "mrr@10": 1 / ranks[0] if ranks and ranks[0] <= 10 else 0.0,
        "map": sum(found / rank for found, rank in enumerate(ranks, 1)) / len(relevant),
    }


def _gain(rank: int) -> float:
    return 1 / math.log2(rank + 1)


def of_quotes(quotes: Sequence[str], answers: Sequence[str]) -> dict[str, float]:
    """Whether one of ``answers`` stands in the first of ``quotes``, and in any of the first three.

    They are compared in NFC with white space folded, and are alike in nothing else: a hamza counts.
    """
    wanted = [_folded(answer) for answer in answers]
    right = [any(answer in _folded(quote) for answer in wanted) for quote in quotes[:3]]
    measures = {"quote@1": float(any(right[:1])), "quote@3": float(any(right))}
    return measures | {"quote_chars": float(len(quotes[0]))} if quotes else measures


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def of_all(columns: Mapping[str, Column]) -> dict[str, float]:
    """The measures over many questions, those left out of which no question has a value.

    All have ``confidence`` and ``latency_ms``, and either ``false_answer`` or ``false_refusal``.
    ``auroc`` is the probability that a question with an answer is given more confidence than one without.
    """
    measures = {name: float(values.mean()) for name in MEANS if (values := _known(columns, name)).size}
    if {"false_answer", "false_refusal"} <= measures.keys():
        answerable = np.isnan(columns["false_answer"])
        yes, no = columns["confidence"][answerable, None], columns["confidence"][~answerable]
        measures["auroc"] = float((yes > no).mean() + (yes == no).mean() / 2)
    return measures | {f"latency_ms_p{p}": float(np.percentile(columns["latency_ms"], p)) for p in (50, 95)}


def _known(columns: Mapping[str, Column], name: str) -> Column:
    values = columns.get(name, np.empty(0))
    return values[~np.isnan(values)]
