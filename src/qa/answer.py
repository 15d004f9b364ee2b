"""Answers: verbatim quotes with their place, or an honest “the articles don't say”."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from qa.article import Article
from qa.confidence import THRESHOLD, confidence
from qa.errors import IndexDamaged
from qa.highlight import highlights
from qa.quotes import Quote, choose_quotes
from qa.search import Hit, Query, search
from qa.store.reader import View
from qa.store.records import StoredArticle

PASSAGES = 20
"""Passages whose sentences compete to be quoted."""

NEAREST = 3
"""Articles named by an abstention."""


@dataclass(frozen=True, slots=True)
class Source:
    """The article behind a quote, as a reader would name it."""

    id: str
    title: str
    date: date | None
    source: str
    url: str
    lang: str


@dataclass(frozen=True, slots=True)
class Citation:
    """One quote: whole sentences of one article, character for character.

    ``start``/``end`` are character offsets into the article's clean text, ``raw_start``/``raw_end`` into
    the decoded ``file``. ``highlights`` are ``(start, end)`` spans within ``quote``. ``also`` names other
    articles that say all of the quote, perhaps in slightly other words: copies of a wire, other versions.
    """

    n: int
    quote: str
    article: Source
    file: str
    start: int
    end: int
    raw_start: int
    raw_end: int
    score: float
    highlights: tuple[tuple[int, int], ...]
    also: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Citations, best first, or none: then ``nearest`` names the articles that come closest.

    ``confidence`` is the estimated probability that the citations answer the question.
    """

    question: str
    answered: bool
    confidence: float
    citations: tuple[Citation, ...]
    nearest: tuple[Source, ...]
    timings_ms: dict[str, float]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage that a search found, character for character; offsets as in Citation."""

    rank: int
    article: Source
    file: str
    start: int
    end: int
    raw_start: int
    raw_end: int
    text: str
    score: float
    highlights: tuple[tuple[int, int], ...]


def answer(query: Query, view: View, *, limit: int = 4, threshold: float = THRESHOLD) -> Answer:
    """Quotes for ``query`` from ``view``, at most ``limit``, or an abstention if confidence is below ``threshold``.

    Raises IndexDamaged if a stored article is not, character for character, what was indexed.
    """
    began = time.perf_counter()
    hits = search(query, view, limit=PASSAGES)
    searched = time.perf_counter()
    sure = confidence(query, hits[0], view.passage_count()) if hits else 0.0
    answered = sure >= threshold
    articles = {hit.passage.article: view.article(hit.passage.article) for hit in hits}
    citations = _cite(query, hits, articles, view, limit) if answered else ()
    nearest = () if answered else tuple(_source(found.article) for found in islice(articles.values(), NEAREST))
    return Answer(
        question=query.text,
        answered=answered,
        confidence=sure,
        citations=citations,
        nearest=nearest,
        timings_ms={
            "search": (searched - began) * 1000,
            "quotes": (time.perf_counter() - searched) * 1000,
        },
    )


def excerpts(query: Query, view: View, *, limit: int) -> list[Excerpt]:
    """The best ``limit`` passages for ``query``, whole and verbatim, best first. Raises as ``answer`` does."""
    return [_excerpt(rank, query, hit, view) for rank, hit in enumerate(search(query, view, limit=limit), 1)]


def _excerpt(rank: int, query: Query, hit: Hit, view: View) -> Excerpt:
    found = view.article(hit.passage.article)
    start, end = hit.passage.encoded.start, hit.passage.encoded.end
    text = _verbatim(found, start, end)
    raw_start, raw_end = found.article.raw_span(start, end)
    return Excerpt(
        rank=rank,
        article=_source(found.article),
        file=str(found.path),
        start=start,
        end=end,
        raw_start=raw_start,
        raw_end=raw_end,
        text=text,
        score=hit.score,
        highlights=highlights(query, text),
    )


def _cite(
    query: Query, hits: Sequence[Hit], articles: dict[int, StoredArticle], view: View, limit: int
) -> tuple[Citation, ...]:
    texts = {rowid: found.article.text for rowid, found in articles.items()}
    quotes = choose_quotes(query, hits, texts, limit=limit)
    return tuple(_citation(n, query, articles[quote.article], quote, view) for n, quote in enumerate(quotes, 1))


def _citation(n: int, query: Query, found: StoredArticle, chosen: Quote, view: View) -> Citation:
    start, end = chosen.start, chosen.end
    quote = _verbatim(found, start, end)
    raw_start, raw_end = found.article.raw_span(start, end)
    return Citation(
        n=n,
        quote=quote,
        article=_source(found.article),
        file=str(found.path),
        start=start,
        end=end,
        raw_start=raw_start,
        raw_end=raw_end,
        score=chosen.score,
        highlights=highlights(query, quote),
        also=tuple(_source(view.article(rowid).article) for rowid in chosen.also),
    )


def _verbatim(found: StoredArticle, start: int, end: int) -> str:
    if found.article.content_hash != found.content_hash:
        raise IndexDamaged(
            f"the stored text of {found.article.id} is not what was indexed: "
            "build the index anew with `qa index --rebuild`"
        )
    return found.article.text[start:end]


def _source(article: Article) -> Source:
    return Source(article.id, article.title, article.date, article.source, article.url, article.lang)
