"""Full calendar dates in Arabic and English prose: where they stand and which day they name.

Numeric dates are read year first or day first; month first only where nothing else is possible
(11/24/2021). Years outside 1600–2199 are not dates of the common era in print: that leaves Solar Hijri years
alone. Islamic dates are those of ``hijri``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from qa.language.hijri import hijri_dates

_PLAUSIBLE = range(1600, 2200)

_ENGLISH = (
    "january jan",
    "february feb",
    "march mar",
    "april apr",
    "may",
    "june jun",
    "july jul",
    "august aug",
    "september sept sep",
    "october oct",
    "november nov",
    "december dec",
)

# Egyptian and Gulf, then Levantine and Iraqi, then Moroccan, Algerian and Tunisian names.
_ARABIC = (
    "يناير، كانون الثاني، كانون ثاني، جانفي",
    "فبراير، شباط، فيفري",
    "مارس، آذار",
    "أبريل، نيسان، أفريل",
    "مايو، أيار، ماي",
    "يونيو، يونيه، حزيران، جوان",
    "يوليو، يوليه، تموز، يوليوز، جويلية",
    "أغسطس، آب، غشت، أوت",
    "سبتمبر، أيلول، شتنبر",
    "أكتوبر، تشرين الأول، تشرين أول",
    "نوفمبر، تشرين الثاني، تشرين ثاني، نونبر",
    "ديسمبر، كانون الأول، كانون أول، دجنبر",
)

ALEF = "اأإآٱ"
_FOLD = str.maketrans({**dict.fromkeys(ALEF, "ا"), "ى": "ي"})


def fold_month(name: str) -> str:
    """The name of a month as ``MONTHS`` has it."""
    return " ".join(name.translate(_FOLD).lower().split())


MONTHS = {
    fold_month(name): number
    for names in (map(str.split, _ENGLISH), (line.split("، ") for line in _ARABIC))
    for number, month in enumerate(names, start=1)
    for name in month
}


def month_names(*, arabic: bool) -> str:
    """A pattern of the names of all months, however they are spelt."""
    names = sorted((n for n in MONTHS if n.isascii() is not arabic), key=len, reverse=True)
    spelt = (n.replace("ا", f"[{ALEF}]").replace("ي", "[يى]").replace(" ", r"\s{1,3}") for n in names)
    return "|".join(spelt)


# Every gap is bounded, so that no run of spaces can be parted in more ways than a few.
_GAP = r"[\s\u200e\u200f]{0,3}"
_MARK = r"[\u200e\u200f]?"
_SEP, _SAME_SEP = rf"{_MARK}([-/.]){_MARK}", rf"{_MARK}\2{_MARK}"
_START, _END = r"(?<!\d)(?<!\d[-/.])", r"(?!\d)(?!\2\d)"
_EN, _AR = month_names(arabic=False), month_names(arabic=True)
# Two names for one month are common: نوفمبر/تشرين الثاني, تشرين الثاني (نوفمبر).
_AR_MONTH = rf"(?P<month>{_AR})(?:{_GAP}[/(]{_GAP}(?:{_AR})(?:{_GAP}\))?)?(?!\w)"
_AR_YEAR = r"(?:من\s{1,3})?(?:(?:ال|ل)?(?:عام|سنة)\s{1,3})?"

_FIRST, _DAY, _ORDINAL = r"(?<![\d.,:])", r"(?P<day>\d{1,2})", r"(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})(?!\d(?!\d?\s[^\W\d]))"  # some pages print a date twice: 5 Oct 20225 Oct 2022

_FOUR_DIGITS = re.compile(r"\d{4}")


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Compiled when a date is first looked for: it takes longer than answering a question without one."""
    return tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            rf"{_START}(?P<year>\d{{4}}){_SEP}(?P<month>\d{{1,2}}){_SAME_SEP}(?P<day>\d{{1,2}}){_END}",
            rf"{_START}(?P<day>\d{{1,2}}){_SEP}(?P<month>\d{{1,2}}){_SAME_SEP}(?P<year>\d{{4}}){_END}",
            rf"{_FIRST}{_DAY}{_ORDINAL}[-\s,]{{1,3}}(?:of\s{{1,3}})?(?P<month>{_EN})\b[-\s.,]{{1,3}}{_YEAR}",
            rf"(?<!\w)(?P<month>{_EN})[-.\s]{{1,3}}{_DAY}{_ORDINAL}\b[-,\s]{{1,3}}{_YEAR}",
            rf"{_FIRST}{_DAY}{_GAP}-?{_GAP}(?:(?:من|شهر)\s{{1,3}}){{0,2}}{_AR_MONTH}{_GAP}[-,،]?{_GAP}{_AR_YEAR}{_YEAR}",
            rf"(?<!\w){_AR_MONTH}{_GAP}{_DAY}\b{_GAP}[,،]?{_GAP}{_AR_YEAR}{_YEAR}",
        )
    )


def dates(text: str) -> list[tuple[int, int, date]]:
    """Every full date in ``text`` as ``(start, end, day)``, in order and without overlap.

    ISO 8601 days, numeric dates with any decimal digits (٢٤/١١/٢٠٢١ too), and dates with English or
    Arabic month names; Islamic dates as the same days. What no calendar has (31 November) is left out.
    """
    apart: list[tuple[int, int, date]] = []
    if not _FOUR_DIGITS.search(text):  # most sentences: there is no year
        return apart
    for each in sorted(_found(text)):
        if not apart or each[0] >= apart[-1][1]:
            apart.append(each)
    return apart


def find_date(text: str) -> date | None:
    """The first full date in ``text``, or ``None``."""
    found = dates(text)
    return found[0][2] if found else None


def _found(text: str) -> Iterator[tuple[int, int, date]]:
    for pattern in _patterns():
        for match in pattern.finditer(text):
            day = _day(match)
            if day is not None:
                yield match.start(), match.end(), day
    yield from hijri_dates(text)


def _day(match: re.Match[str]) -> date | None:
    year, month, day = match["year"], match["month"], match["day"]
    if not month.isdecimal():
        month = str(MONTHS[fold_month(month)])
    elif int(month) > 12 and match.start("day") < match.start("year"):
        month, day = day, month
    try:
        return date(int(year), int(month), int(day)) if int(year) in _PLAUSIBLE else None
    except ValueError:
        return None
