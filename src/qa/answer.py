"""Answers: verbatim quotes with their place, or an honest “the articles don't say”."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from qa.article import Article, Dated
from qa.confidence import Signals, calibration, pair_of, signals
from qa.errors import IndexDamaged
from qa.highlight import highlights
from qa.language.period import Period
from qa.quotes import Quote, choose_quotes
from qa.search import Hit, Query, search
from qa.store import View
from qa.store.records import EVERYTHING, Filter, Listed, StoredArticle
from qa.timings import Timings

Rerank = Callable[[str, Sequence[Hit], View], list[Hit]]
"""Puts the hits of a question in a better order; see ``rerank``."""

PASSAGES = 20
"""Passages whose sentences compete to be quoted."""

NEAREST = 3
"""Articles named by an abstention."""


@dataclass(frozen=True, slots=True)
class Source:
    """The article behind a quote, as a reader would name it; ``dated`` says where the date comes from."""

    id: str
    title: str
    date: date | None
    source: str
    url: str
    lang: str
    dated: Dated = ""


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

    ``confidence`` is the estimated probability that the articles answer the question. ``preferred``: the period
    that it is about, if some of the passages found are of it.
    """

    question: str
    answered: bool
    confidence: float
    citations: tuple[Citation, ...]
    nearest: tuple[Source, ...]
    timings_ms: dict[str, float]
    preferred: Period | None = None


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


@dataclass(frozen=True, slots=True)
class Candidate:
    """What could be answered: quotes, best first, of ``articles`` (by rowid), and what tells how good they are."""

    quotes: tuple[Quote, ...]
    articles: dict[int, StoredArticle]
    pair: str
    signals: Signals


def weigh(query: Query, hits: Sequence[Hit], view: View, *, passages: int, limit: int) -> Candidate:
    """At most ``limit`` quotes from ``hits``, best first and at least one, which were found among ``passages``."""
    rowids = list(dict.fromkeys(hit.passage.article for hit in hits))
    articles = dict(zip(rowids, view.articles_of(rowids), strict=True))
    texts = {rowid: found.article.text for rowid, found in articles.items()}
    quotes = tuple(choose_quotes(query, hits, texts, limit=limit))
    first = texts[quotes[0].article][quotes[0].start : quotes[0].end]
    return Candidate(quotes, articles, pair_of(query, hits[0]), signals(query, hits, first, passages))


def answer(
    query: Query,
    view: View,
    *,
    limit: int = 4,
    only: Filter = EVERYTHING,
    threshold: float | None = None,
    rerank: Rerank | None = None,
    timings: Timings | None = None,
) -> Answer:
    """Quotes for ``query`` from ``view``, at most ``limit``, or an abstention if confidence is below ``threshold``:
    that of the calibration, if none is given. ``rerank`` may put the passages found in another order.

    They come from the articles that ``only`` lets through.

    Raises IndexDamaged if a stored article is not, character for character, what was indexed.
    """
    timings = timings or Timings()
    with timings("search"):
        hits = search(query, view, limit=PASSAGES, only=only, timings=timings)
    if rerank:
        with timings("rerank"):
            hits = rerank(query.text, hits, view)
    if not hits:
        return Answer(query.text, False, 0.0, (), (), timings.ms)
    with timings("quotes"):
        found = weigh(query, hits, view, passages=view.passage_count(), limit=limit)
        calibrated, _ = calibration(view.settings)
        confidence = calibrated.probability(found.pair, found.signals)
        answered = confidence >= (calibrated.threshold if threshold is None else threshold)
        citations = _cite(query, found, view) if answered else ()
        nearest = [] if answered else list(islice(found.articles.values(), NEAREST))
    return Answer(
        question=query.text,
        answered=answered,
        confidence=confidence,
        citations=citations,
        nearest=tuple(_source(one.article) for one in nearest),
        timings_ms=timings.ms,
        preferred=query.period if any(hit.preference for hit in hits) else None,
    )


def excerpts(
    query: Query, view: View, *, limit: int, only: Filter = EVERYTHING, rerank: Rerank | None = None
) -> list[Excerpt]:
    """The best ``limit`` passages for ``query``, whole and verbatim, best first. Raises as ``answer`` does."""
    hits = search(query, view, limit=limit, only=only)
    if rerank:
        hits = rerank(query.text, hits, view)
    return [_excerpt(rank, query, hit, view) for rank, hit in enumerate(hits, 1)]


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
        score=hit.score + hit.preference,
        highlights=highlights(query, text),
    )


def _cite(query: Query, found: Candidate, view: View) -> tuple[Citation, ...]:
    return tuple(_citation(n, query, found.articles[q.article], q, view) for n, q in enumerate(found.quotes, 1))


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
        also=tuple(map(_source, view.listed(chosen.also))),
    )


def _verbatim(found: StoredArticle, start: int, end: int) -> str:
    if found.article.content_hash != found.content_hash:
        raise IndexDamaged(
            f"the stored text of {found.article.id} is not what was indexed: "
            "build the index anew with `qa index --rebuild`"
        )
    return found.article.text[start:end]


def _source(article: Article | Listed) -> Source:
    return Source(article.id, article.title, article.date, article.source, article.url, article.lang, article.dated)
