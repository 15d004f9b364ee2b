"""What Isnad says to a reader, in the reader's language: Arabic for ``"ar"``, English for all others."""

from __future__ import annotations

from datetime import date, timedelta

from qa.language.period import Period

_MONTHS = {
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر".split(),
    "en": "January February March April May June July August September October November December".split(),
}
_PHRASES = {
    "silent": {"ar": "المقالات لا تجيب عن هذا السؤال.", "en": "The articles don't say."},
    "nearest": {"ar": "أقرب المقالات إليه:", "en": "The nearest articles:"},
    "characters": {"ar": "الأحرف", "en": "characters"},
    "undated": {"ar": "بلا تاريخ", "en": "undated"},
    "file time": {"ar": "تاريخ الملف", "en": "the file's date"},
}


def spoken(lang: str) -> str:
    """The language to speak to someone whose text is in ``lang`` (an IETF tag): ``"ar"`` or ``"en"``."""
    return "ar" if lang.startswith("ar") else "en"


def phrase(key: str, lang: str) -> str:
    return _PHRASES[key][spoken(lang)]


def also(count: int, lang: str) -> str:
    """``Also in 3 others`` for ``count`` other articles, at least one."""
    if spoken(lang) == "en":
        return f"Also in {count} {'other' if count == 1 else 'others'}"
    few = {1: "مقال آخر", 2: "مقالين آخرين"}
    return f"وأيضاً في {few.get(count) or f'{count} مقالات أخرى' if count < 11 else f'{count} مقالاً آخر'}"


def readable(day: date, lang: str) -> str:
    """``24 November 2021``, ``24 نوفمبر 2021``."""
    return f"{day.day} {_MONTHS[spoken(lang)][day.month - 1]} {day.year}"


def preferring(period: Period, lang: str) -> str:
    """``Preferring articles of November 2025``."""
    arabic = spoken(lang) == "ar"
    if period.newest:
        return "الأحدث من المقالات أولاً" if arabic else "Preferring the newest articles"
    return ("الأولوية لمقالات " if arabic else "Preferring articles ") + _span(period, "ar" if arabic else "en")


def _span(period: Period, lang: str) -> str:
    """A year, a month, a day, or from one day to another."""
    first, last = period.first, period.last
    of, since, until, before = {"ar": ("", "من ", " إلى ", "حتى "), "en": ("of ", "from ", " to ", "until ")}[lang]
    if first is None or last is None:
        return since + readable(first, lang) if first else before + readable(last or date.max, lang)
    if first == last:
        return of + readable(first, lang)
    after = last + timedelta(1)
    if first.day == after.day == 1 and (after.year - first.year) * 12 + after.month - first.month in (1, 12):
        month = "" if first.month == after.month else f"{_MONTHS[lang][first.month - 1]} "
        return f"{of}{month}{first.year}"
    return f"{since}{readable(first, lang)}{until}{readable(last, lang)}"
