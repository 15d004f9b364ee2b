"""How sure an answer is: a probability that follows the signals."""

from __future__ import annotations

from dataclasses import replace
from statistics import mean
from typing import Any

import pytest
from test_gold import ANSWERABLE, UNANSWERABLE

from qa.answer import Answer
from qa.confidence import THRESHOLD, confidence
from qa.library import Library
from qa.search import make_query, search


@pytest.fixture(scope="module")
def answers(library: Library) -> dict[str, Answer]:
    return {gold.question: library.ask(gold.question) for gold in ANSWERABLE + UNANSWERABLE}


def test_answers_are_given_from_the_threshold_on(answers: dict[str, Answer]) -> None:
    assert 0 < THRESHOLD < 1
    for answer in answers.values():
        assert 0 <= answer.confidence <= 1
        assert answer.answered == (answer.confidence >= THRESHOLD)


def test_what_the_article_says_is_surer_than_what_it_does_not(answers: dict[str, Answer]) -> None:
    assert mean(answers[gold.question].confidence for gold in ANSWERABLE) > 0.7
    assert mean(answers[gold.question].confidence for gold in UNANSWERABLE) < 0.2


@pytest.mark.parametrize("question", ["Who signed the agreement?", "من وقّع الاتفاق؟"])
@pytest.mark.parametrize("signal", ["best_sentence", "similarity", "coverage"])
def test_a_stronger_signal_makes_no_answer_less_sure(library: Library, question: str, signal: str) -> None:
    with library.store.view() as view:
        query = make_query(question, library.encoder, view)
        best = search(query, view, limit=1)[0]
        passages = view.passage_count()
    stronger: list[dict[str, Any]] = [{signal: value} for value in (0.0, 0.3, 0.6, 1.0)]
    levels = [confidence(query, replace(best, **values), passages) for values in stronger]
    assert levels == sorted(levels)
    assert 0 <= levels[0] <= levels[-1] <= 1
