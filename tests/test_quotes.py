"""Choosing quotes: order, joining of neighbours, repetitions, what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log

import numpy as np
import pytest

from qa.language.analyse import analyse
from qa.language.script import language
from qa.passage import split_passages
from qa.query import Query
from qa.quotes import LEAST, LONGEST, MOST, Quote, choose_quotes
from qa.search import Hit
from qa.store.records import EncodedPassage, StoredPassage

TEXT = """\
The harbour was dredged in spring. The work took nine weeks and cost two million. Gulls nest on the mole.

Minister Lena Holm opened the new quay on Friday. The crowd cheered."""
LIKELY = [0.2, 0.5, 0.01, 0.25, 0.04]


def ask(question: str) -> Query:
    terms = tuple(token.term for token in analyse(question))
    nothing = np.zeros(4, np.float32)
    return Query(question, language(question), terms, nothing, nothing, nothing[None], {})


def hits(text: str, likely: Sequence[float], article: int = 1) -> list[Hit]:
    """The passages of ``text`` as a search would give them; ``likely``: how likely each sentence is to answer."""
    scores = [log(share) for share in likely]
    given = iter(scores)
    found = []
    for number, passage in enumerate(split_passages(text), 1):
        encoded = EncodedPassage(
            start=passage.start,
            end=passage.end,
            sentences=passage.sentences,
            vector=np.zeros(4, np.float32),
            sentence_vectors=np.zeros((len(passage.sentences), 4), np.float32),
            tokens=np.zeros((len(passage.sentences), 4), np.uint8),
            counts=(1,) * len(passage.sentences),
            senses=np.zeros((1 + len(passage.sentences), 4), np.int8),
            terms=tuple(tuple(t.term for t in analyse(text[s:e])) for s, e in passage.sentences),
        )
        stored = StoredPassage(id=10 * article + number, article=article, lang="en", encoded=encoded)
        own = tuple(next(given) for _ in passage.sentences)
        found.append(Hit(stored, max(own), 0.0, 0.0, 0.0, own))
    return found


def quoted(quotes: Sequence[Quote], text: str = TEXT) -> list[str]:
    return [text[quote.start : quote.end] for quote in quotes]


def choose(question: str, likely: Sequence[float], text: str = TEXT) -> list[str]:
    return quoted(choose_quotes(ask(question), hits(text, likely), {1: text}, limit=9), text)


def test_neighbours_are_quoted_together_if_each_is_worth_its_characters() -> None:
    together = "The harbour was dredged in spring. The work took nine weeks and cost two million."
    assert choose("What did it cost?", LIKELY)[0] == together
    alone = "The work took nine weeks and cost two million."
    assert choose("What did it cost?", [0.001, 0.95, 0.001, 0.04, 0.008])[0] == alone


def test_what_is_quoted_together_is_of_one_paragraph_and_of_one_article() -> None:
    quotes = choose("What happened?", [0.05, 0.05, 0.4, 0.4, 0.1])
    assert sum("Gulls" in quote for quote in quotes) == sum("Minister" in quote for quote in quotes) == 1
    assert not any("Gulls" in quote and "Minister" in quote for quote in quotes)
    text = "The quay is open."
    both = hits(text, [0.5]) + hits("The mole is shut.", [0.5], article=2)
    found = choose_quotes(ask("What?"), both, {1: text, 2: "The mole is shut."}, limit=4)
    assert [quote.article for quote in found] == [1, 2]


def test_a_quote_has_no_more_sentences_than_a_reader_bears() -> None:
    text = "One gull nests here. Two terns nest there. Three seals sleep. Four crabs hide."
    first, *_ = choose("What lives there?", [0.25] * 4, text)
    assert len(split_passages(first)[0].sentences) == MOST


def test_nor_more_characters() -> None:
    long = f"{'The committee heard ' + 'another witness and ' * 18}rose. Nothing was decided."
    first, *_ = choose("Who rose?", [0.7, 0.3], long)
    assert len(long) > LONGEST >= len(first)
    assert first.endswith("rose.")


def test_a_sentence_that_leans_on_the_one_before_is_quoted_with_it() -> None:
    text = "Nora Lind led the work. She is from Oslo.\n\nHe who leads is alone."
    assert choose("Where is she from?", [0.01, 0.98, 0.01], text)[0] == "Nora Lind led the work. She is from Oslo."
    assert choose("Who is alone?", [0.01, 0.01, 0.98], text)[0] == "He who leads is alone."
    long = f"{'Nora Lind ' * 40}led the work. She is from Oslo."
    assert choose("Where is she from?", [0.01, 0.99], long)[0] == "She is from Oslo."


def test_no_sentence_is_quoted_twice() -> None:
    quotes = choose_quotes(ask("What?"), hits(TEXT, [0.2] * 5), {1: TEXT}, limit=9)
    spans = sorted((quote.start, quote.end) for quote in quotes)
    assert len(spans) == 2
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert sum(quote.score for quote in quotes) == pytest.approx(1)


def test_what_hardly_answers_is_not_quoted() -> None:
    assert len(choose("What?", [0.3, 0.385, 0.3, LEAST, 0.01])) == 2
    assert len(choose("What?", [0.3, 0.396, 0.3, LEAST / 2, LEAST / 3])) == 1


def test_no_more_quotes_than_asked_for() -> None:
    assert len(choose_quotes(ask("What?"), hits(TEXT, LIKELY), {1: TEXT}, limit=1)) == 1


def test_two_articles_that_say_the_same_are_quoted_once() -> None:
    text = "The harbour was dredged in spring.\n\nMinister Lena Holm opened the new quay on Friday."
    both = hits(text, [0.4, 0.2]) + hits(text, [0.3, 0.1], article=2)
    quotes = choose_quotes(ask("What?"), both, {1: text, 2: text}, limit=9)
    assert {quote.article for quote in quotes} == {1}


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Who opened it?", "Minister Lena Holm opened it."),
        ("When was it opened?", "In 1987 the doors opened."),
        ("How many came?", "There were 60 guests."),
        ("What was opened?", "Nobody knew of the opening."),
    ],
)
def test_what_holds_the_thing_asked_for_comes_first_where_it_is_close(question: str, first: str) -> None:
    sentences = ["Nobody knew of the opening.", "Minister Lena Holm opened it.", "In 1987 the doors opened."]
    text = "\n\n".join([*sentences, "There were 60 guests."])
    assert choose(question, [0.26, 0.25, 0.24, 0.25], text)[0] == first


def test_of_two_times_the_day_comes_first_where_a_day_is_asked_for() -> None:
    text = "In 1987 the doors opened.\n\nThe quay opened on Friday."
    assert choose("On what day was it opened?", [0.52, 0.48], text)[0] == "The quay opened on Friday."
    assert choose("When was it opened?", [0.52, 0.48], text)[0] == "In 1987 the doors opened."


def test_no_hits_no_quotes() -> None:
    assert choose_quotes(ask("What?"), [], {}, limit=4) == []
