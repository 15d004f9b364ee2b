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
class Quote:
    """One sentence, or two neighbours of one paragraph: ``start`` to ``end`` of the article with that rowid.

    ``terms`` are the words of each, the better one's first. ``also`` are the rowids of other articles found
    that say all of it too.
    """

    article: int
    start: int
    end: int
    score: float
    terms: tuple[tuple[str, ...], ...]
    also: tuple[int, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        return frozenset(term for terms in self.terms for term in terms)


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
        if passage.article != quote.article and adds_nothing(quote.terms, passage.encoded.terms)
    )
    return tuple(dict.fromkeys(others))


def _distinct(quotes: Iterator[Quote]) -> Iterator[Quote]:
    """The quotes that come close to the first, without those that say what an earlier one says."""
    chosen: list[Quote] = []
    for quote in quotes:
        if chosen and quote.score < chosen[0].score - MARGIN:
            return
        if not any(_says_the_same(quote, earlier) for earlier in chosen):
            chosen.append(quote)
            yield quote


def _says_the_same(quote: Quote, earlier: Quote) -> bool:
    """Whether most words are the same or, of another article, whether its best sentence is there already.

    Between articles another number is another statement: 12 dead in one version, 15 in the next.
    """
    if quote.article != earlier.article:
        return said(quote.terms[0], earlier.terms)
    return len(quote.words & earlier.words) >= ALIKE * len(quote.words | earlier.words)


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
        first, last = (n, n) if not near else sorted((n, max(near)[1]))
        taken |= {(passage, first), (passage, last)}
        yield Quote(
            article=hit.passage.article,
            start=encoded.sentences[first][0],
            end=encoded.sentences[last][1],
            score=-negative,
            terms=(encoded.terms[n], *(encoded.terms[other] for other in (first, last) if other != n)),
        )


def _go_together(first: tuple[int, int], second: tuple[int, int], text: str) -> bool:
    return second[1] - first[0] <= LONGEST and "\n\n" not in text[first[1] : second[0]]
