"""Full dates of the Islamic calendar in Arabic and English prose, as days of the common era.

The days are those of the Umm al-Qura calendar, by which Saudi Arabia and its press date; elsewhere a month may
begin a day earlier or later. It covers the years 1343 to 1500 (1924 to 2077).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

_MONTHS = (
    "محرم|المحرم|محرم الحرام|muharram",
    "صفر|صفر الخير|safar",
    "ربيع الاول|ربيع اول|rabi al-awwal|rabi' al-awwal|rabi i",
    "ربيع الاخر|ربيع الثاني|ربيع ثاني|rabi al-thani|rabi' al-thani|rabi al-akhir|rabi ii",
    "جمادي الاولي|جمادي الاول|جمادي اولي|jumada al-ula|jumada al-awwal|jumada i",
    "جمادي الاخره|جمادي الاخر|جمادي الثانيه|جمادي الثاني|jumada al-thani|jumada al-akhirah|jumada ii",
    "رجب|رجب المرجب|rajab",
    "شعبان|sha'ban|shaban|shaaban",
    "رمضان|رمضان المبارك|ramadan|ramadhan",
    "شوال|shawwal",
    "ذو القعده|ذي القعده|ذوالقعده|dhu al-qidah|dhu al-qi'dah|dhul qadah|dhul-qi'dah",
    "ذو الحجه|ذي الحجه|ذوالحجه|dhu al-hijjah|dhul hijjah|dhul-hijjah",
)
_NUMBERS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split("|")}
_VARIANTS = {"ا": "[اأإآ]", "ي": "[يى]", "ه": "[هة]", " ": r"[\s-]{1,3}", "'": "['’‘]?", "-": r"[-\s]"}
_FOLD = str.maketrans({**dict.fromkeys("أإآ", "ا"), "ى": "ي", "ة": "ه", "’": "'", "‘": "'"})


def _spelt(name: str) -> str:
    return "".join(_VARIANTS.get(char, char) for char in name)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    names = "|".join(_spelt(name) for name in sorted(_NUMBERS, key=len, reverse=True))
    era, sep = r"(?:\s?(?:هـ|ه\b|هجري[اةه]?|A\.?H\b))", r"[\u200e\u200f]?([-/])[\u200e\u200f]?"
    named = (
        rf"(?<![\d.,:])(?P<day>\d{{1,2}})\s{{0,3}}(?:(?:من|شهر|of)\s{{1,3}}){{0,2}}(?P<month>{names})(?!\w)"
        rf"\s{{0,3}}[,،]?\s{{0,3}}(?:(?:ال)?(?:عام|سنة)\s{{1,3}})?(?P<year>\d{{4}})(?!\d){era}?"
    )
    day_first = rf"(?<![\d/.-])(?P<day>\d{{1,2}}){sep}(?P<month>\d{{1,2}})\2(?P<year>\d{{4}}){era}"
    year_first = rf"(?<![\d/.-])(?P<year>\d{{4}}){sep}(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}}){era}"
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in (named, day_first, year_first))


def hijri_dates(text: str) -> Iterator[tuple[int, int, date]]:
    """Full Islamic dates in ``text`` as ``(start, end, day)``; numeric ones only with their era (هـ, AH)."""
    for pattern in _patterns():
        for match in pattern.finditer(text):
            month = match["month"]
            number = int(month) if month.isdecimal() else _number(month)
            day = _gregorian(int(match["year"]), number, int(match["day"]))
            if day:
                yield match.start(), match.end(), day


def _number(month: str) -> int:
    """The month of a name as it is spelt in a text: the known one that comes out alike."""
    said = re.sub(r"[\s'-]", "", month.translate(_FOLD).lower())
    return next(number for name, number in _NUMBERS.items() if re.sub(r"[\s'-]", "", name) == said)


def _gregorian(year: int, month: int, day: int) -> date | None:
    from hijridate import Hijri  # costs what a question without such a date need not pay

    try:
        return date.fromisoformat(Hijri(year, month, day).to_gregorian().isoformat())
    except (ValueError, OverflowError):
        return None
