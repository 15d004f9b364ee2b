"""Answers: verbatim quotes with their place, or an honest “the articles don't say”."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from qa.article import Article, Dated
from qa.confidence import Signals, calibration, pair_of, signals
from qa.copies import adds_nothing
from qa.errors import IndexDamaged
from qa.highlight import highlights
from qa.language.period import Period
from qa.query import Query
from qa.quotes import Quote, choose_quotes
from qa.search import Hit, search
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
    """One quote: whole sentences of one article, or a passage that a search found, character for character.

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
class Found:
    """The passages that come closest to a query, best first, each quoted whole; ``preferred`` as in Answer."""

    query: str
    passages: tuple[Citation, ...]
    preferred: Period | None


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
    title = articles[hits[0].passage.article].article.title
    found = signals(query, hits, title=title, quote=first, passages=passages)
    return Candidate(quotes, articles, pair_of(query, hits[0]), found)


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
        citations = _cite(query, found.quotes, found.articles, view) if answered else ()
        nearest = [] if answered else list(islice(found.articles.values(), NEAREST))
    return Answer(
        question=query.text,
        answered=answered,
        confidence=confidence,
        citations=citations,
        nearest=tuple(_source(one.article) for one in nearest),
        timings_ms=timings.ms,
        preferred=_preferred(query, hits),
    )


def closest(
    query: Query, view: View, *, limit: int, only: Filter = EVERYTHING, rerank: Rerank | None = None
) -> Found:
    """The best ``limit`` passages for ``query``, whole and verbatim, best first. Raises as ``answer`` does."""
    hits = search(query, view, limit=limit, only=only)
    if rerank:
        hits = rerank(query.text, hits, view)
    articles = {hit.passage.article: view.article(hit.passage.article) for hit in hits}
    return Found(query.text, _cite(query, [*map(_whole, hits)], articles, view), _preferred(query, hits))


def _preferred(query: Query, hits: Sequence[Hit]) -> Period | None:
    return query.period if any(hit.preference for hit in hits) else None


def _whole(hit: Hit) -> Quote:
    """The passage of ``hit`` as a quote; those of its copies that say all of it say it too."""
    passage = hit.passage.encoded
    sentences = [*map(frozenset, passage.terms)]
    same = (copy for copy in hit.copies if adds_nothing(sentences, [*map(frozenset, copy.encoded.terms)]))
    also = tuple(dict.fromkeys(copy.article for copy in same))
    return Quote(hit.passage.article, passage.start, passage.end, hit.score + hit.preference, also)


def _cite(
    query: Query, quotes: Sequence[Quote], articles: Mapping[int, StoredArticle], view: View
) -> tuple[Citation, ...]:
    """``quotes``, each with the articles found that say it, and all others that have the text of its article."""
    copies = view.copies([*{quote.article for quote in quotes}])
    cited = []
    for n, quote in enumerate(quotes, 1):
        found = articles[quote.article]
        text = _verbatim(found, quote.start, quote.end)
        raw_start, raw_end = found.article.raw_span(quote.start, quote.end)
        also = {one.rowid: one for one in (*view.listed(quote.also), *copies.get(quote.article, ()))}
        cited.append(
            Citation(
                n=n,
                quote=text,
                article=_source(found.article),
                file=str(found.path),
                start=quote.start,
                end=quote.end,
                raw_start=raw_start,
                raw_end=raw_end,
                score=quote.score,
                highlights=highlights(query, text),
                also=tuple(map(_source, also.values())),
            )
        )
    return tuple(cited)


def _verbatim(found: StoredArticle, start: int, end: int) -> str:
    if found.article.content_hash != found.content_hash:
        raise IndexDamaged(
            f"the stored text of {found.article.id} is not what was indexed: "
            "build the index anew with `qa index --rebuild`"
        )
    return found.article.text[start:end]


def _source(article: Article | Listed) -> Source:
    return Source(article.id, article.title, article.date, article.source, article.url, article.lang, article.dated)
