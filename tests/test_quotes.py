"""Choosing quotes: order, joining of neighbours, repetitions, persons."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from qa.language.analyse import analyse
from qa.language.script import language
from qa.passage import split_passages
from qa.quotes import JOIN, LONGEST, MARGIN, PERSON, Quote, choose_quotes
from qa.search import Hit, Query
from qa.store.records import EncodedPassage, StoredPassage

TEXT = """\
The harbour was dredged in spring. The work took nine weeks and cost two million. Gulls nest on the mole.

Minister Lena Holm opened the new quay on Friday. The crowd cheered."""
SENTENCES = [0.6, 1.0, 0.2, 0.95, 0.1]


def ask(question: str) -> Query:
    terms = tuple(token.term for token in analyse(question))
    return Query(question, language(question), terms, np.zeros(4, np.float32), {})


def hits(text: str, scores: Sequence[float], article: int = 1) -> list[Hit]:
    """The passages of ``text`` as a search would give them, with ``scores`` for its sentences."""
    given = iter(scores)
    found = []
    for number, passage in enumerate(split_passages(text), 1):
        encoded = EncodedPassage(
            start=passage.start,
            end=passage.end,
            sentences=passage.sentences,
            vector=np.zeros(4, np.float32),
            sentence_vectors=np.zeros((len(passage.sentences), 4), np.float32),
            terms=tuple(tuple(t.term for t in analyse(text[s:e])) for s, e in passage.sentences),
        )
        stored = StoredPassage(id=10 * article + number, article=article, lang="en", encoded=encoded)
        own = tuple(next(given) for _ in passage.sentences)
        found.append(Hit(stored, max(own), 0.0, 0.0, 0.0, own))
    return found


def quoted(quotes: Sequence[Quote], text: str = TEXT) -> list[str]:
    return [text[quote.start : quote.end] for quote in quotes]


def test_a_sentence_takes_the_better_of_its_neighbours_if_that_is_close() -> None:
    first, *_ = quoted(choose_quotes(ask("What did it cost?"), hits(TEXT, SENTENCES), {1: TEXT}, limit=4))
    assert first == "The harbour was dredged in spring. The work took nine weeks and cost two million."
    far = [1.0 - JOIN - 0.01, 1.0, 0.2, 0.1, 0.1]
    first, *_ = quoted(choose_quotes(ask("What did it cost?"), hits(TEXT, far), {1: TEXT}, limit=4))
    assert first == "The work took nine weeks and cost two million."


def test_sentences_of_two_paragraphs_stay_apart() -> None:
    scores = [0.1, 0.1, 0.9, 1.0, 0.1]
    quotes = quoted(choose_quotes(ask("What happened?"), hits(TEXT, scores), {1: TEXT}, limit=4))
    assert quotes == ["Minister Lena Holm opened the new quay on Friday.", "Gulls nest on the mole."]


def test_a_joined_quote_is_not_longer_than_a_reader_bears() -> None:
    long = f"{'The committee heard ' + 'another witness and ' * 16}rose. Nothing was decided."
    (only, *_) = quoted(choose_quotes(ask("Who rose?"), hits(long, [1.0, 0.9]), {1: long}, limit=4), long)
    assert len(long) > LONGEST >= len(only)
    assert only.endswith("rose.")


def test_no_sentence_is_quoted_twice() -> None:
    quotes = choose_quotes(ask("What?"), hits(TEXT, [0.9, 1.0, 0.99, 0.98, 0.97]), {1: TEXT}, limit=9)
    spans = sorted((quote.start, quote.end) for quote in quotes)
    assert len(spans) == 3
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_what_falls_behind_the_first_is_not_quoted() -> None:
    scores = [0.1, 1.0, 0.1, 1.0 - MARGIN - 0.01, 0.1]
    assert len(choose_quotes(ask("What?"), hits(TEXT, scores), {1: TEXT}, limit=4)) == 1


def test_two_articles_that_say_the_same_are_quoted_once() -> None:
    both = hits(TEXT, SENTENCES) + hits(TEXT, [score - 0.01 for score in SENTENCES], article=2)
    quotes = choose_quotes(ask("What?"), both, {1: TEXT, 2: TEXT}, limit=9)
    assert {quote.article for quote in quotes} == {1}


def test_one_who_asks_who_gets_a_person_first_where_it_is_close() -> None:
    who = choose_quotes(ask("Who opened it?"), hits(TEXT, SENTENCES), {1: TEXT}, limit=4)
    assert quoted(who)[0] == "Minister Lena Holm opened the new quay on Friday."
    assert who[0].score == SENTENCES[3] + PERSON
    what = choose_quotes(ask("What was opened?"), hits(TEXT, SENTENCES), {1: TEXT}, limit=4)
    assert quoted(what)[1] == quoted(who)[0]


def test_no_hits_no_quotes() -> None:
    assert choose_quotes(ask("What?"), [], {}, limit=4) == []
