"""The questions that Isnad must answer from the real article, and those that it must not answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from qa.library import Library

FIRST, ANY = 0.90, 0.95
"""At least these shares of the answerable questions have a right first quote, and one among three."""


class Gold(NamedTuple):
    """``quotes``: text of which some must stand in a right quote; none where nothing answers."""

    question: str
    quotes: tuple[str, ...]

    def is_in(self, quote: str) -> bool:
        return any(part in quote for part in self.quotes)


def _gold() -> list[Gold]:
    lines = (Path(__file__).parent / "gold" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [Gold(row["question"], tuple(row["quotes"])) for row in map(json.loads, lines)]


GOLD = _gold()
ANSWERABLE = [gold for gold in GOLD if gold.quotes]
UNANSWERABLE = [gold for gold in GOLD if not gold.quotes]
MUST = GOLD[:8]


def quotes(library: Library, gold: Gold) -> list[str]:
    return [citation.quote for citation in library.ask(gold.question).citations]


@pytest.mark.parametrize("gold", MUST, ids=lambda gold: gold.question)
def test_what_must_be_answered_first_time(library: Library, gold: Gold) -> None:
    found = quotes(library, gold)
    assert found, "not answered"
    assert gold.is_in(found[0])


@pytest.mark.parametrize("gold", UNANSWERABLE, ids=lambda gold: gold.question)
def test_what_the_article_does_not_say_is_not_answered(library: Library, gold: Gold) -> None:
    answer = library.ask(gold.question)
    assert not answer.answered, answer.citations[0].quote
    assert answer.citations == ()
    assert [source.id for source in answer.nearest] == ["seeds/000_9f926e2afb30af44.txt"]


def test_the_rates_of_right_quotes(library: Library) -> None:
    found = {gold: quotes(library, gold)[:3] for gold in ANSWERABLE}
    not_first = [gold for gold, texts in found.items() if not any(map(gold.is_in, texts[:1]))]
    nowhere = [gold for gold, texts in found.items() if not any(map(gold.is_in, texts))]

    def shown(missed: list[Gold]) -> str:
        return "\n".join(f"{gold.question}\n    {(found[gold] or ['(not answered)'])[0]}" for gold in missed)

    total = len(ANSWERABLE)
    first, among = 1 - len(not_first) / total, 1 - len(nowhere) / total
    assert first >= FIRST, f"right first quote: {first:.1%} of {total}; wrong or none:\n{shown(not_first)}"
    assert among >= ANY, f"right quote among three: {among:.1%} of {total}; none:\n{shown(nowhere)}"
