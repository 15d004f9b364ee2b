"""Quotes: which sentences of the passages found answer best, and which of them belong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from qa.copies import adds_nothing, said
from qa.language.asking import asks_who, names_person
from qa.search import Hit, Query
from qa.store.records import StoredPassage

MARGIN = 0.25
"""How far a quote's score may lie below that of the best one."""

JOIN, LONGEST = 0.4, 360
"""A neighbour this close in score joins a sentence, if both together have at most so many characters."""

ALIKE = 0.8
"""Two quotes that share this part of their words say the same."""

PERSON = 0.1
"""What naming someone by office counts for among the quotes chosen for a question that asks who."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it may be quoted: its place in the article's text, its score and its analysed words."""

    start: int
    end: int
    score: float
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """One sentence, or two neighbours of one paragraph, the better first: of the article with that rowid.

    ``also`` are the rowids of other articles found that say all of it too.
    """

    article: int
    sentences: tuple[Sentence, ...]
    score: float
    also: tuple[int, ...] = ()

    @property
    def start(self) -> int:
        return min(sentence.start for sentence in self.sentences)

    @property
    def end(self) -> int:
        return max(sentence.end for sentence in self.sentences)

    @property
    def words(self) -> frozenset[str]:
        return frozenset(term for sentence in self.sentences for term in sentence.terms)


def choose_quotes(query: Query, hits: Sequence[Hit], texts: Mapping[int, str], *, limit: int) -> list[Quote]:
    """At most ``limit`` quotes from ``hits``, best first; ``texts`` holds the text of each article."""
    chosen = list(islice(_distinct(_joined(hits, texts)), limit))
    if asks_who(query.text):
        chosen = [
            replace(q, score=q.score + PERSON * names_person(texts[q.article][q.start : q.end])) for q in chosen
        ]
    chosen.sort(key=lambda quote: -quote.score)
    found = [passage for hit in hits for passage in (hit.passage, *hit.copies)]
    return [replace(quote, also=_also(quote, found)) for quote in chosen]


def _also(quote: Quote, found: Sequence[StoredPassage]) -> tuple[int, ...]:
    others = (
        passage.article
        for passage in found
        if passage.article != quote.article
        and adds_nothing((sentence.terms for sentence in quote.sentences), passage.encoded.terms)
    )
    return tuple(dict.fromkeys(others))


def _distinct(quotes: Iterator[Quote]) -> Iterator[Quote]:
    """The quotes that come close to the first, without those that say what an earlier one says."""
    chosen: list[Quote] = []
    for quote in quotes:
        if chosen and quote.score < chosen[0].score - MARGIN:
            return
        left = _new(quote, chosen)
        if left and (not chosen or left.score >= chosen[0].score - MARGIN):
            chosen.append(left)
            yield left


def _new(quote: Quote, chosen: Sequence[Quote]) -> Quote | None:
    """What ``quote`` says that is not quoted from another article, if it is not much like one of its own.

    Between articles another number is another statement: 12 dead in one version, 15 in the next.
    """
    others = [s.terms for earlier in chosen if earlier.article != quote.article for s in earlier.sentences]
    left = tuple(sentence for sentence in quote.sentences if not said(sentence.terms, others))
    own = [earlier.words for earlier in chosen if earlier.article == quote.article]
    if not left or any(len(quote.words & words) >= ALIKE * len(quote.words | words) for words in own):
        return None
    return quote if left == quote.sentences else replace(quote, sentences=left, score=left[0].score)


def _joined(hits: Sequence[Hit], texts: Mapping[int, str]) -> Iterator[Quote]:
    """Every sentence of ``hits`` once, best first, together with the neighbour that it goes with."""
    ranked = sorted(
        ((-score, hit.passage.id, n, hit) for hit in hits for n, score in enumerate(hit.sentences)),
        key=lambda sentence: sentence[:3],
    )
    taken: set[tuple[int, int]] = set()
    for negative, passage, n, hit in ranked:
        if (passage, n) in taken:
            continue
        encoded, text = hit.passage.encoded, texts[hit.passage.article]
        near = [
            (hit.sentences[other], other)
            for other in (n - 1, n + 1)
            if 0 <= other < len(hit.sentences)
            and (passage, other) not in taken
            and hit.sentences[other] >= -negative - JOIN
            and _go_together(encoded.sentences[min(n, other)], encoded.sentences[max(n, other)], text)
        ]
        joined = (n, max(near)[1]) if near else (n,)
        taken |= {(passage, i) for i in joined}
        sentences = (Sentence(*encoded.sentences[i], hit.sentences[i], encoded.terms[i]) for i in joined)
        yield Quote(hit.passage.article, tuple(sentences), -negative)


def _go_together(first: tuple[int, int], second: tuple[int, int], text: str) -> bool:
    return second[1] - first[0] <= LONGEST and "\n\n" not in text[first[1] : second[0]]
