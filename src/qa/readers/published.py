"""The day an article was published, from what a page says of itself; an event's date is not it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from qa.article import Dated
from qa.language.dates import dates, find_date
from qa.readers.lines import Line, fold

_AHEAD = timedelta(days=2)
_TOP = 12
_LEAD = 600
_NEAR_TITLE = {"caption", "credit", "dateline", "byline", "copy"}
_ARCHIVE = re.compile("ارشيف|archive|file photo")
_UPDATED = re.compile("updat|modif|تحديث|حدث")
_WEEKDAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|اليوم|الاثنين|الثلاثاء|الاربعاء|الخميس|الجمعه|السبت|الاحد)\b"
)
_DATELINE = 60
_DASH = re.compile(r"\s?\)?\s?(?:\([^()]{1,40}\))?\s?[-–—:]")
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")


def published(
    given: str, lines: Sequence[Line], verdicts: Sequence[str | None], text: str
) -> tuple[date | None, Dated]:
    """The day of publication and where it was found; the first of: the metadata's date; a “published” line; a
    caption's or dateline's date; the day that the first two paragraphs are told on.

    A date more than two days ahead of today is none. The last two can be an event's date, so an article that
    also speaks of a later year is not given it.
    """
    latest = date.today() + _AHEAD
    day = find_date(given[:200])
    if day and day <= latest:
        return day, "metadata"
    for day in _stated(lines, verdicts):
        if day <= latest:
            return day, "text"
    years = [int(year) for year in _YEAR.findall(text)]
    newest = max((year for year in years if year <= latest.year), default=0)
    for day in _implied(lines, verdicts, text):
        if newest <= day.year and day <= latest:
            return day, "text"
    return None, ""


def _stated(lines: Sequence[Line], verdicts: Sequence[str | None]) -> Iterator[date]:
    said = [line for line, verdict in zip(lines, verdicts, strict=True) if verdict in {"published", "date"}]
    said.sort(key=lambda line: _UPDATED.search(line.folded) is not None)
    for line in said:
        if day := find_date(line.text):
            yield day


def _implied(lines: Sequence[Line], verdicts: Sequence[str | None], text: str) -> Iterator[date]:
    for line, verdict in list(zip(lines, verdicts, strict=True))[:_TOP]:
        if verdict in _NEAR_TITLE and not _ARCHIVE.search(line.folded) and (day := find_date(line.folded)):
            yield day
    told = {day for part in text[:_LEAD].split("\n\n")[:2] for day in _told_on(part)}
    if len(told) == 1:
        yield told.pop()


def _told_on(paragraph: str) -> Iterator[date]:
    """Dates that open the paragraph as a dateline, or that stand with a weekday or with “today”.

    News dates its own day so; other full dates in a lead (born on, signed on) are those of events.
    """
    for start, end, day in dates(paragraph):
        near = fold(paragraph[max(0, start - 25) : start] + " | " + paragraph[end : end + 15])
        if _WEEKDAY.search(near) or (start < _DATELINE and _DASH.match(paragraph, end)):
            yield day
