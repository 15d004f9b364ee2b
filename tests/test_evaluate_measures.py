"""Measures: against values computed by hand, and against trec_eval."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluate.measures import Column, of_all, of_quotes, of_ranking

NAN = math.nan


def test_one_relevant_article_in_third_place() -> None:
    assert of_ranking(["a", "b", "c", "d"], frozenset("c")) == {
        "ndcg@10": pytest.approx(0.5),  # 1 / log2(4)
        "recall@1": 0.0,
        "recall@5": 1.0,
        "recall@10": 1.0,
        "mrr@10": pytest.approx(1 / 3),
        "map": pytest.approx(1 / 3),
    }


def test_two_relevant_articles() -> None:
    # places 1 and 4; the ideal is 1 and 2
    measures = of_ranking(["a", "b", "c", "d"], frozenset("ad"))
    assert measures["ndcg@10"] == pytest.approx((1 + 1 / math.log2(5)) / (1 + 1 / math.log2(3)))
    assert measures["recall@1"] == 0.5
    assert measures["recall@5"] == 1.0
    assert measures["mrr@10"] == 1.0
    assert measures["map"] == pytest.approx((1 + 2 / 4) / 2)


def test_what_is_not_ranked_is_not_found() -> None:
    assert set(of_ranking(["a", "b"], frozenset("c")).values()) == {0.0}
    assert of_ranking(["a", "b"], frozenset("ac"))["map"] == 0.5
    assert of_ranking([], frozenset("a"))["ndcg@10"] == 0.0


def test_the_eleventh_place_counts_for_map_alone() -> None:
    measures = of_ranking("abcdefghijk", frozenset("k"))
    assert measures.pop("map") == pytest.approx(1 / 11)
    assert set(measures.values()) == {0.0}


@given(
    ranked=st.lists(st.integers(0, 29).map(str), unique=True, min_size=1),
    relevant=st.frozensets(st.integers(0, 29).map(str), min_size=1),
)
def test_rankings_as_trec_eval_measures_them(ranked: list[str], relevant: frozenset[str]) -> None:
    trec = pytest.importorskip("pytrec_eval", reason="pytrec_eval-terrier is not installed")
    evaluator = trec.RelevanceEvaluator(
        {"q": dict.fromkeys(relevant, 1)},
        {"ndcg_cut.10", "recall.1,5,10", "recip_rank", "map"},
    )
    theirs = evaluator.evaluate({"q": {id_: float(-place) for place, id_ in enumerate(ranked)}})["q"]
    ours = of_ranking(ranked, relevant)
    assert ours["ndcg@10"] == pytest.approx(theirs["ndcg_cut_10"])
    assert ours["map"] == pytest.approx(theirs["map"])
    for k in (1, 5, 10):
        assert ours[f"recall@{k}"] == pytest.approx(theirs[f"recall_{k}"])
    reciprocal = theirs["recip_rank"]
    assert ours["mrr@10"] == pytest.approx(reciprocal if reciprocal >= 0.1 else 0.0)


def test_the_quote_that_holds_an_answer() -> None:
    quotes = ["It rained.", "It cost 4.8 million.", "It opened in 2019.", "The mayor came."]
    assert of_quotes(quotes, ["rained"]) == {"quote@1": 1.0, "quote@3": 1.0, "quote_chars": 10.0}
    assert of_quotes(quotes, ["none", "2019"])["quote@1"] == 0.0
    assert of_quotes(quotes, ["none", "2019"])["quote@3"] == 1.0
    assert of_quotes(quotes, ["mayor"])["quote@3"] == 0.0
    assert of_quotes([], ["mayor"]) == {"quote@1": 0.0, "quote@3": 0.0}


def test_only_white_space_and_composition_may_differ() -> None:
    assert of_quotes(["in the\n wood\u00a0oven"], [" the wood  oven"])["quote@1"] == 1.0
    assert of_quotes(["cafe\u0301"], ["caf\u00e9"])["quote@1"] == 1.0
    assert of_quotes(["ا\u0654حمد"], ["أحمد"])["quote@1"] == 1.0
    assert of_quotes(["احمد"], ["أحمد"])["quote@1"] == 0.0
    assert of_quotes(["The Oven"], ["the oven"])["quote@1"] == 0.0


def columns(**values: list[float]) -> Mapping[str, Column]:
    n = len(next(iter(values.values())))
    given = {"confidence": [0.5] * n, "latency_ms": [1.0] * n} | values
    return {name: np.array(column) for name, column in given.items()}


def test_means_are_over_the_questions_that_have_a_value() -> None:
    measures = of_all(columns(map=[1.0, NAN, 0.0], false_refusal=[0.0, NAN, 1.0], false_answer=[NAN, 1.0, NAN]))
    assert measures["map"] == 0.5
    assert measures["false_refusal"] == 0.5
    assert measures["false_answer"] == 1.0
    assert "quote@1" not in measures


def test_auroc_counts_pairs_in_the_right_order() -> None:
    # answerable .9 .5, unanswerable .5 .1: three pairs right and one tie
    measures = of_all(
        columns(
            confidence=[0.9, 0.5, 0.5, 0.1], false_refusal=[0.0, 0.0, NAN, NAN], false_answer=[NAN, NAN, 1.0, 0.0]
        )
    )
    assert measures["auroc"] == 3.5 / 4


def test_no_auroc_without_both_kinds() -> None:
    assert "auroc" not in of_all(columns(false_refusal=[0.0, 1.0]))
    assert "auroc" not in of_all(columns(false_answer=[0.0, 1.0]))


def test_latencies() -> None:
    measures = of_all(columns(latency_ms=[float(n) for n in range(1, 102)]))
    assert (measures["latency_ms_p50"], measures["latency_ms_p95"]) == (51, 96)
