"""The questions that Isnad must answer from the real article, and those that it must not answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.evaluate.questions import Question, read_gold
from qa.library import Library

FIRST, ANY = 0.90, 0.95
"""At least these shares of the answerable questions have a right first quote, and one among three."""

ON_TOPIC = 0.30
"""At most this share of the questions on the article's topic that it does not answer is answered."""

GOLD = read_gold(Path(__file__).parent / "gold" / "questions.jsonl")
ANSWERABLE = [gold for gold in GOLD if gold.answers]
UNANSWERABLE = [gold for gold in GOLD if not gold.answers]
OFF_TOPIC, NEAR = UNANSWERABLE[:15], UNANSWERABLE[15:]
MUST = GOLD[:8]


def is_in(gold: Question, quote: str) -> bool:
    return any(part in quote for part in gold.answers)


def quotes(library: Library, gold: Question) -> list[str]:
    return [citation.quote for citation in library.ask(gold.text).citations]


@pytest.mark.parametrize("gold", MUST, ids=lambda gold: gold.text)
def test_what_must_be_answered_first_time(library: Library, gold: Question) -> None:
    found = quotes(library, gold)
    assert found, "not answered"
    assert is_in(gold, found[0])


@pytest.mark.parametrize("gold", OFF_TOPIC, ids=lambda gold: gold.text)
def test_what_the_article_does_not_say_is_not_answered(library: Library, gold: Question) -> None:
    answer = library.ask(gold.text)
    assert not answer.answered, answer.citations[0].quote
    assert answer.citations == ()
    assert [source.id for source in answer.nearest] == ["seeds/000_9f926e2afb30af44.txt"]


def test_the_rate_of_answers_on_topic_that_are_none(library: Library) -> None:
    answered = [gold.text for gold in NEAR if library.ask(gold.text).answered]
    assert len(NEAR) >= 30
    assert len(answered) <= ON_TOPIC * len(NEAR), "\n".join(answered)


def test_the_rates_of_right_quotes(library: Library) -> None:
    found = {gold: quotes(library, gold)[:3] for gold in ANSWERABLE}
    not_first = [gold for gold, texts in found.items() if not any(is_in(gold, text) for text in texts[:1])]
    nowhere = [gold for gold, texts in found.items() if not any(is_in(gold, text) for text in texts)]

    def shown(missed: list[Question]) -> str:
        return "\n".join(f"{gold.text}\n    {(found[gold] or ['(not answered)'])[0]}" for gold in missed)

    total = len(ANSWERABLE)
    first, among = 1 - len(not_first) / total, 1 - len(nowhere) / total
    assert first >= FIRST, f"right first quote: {first:.1%} of {total}; wrong or none:\n{shown(not_first)}"
    assert among >= ANY, f"right quote among three: {among:.1%} of {total}; none:\n{shown(nowhere)}"
