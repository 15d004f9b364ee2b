"""Times that prose names: dates and parts of them, years, centuries, days of the week, hours."""

from __future__ import annotations

import re
from functools import cache

from qa.language.dates import ALEF, MONTHS, dates
from qa.language.spans import Span, joined

_YEAR = r"(?<![\d.,٫٬:/$€£-])(?:1\d|20|١[٠-٩]|٢٠|۱[۰-۹]|۲۰)\d\d(?![\d٪%])(?![.,٫٬]\d)"


def _spelt(pattern: str) -> str:
    """``pattern`` for Arabic words however alef and final ya are written, with any white space."""
    return re.sub(f"[{ALEF}]", f"[{ALEF}]", pattern).replace("ي", "[يى]").replace(" ", r"\s")


_WEEKDAY = r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
_ARABIC_WEEKDAY = _spelt(r"[وبل]?(?:يوم الأحد|(?:يوم )?ال(?:إثنين|ثلاثاء|أربعاء|خميس|جمعة|سبت))(?!\w)")


def times(text: str) -> list[Span]:
    """Where ``text`` names a time, in order and without overlap."""
    found = [(start, end) for start, end, _ in dates(text)]
    found += [match.span() for pattern in _patterns() for match in pattern.finditer(text)]
    return joined(found)


def has_weekday(text: str) -> bool:
    """Whether ``text`` names a day of the week."""
    return any(weekday.search(text) for weekday in _weekdays())


@cache
def _weekdays() -> tuple[re.Pattern[str], ...]:
    return re.compile(_WEEKDAY), re.compile(rf"(?<!\w){_ARABIC_WEEKDAY}")


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Compiled when first needed, like those of ``dates``."""
    return tuple(map(re.compile, (*_english(), *_arabic())))


def _english() -> tuple[str, ...]:
    month = rf"(?:{'|'.join(name.title() for name in MONTHS if name.isascii())})\b"
    day, year = r"\b\d{1,2}(?:st|nd|rd|th)?", rf"(?:,?\s(?:of\s)?{_YEAR})"
    part = r"\b(?:(?:early|mid|late|spring|summer|autumn|winter)[\s-](?:in\s|of\s|the\s)*)?"
    century = r"(?:\d{1,2}(?:st|nd|rd|th)|[a-z]+(?:st|second|third|th))"
    return (
        rf"{part}{_YEAR}s?",
        rf"{day}\s(?:of\s)?{month}{year}?",
        rf"\b{month}\s{day}\b{year}?",
        rf"{part}{month}{year}",
        rf"(?:(?<=[Ii]n\s)|(?<=[Ss]ince\s)|(?<=[Uu]ntil\s)){month}",
        rf"\b(?:(?:last|next)\s)?{_WEEKDAY}(?:\s(?:morning|afternoon|evening|night))?\b",
        rf"{part}{century}(?:\sand\s{century})?[\s-]centur(?:y|ies)\b",
        r"\b(?:AD|A\.D\.)\s?\d{1,4}\b",
        r"\b\d{1,4}\s?(?:BCE?|CE|AD|B\.C\.|A\.D\.)(?!\w)",
        r"\b\d{1,2}(?::\d\d)?\s?(?:[ap]\.?m\b\.?)",
        r"(?<![\d:])\d{1,2}:\d\d(?![\d:])",
        r"\b\w+ o['’]clock\b",
    )


def _arabic() -> tuple[str, ...]:
    names = sorted((name for name in MONTHS if not name.isascii()), key=len, reverse=True)
    month = _spelt(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)")
    year = rf"(?:\s(?:من\s)?(?:عام\s|سنة\s)?{_YEAR})"
    part = _spelt(
        r"(?<!\w)(?:(?:في )?(?:أواخر|أوائل|منتصف|مطلع|نهاية|بداية|ربيع|صيف|خريف|شتاء) )?"
        r"(?:[وبل]?(?:ال)?(?:عام|سنة) )?"
    )
    tenth = "(?:أول|حادي|ثاني|ثالث|رابع|خامس|سادس|سابع|ثامن|تاسع|عاشر)ة?(?: عشرة?| والعشرين| والعشرون)?"
    century = _spelt(rf"(?:ال)?قرن(?:ين)? (?:ال)?(?:{tenth}|عشرين|عشرون)(?!\w)(?: (?:قبل )?الميلادي?)?")
    before_christ = r"(?:ق\.?\s?م|قبل\sالميلاد|هـ)"
    return (
        rf"{part}{_YEAR}",
        rf"(?<!\w)\d{{1,2}}\s(?:من\s)?(?:شهر\s)?{month}{year}?",
        rf"{month}{year}",
        rf"(?<=في\s){month}",
        rf"(?<!\w)شهر\s{month}",
        rf"(?<!\w)(?:(?:ليلة|صباح|مساء|فجر|ظهر)\s)?{_ARABIC_WEEKDAY}",
        rf"{part}[وبل]?{century}",
        rf"(?<!\w)[وبل]?(?:ال)?(?:عام|سنة)\s\d{{1,4}}(?!\d)(?:\s?(?:{before_christ}|م)(?!\w)\.?)?",
        rf"(?<![\d.,])(?:\d{{1,4}}\s?{before_christ}|\d{{3,4}}\s?م)(?!\w)\.?",
        r"(?<!\w)الساعة\s\w+(?:[:.]\d\d)?",
    )
