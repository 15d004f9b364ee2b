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
}


def spoken(lang: str) -> str:
    """The language to speak to someone whose text is in ``lang`` (an IETF tag): ``"ar"`` or ``"en"``."""
    return "ar" if lang.startswith("ar") else "en"


def phrase(key: str, lang: str) -> str:
    return _PHRASES[key][spoken(lang)]


def readable(day: date, lang: str) -> str:
    """``24 November 2021``, ``24 نوفمبر 2021``."""
    return f"{day.day} {_MONTHS[spoken(lang)][day.month - 1]} {day.year}"
