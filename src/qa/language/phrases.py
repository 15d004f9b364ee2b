"""What Isnad says to a reader, in the reader's language: Arabic for ``"ar"``, English for all others."""

from __future__ import annotations

from datetime import date

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
