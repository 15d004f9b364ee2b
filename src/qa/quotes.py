"""Quotes: which sentences of the passages found answer best, and which of them belong together.

The scores of all sentences become shares of one probability: that it is this sentence, among those found,
that answers. A quote is worth what its sentences are, less a little for each character that must be read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qa.copies import Terms, adds_nothing, said
from qa.language.asking import (
    asks_day,
    asks_how_many,
    asks_when,
    asks_who,
    has_day,
    has_number,
    has_time,
    names_nobody,
    names_person,
)
from qa.language.leaning import leans
from qa.query import Query
from qa.search import Hit

MOST, LONGEST = 3, 400
"""Sentences of one quote, and characters of one that has several."""

FIRST, FURTHER = 0.06, 0.0005
"""What a hundred characters of the first quote must bring in probability, and of those after it, which are
there in case that the first does not answer."""

LEAST = 0.005
"""A further quote answers with at least this probability."""

ALIKE = 0.8
"""A quote of whose words this part stands in earlier ones of its article says nothing new."""

TIME, NUMBER, PERSON, NOBODY = 0.8, 0.4, 1.1, -0.5
"""What it adds to a sentence's score that it holds what is asked for: a time, a number, someone's office; and where
someone is asked for, that it speaks of “the two sides”."""


@dataclass(frozen=True, slots=True)
class Quote:
    """One to three neighbouring sentences of one paragraph: ``start`` to ``end`` of the article with that rowid.

    ``score``: the probability that the answer is here, if it is in the passages found at all. ``also``: the
    rowids of other articles found that say all of it too.
    """

    article: int
    start: int
    end: int
    score: float
    also: tuple[int, ...]


def choose_quotes(query: Query, hits: Sequence[Hit], texts: Mapping[int, str], *, limit: int) -> list[Quote]:
    """At most ``limit`` quotes from ``hits``, best first; ``texts`` holds the text of each article."""
    if not hits:
        return []
    sentences = [sentence for hit in hits for sentence in _sentences(hit, texts[hit.passage.article])]
    firsts, lasts = np.array(list(_spans(sentences))).T
    starts, ends = np.array([(sentence.start, sentence.end) for sentence in sentences]).T
    lengths = ends[lasts] - starts[firsts]
    worth = _probabilities(query, sentences, [score for hit in hits for score in hit.sentences])
    brings = _sums(worth, firsts, lasts)
    found = [
        (passage.article, [*map(frozenset, passage.encoded.terms)])
        for hit in hits
        for passage in (hit.passage, *hit.copies)
    ]
    chosen: list[Quote] = []
    quoted: defaultdict[int, set[str]] = defaultdict(set)
    free = np.ones(len(firsts), bool)
    while free.any():
        price = (FURTHER if chosen else FIRST) / 100
        best = np.where(free, brings - price * lengths, -np.inf).argmax()
        first, last = int(firsts[best]), int(lasts[best])
        free &= (lasts < first) | (firsts > last)
        article, terms = sentences[first].article, [sentence.terms for sentence in sentences[first : last + 1]]
        score, words = float(worth[first : last + 1].sum()), frozenset[str]().union(*terms)
        if chosen and score < LEAST:
            break
        if chosen and len(words & quoted[article]) >= ALIKE * len(words):
            continue
        quoted[article] |= words
        chosen.append(
            Quote(article, sentences[first].start, sentences[last].end, score, _also(article, terms, found))
        )
        if len(chosen) == limit:
            break
        # Between articles another number is another statement: 12 dead in one version, 15 in the next.
        copied = [other.article != article and said(other.terms, terms) for other in sentences]
        free &= _sums(np.array(copied), firsts, lasts) == 0
    return chosen


Rows = npt.NDArray[np.int64]


def _sums(values: npt.NDArray[Any], firsts: Rows, lasts: Rows) -> npt.NDArray[Any]:
    """The sum of ``values`` from each of ``firsts`` to each of ``lasts``, included."""
    sums = np.concatenate([[0], np.cumsum(values)])
    between: npt.NDArray[Any] = sums[lasts + 1] - sums[firsts]
    return between


def _also(article: int, quote: Sequence[Terms], found: Sequence[tuple[int, Sequence[Terms]]]) -> tuple[int, ...]:
    """The articles of those passages found that say all of a quote from ``article``."""
    others = (other for other, says in found if other != article and adds_nothing(quote, says))
    return tuple(dict.fromkeys(others))


@dataclass(frozen=True, slots=True)
class _Sentence:
    """``joins``: follows the one before it in the same paragraph of the same passage."""

    article: int
    start: int
    end: int
    text: str
    terms: frozenset[str]
    joins: bool


def _sentences(hit: Hit, text: str) -> Iterator[_Sentence]:
    before: int | None = None
    for (start, end), terms in zip(hit.passage.encoded.sentences, hit.passage.encoded.terms, strict=True):
        joins = before is not None and "\n\n" not in text[before:start]
        yield _Sentence(hit.passage.article, start, end, text[start:end], frozenset(terms), joins)
        before = end


def _spans(sentences: Sequence[_Sentence]) -> Iterator[tuple[int, int]]:
    """The first and last of all runs of sentences that may be quoted together.

    One that leans on the sentence before is left out where it can be quoted with that.
    """
    for first in range(len(sentences)):
        leaning = sentences[first].joins and leans(sentences[first].text)
        for last in range(first, min(first + MOST, len(sentences))):
            if last > first and (not sentences[last].joins or _length(sentences, (first, last)) > LONGEST):
                break
            if leaning and last - first + 1 < MOST and _length(sentences, (first - 1, last)) <= LONGEST:
                continue
            yield first, last


def _length(sentences: Sequence[_Sentence], span: tuple[int, int]) -> int:
    return sentences[span[1]].end - sentences[span[0]].start


def _probabilities(
    query: Query, sentences: Sequence[_Sentence], scores: Sequence[float]
) -> npt.NDArray[np.float64]:
    asked = [
        (weight, holds)
        for asks, weight, holds in (
            (asks_when, TIME, has_time),
            (asks_day, TIME, has_day),
            (asks_how_many, NUMBER, has_number),
            (asks_who, PERSON, names_person),
            (asks_who, NOBODY, names_nobody),
        )
        if asks(query.text)
    ]
    odds = np.array(scores) + [sum(w * holds(sentence.text) for w, holds in asked) for sentence in sentences]
    likely: npt.NDArray[np.float64] = np.exp(odds - odds.max())
    likely /= likely.sum()
    return likely
