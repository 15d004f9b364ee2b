"""A question that names a time, or asks for the latest, prefers the articles of that time.

It is a preference, not a filter: their passages gain a little, so that of those which answer about as well theirs
come first. Where no article is known to be of that time nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from qa.article import Article
from qa.language.dates import dates
from qa.language.period import Period
from qa.language.relative import relative_days
from qa.store import View
from qa.store.records import Filter, StoredPassage

if TYPE_CHECKING:
    from qa.query import Query
    from qa.search import Hit

PASSAGE, SENTENCE = 0.5, 2.0
"""The most that a passage's score gains, and the log-odds of its sentences: less than what parts a passage that
answers from most that do not, and what a time adds to a sentence where one is asked for."""

ALL = 10.0
"""What they gain where only a time is asked about (“what happened yesterday?”, ما آخر الأخبار؟): all of it."""

_NO_SUBJECT = frozenset("news headlin happen develop updat اخبار خبر انب حدث جري تطور مستجد جديد".split())
"""Analysed words that leave a question without a subject."""

CONSIDERED = 50
"""Hits that may gain: others are not quoted, and each costs reading its article."""

DEPTH = 30
"""Passages of the period that each of the two searches adds to the candidates."""

RECENT = (7, 30, 365, 36500)
"""Days back from today in which the latest is looked for, until there is something."""


def candidates(query: Query, view: View, only: Filter) -> list[int]:
    """What either search brings up of the articles of the query's period that ``only`` lets through: passages."""
    for span in _spans(query.period, only) if query.period else ():
        if found := [id_ for id_, _ in view.dense(query.vector, DEPTH, span)]:
            return found + view.lexical(query.terms, DEPTH, span)
    return []


def _spans(period: Period, only: Filter) -> Iterator[Filter]:
    """What narrows ``only`` down to the articles of ``period``, from the narrowest on."""
    today = date.today()
    firsts = [today - timedelta(days) for days in RECENT] if period.newest else [period.first]
    for first in firsts:
        since = max((day for day in (only.since, first) if day), default=None)
        until = min((day for day in (only.until, period.last) if day), default=None)
        yield replace(only, since=since, until=until)


def prefer(hits: Sequence[Hit], query: Query, view: View) -> list[Hit]:
    """``hits``, best first, with what those of the period of ``query`` gain, in the order that follows."""
    period = query.period
    assert period
    most = ALL if _NO_SUBJECT.issuperset(query.terms) else PASSAGE
    considered, rest = hits[:CONSIDERED], hits[CONSIDERED:]
    articles = {rowid: view.article(rowid).article for rowid in {hit.passage.article for hit in considered}}
    own = {rowid: article for rowid, article in articles.items() if article.date and article.dated != "file"}
    shares = _newer(considered, own, most) if period.newest else _within(considered, own, period)
    gained = [
        replace(
            hit,
            preference=most * share,
            sentences=tuple(score + SENTENCE * share for score in hit.sentences),
        )
        for hit, share in zip(considered, shares, strict=True)
    ]
    gained.sort(key=lambda hit: (-hit.score - hit.preference, hit.passage.id))
    return [*gained, *rest]


def _within(hits: Sequence[Hit], own: dict[int, Article], period: Period) -> list[float]:
    """1 for each hit that is of ``period``, or tells of a day in it; ``own`` are the articles with a date."""
    return [
        float((article := own.get(hit.passage.article)) is not None and _is_of(hit.passage, article, period))
        for hit in hits
    ]


def _is_of(passage: StoredPassage, article: Article, period: Period) -> bool:
    assert article.date
    if period.holds(article.date):
        return True
    text = article.text[passage.encoded.start : passage.encoded.end]
    told = [*dates(text), *relative_days(text, article.date)]
    return any(period.holds(day) for _, _, day in told)


def _newer(hits: Sequence[Hit], own: dict[int, Article], margin: float) -> list[float]:
    """How new each article is among those less than ``margin`` behind the best: 0 the oldest, 1 the newest."""
    days = [article.date if (article := own.get(hit.passage.article)) else None for hit in hits]
    near = [day if hit.score > hits[0].score - margin else None for hit, day in zip(hits, days, strict=True)]
    order = sorted({day for day in near if day})
    return [order.index(day) / (len(order) - 1) if day and len(order) > 1 else 0.0 for day in near]
