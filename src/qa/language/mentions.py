"""Mentions: where a text names a time, an amount, a person or a place, in English and Arabic.

Rules and short lists, for marking what answers and for noticing that nothing of the kind is there: not every
name is found, least of all in Arabic, which has no capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from qa.language import arabic, english
from qa.language.asking import names_person
from qa.language.dates import ALEF, MONTHS, dates
from qa.language.words import lines, words

Span = tuple[int, int]

_YEAR = r"(?:1\d|20|١[٠-٩]|٢٠|۱[۰-۹]|۲۰)\d\d"
_ALONE = r"(?<![\d.,٫٬:/$€£-])"
_EDGE = r"(?![\d٪%])(?![.,٫٬]\d)"


@cache
def _times() -> tuple[re.Pattern[str], ...]:
    """Compiled when first needed, like those of ``dates``."""
    english = "|".join(name.title() for name in MONTHS if name.isascii())
    arabic_ = _spelt("|".join(sorted((name for name in MONTHS if not name.isascii()), key=len, reverse=True)))
    weekday = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    part = r"(?:(?:early|mid|late|spring|summer|autumn|winter)[\s-](?:in\s|of\s|the\s)*)?"
    century = r"(?:\d{1,2}(?:st|nd|rd|th)|[a-z]+(?:st|second|third|th))"
    day, year = r"\d{1,2}(?:st|nd|rd|th)?", rf"(?:,?\s(?:of\s)?{_YEAR}{_EDGE})"
    part_ar = _spelt(
        "(?:(?:(?:في )?(?:أواخر|أوائل|منتصف|مطلع|نهاية|بداية|ربيع|صيف|خريف|شتاء) )?(?:[وبل]?(?:عام|سنة|العام) )?)"
    )
    day_ar = _spelt(
        "يوم (?:ال)?(?:أحد|إثنين|ثلاثاء|أربعاء|خميس|جمعة|سبت)|(?:ال)(?:إثنين|ثلاثاء|أربعاء|خميس|جمعة|سبت)"
    )
    ordinal = _spelt(
        "(?:أول|حادي|ثاني|ثالث|رابع|خامس|سادس|سابع|ثامن|تاسع|عاشر)ة?(?: عشرة?| والعشرين| والعشرون)?|عشرين|عشرون"
    )
    return tuple(
        map(
            re.compile,
            (
                rf"\b{part}{_ALONE}{_YEAR}{_EDGE}s?",
                rf"\b(?:{day}\s(?:of\s)?)(?:{english})\b{year}?|\b(?:{english})\s{day}\b{year}?",
                rf"\b{part}(?:{english})\b{year}",
                rf"(?<=\b[Ii]n\s)(?:{english})\b|(?<=\b[Ss]ince\s)(?:{english})\b|(?<=\b[Uu]ntil\s)(?:{english})\b",
                rf"\b(?:(?:last|next)\s)?{weekday}(?:\s(?:morning|afternoon|evening|night))?\b",
                rf"\b{part}{century}(?:\sand\s{century})?[\s-]centur(?:y|ies)\b",
                r"\b(?:AD|A\.D\.)\s?\d{1,4}\b|\b\d{1,4}\s?(?:BCE?|CE|AD|B\.C\.|A\.D\.)(?!\w)",
                r"\b\d{1,2}(?::\d\d)?\s?(?:a\.?m\b\.?|p\.?m\b\.?)|(?<![\d:])\d{1,2}:\d\d(?![\d:])|\b\w+ o['’]clock\b",
                rf"(?<!\w){part_ar}{_ALONE}{_YEAR}{_EDGE}",
                rf"(?<!\w)(?:\d{{1,2}}\s(?:من\s)?)(?:شهر\s)?(?:{arabic_})(?!\w)(?:\s(?:من\s)?(?:عام\s|سنة\s)?{_YEAR})?",
                rf"(?<!\w)(?:{arabic_})\s(?:من\s)?(?:عام\s|سنة\s)?{_YEAR}",
                rf"(?<!\w)(?<=في\s)(?:{arabic_})(?!\w)|(?<!\w)شهر\s(?:{arabic_})(?!\w)",
                rf"(?<!\w)(?:(?:ليلة|صباح|مساء|فجر|ظهر)\s)?[وبل]?(?:{day_ar})(?!\w)",
                rf"(?<!\w){part_ar}[وبل]?(?:ال)?قرن(?:ين)?\s(?:ال)?(?:{ordinal})(?!\w)(?:\s(?:قبل\s)?الميلاد(?:ي)?)?",
                r"(?<!\w)[وبل]?(?:ال)?(?:عام|سنة)\s\d{1,4}(?!\d)(?:\s?(?:ق\.?\s?م|قبل الميلاد|م|هـ)(?!\w)\.?)?"
                r"|(?<![\d.,])(?:\d{1,4}\s?(?:ق\.?\s?م|قبل الميلاد|هـ)|\d{3,4}\s?م)(?!\w)\.?",
                r"(?<!\w)الساعة\s\w+(?:[:.]\d\d)?",
            ),
        )
    )


def _spelt(pattern: str) -> str:
    """``pattern`` for Arabic words however alef, hamza and final ya are written, with any white space."""
    return re.sub(f"[{ALEF}]", f"[{ALEF}]", pattern).replace("ي", "[يى]").replace(" ", r"\s")


def times(text: str) -> list[Span]:
    """Dates, parts of dates, years, centuries, days of the week, times of the day."""
    found = [(start, end) for start, end, _ in dates(text)]
    found += [match.span() for pattern in _times() for match in pattern.finditer(text)]
    return _widest(found)


class _Word(NamedTuple):
    """``key``: how it is looked up, Arabic without its article and what is attached before that."""

    text: str
    start: int
    end: int
    key: str


_WORD = re.compile(r"(?:[^\W\d_][\u064b-\u065f\u0670]*+)+(?:['’][^\W\d_]+)?")
_IN_ARABIC = re.compile("[\u0620-\u06ff]")
_DIGITS = r"\d+(?:[.,٫٬/]\d+)*"
_AMOUNT = re.compile(rf"(?<![A-Za-z\d])(?:[$€£¥]\s?)?{_DIGITS}(?:\s?[-–]\s?{_DIGITS})?(?:\s?[%٪€£])?(?!\w)")


@cache
def _amount_words(kind: str) -> frozenset[str]:
    return frozenset(map(_key, words(f"amount-{kind}")))


def amounts(text: str) -> list[Span]:
    """Numbers in digits and words, with the scale, percent sign or unit that follows."""
    digits = [match.span() for match in _AMOUNT.finditer(text)]
    tokens = [(word.start, word.end, word.key) for word in _words(text)]
    tokens = sorted([*tokens, *((start, end, "0") for start, end in digits)])
    found: list[Span] = []
    run: list[int] = []
    for start, end, key in tokens:
        counts = key == "0" or key in _amount_words("cardinals") or key in _amount_words("scales")
        near = bool(run) and not text[run[1] : start].strip(" \u00a0-")
        if counts and near:
            run[1] = end
        elif near and key in _amount_words("units"):
            found.append((run[0], end))
            run = []
        else:
            if run:
                found.append((run[0], run[1]))
            run = [start, end] if counts else []
    if run:
        found.append((run[0], run[1]))
    return found


_NAMED = re.compile(
    r"(?<![\w.])(?:(?:[A-Z]\.)+(?:[A-Z]\b)?|[A-Z][^\W_]*(?:['’-][^\W_]+)*)"
    r"(?:\s(?:(?:of|the|de|da|di|du|la|le|van|von|der|den|bin|ibn|ben|al|el)\s){0,2}"
    r"(?:(?:[A-Z]\.)+|[A-Z][^\W_]*(?:['’-][^\W_]+)*))*"
)
_AFTER_STOP = re.compile(r"(?:^|[.!?…:\n][\"'”’»)\]]*\s*|[\"'“‘«(\[]\s*)$")
_PEOPLES = re.compile(
    r"(?:\w(?:ian|ese|ish|can|eli|aqi|emeni|aeda)|French|Dutch|German|Greek|Arab|Arabic|Swiss)s?$"
)
_CALENDAR = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day")


def people(text: str) -> list[Span]:
    """Names: in English what has capitals and is no place or day, in Arabic what follows an office or begins
    with a given name.
    """
    return _widest([*_capitals(text), *_arabic_names(text)])


def _capitals(text: str) -> Iterator[Span]:
    for match in _NAMED.finditer(text):
        start, end = match.span()
        first = match[0].split()[0]
        if not english.term(first) and not (first.isupper() and len(first) > 1):  # The, In; but WHO, US
            start += len(first)
            start += len(text[start:end]) - len(text[start:end].lstrip())
        elif first == match[0] and not first.isupper() and _AFTER_STOP.search(text[:start]):
            continue
        name = text[start:end]
        alone = " " not in name
        if not name or name.lower() in MONTHS or _CALENDAR.fullmatch(name) or _place_key(name) in _places():
            continue
        if alone and (_PEOPLES.search(name) or len(name) == 1):
            continue
        yield start, end


_LINKS = frozenset(map(arabic.fold, "عبد بن ابن بنت أبو أبي آل دي دا فون فان ديل دو".split()))


@cache
def _given() -> frozenset[str]:
    return frozenset(map(_spelling, words("names-ar")))


@cache
def _no_name() -> frozenset[str]:
    """Words of news: what stands in the glossary is no name."""
    return frozenset(_key(word) for line in lines("glossary") for word in line.split(" = ")[1].split())


def _spelling(word: str) -> str:
    return re.sub(f"[{ALEF}]", "ا", arabic.bare(word))


def _arabic_names(text: str) -> Iterator[Span]:
    found = [word for word in _words(text) if _IN_ARABIC.match(word.text)]
    n = 0
    while n < len(found):
        first = n
        if names_person(found[n].text):
            first = n + 1
            while first < min(len(found), n + 6) and _joins(found, first, text) and _modifies(found[first].text):
                first += 1
            office = first < len(found) and _joins(found, first, text)
        else:
            office = False
        if first < len(found) and (_is_given(found[first].text) or (office and _may_be_name(found[first]))):
            last = _name_end(found, first, text, office=office or first > n)
            if last > first or office:
                yield found[first].start, found[last].end
                n = last + 1
                continue
        n += 1


def _name_end(found: Sequence[_Word], first: int, text: str, *, office: bool) -> int:
    """The last word of the name that begins at ``first``: one more than its given name and what links them."""
    last, more = first, 1
    while last + 1 < len(found) and _joins(found, last + 1, text):
        linked = found[last].key in _LINKS
        following = found[last + 1]
        link = following.key in _LINKS
        if not (link or linked or more):
            break
        if not (
            link
            or linked
            or _may_be_name(following)
            or (_definite(following.text) and (_is_given(found[last].text) or found[last - 1].key in _LINKS))
        ):
            break
        more -= not (link or linked)
        last += 1
    while last > first and found[last].key in _LINKS:
        last -= 1
    return last


def _is_given(word: str) -> bool:
    spelling = _spelling(word)
    return spelling in _given() or (spelling[:1] in set("ولبكف") and spelling[1:] in _given())


def _may_be_name(word: _Word) -> bool:
    return not (
        _definite(word.text)
        or not arabic.term(word.text)
        or word.key in _no_name()
        or names_person(word.text)
        or word.text.endswith(("اً", "ًا", "ات", "ون", "ية"))
        or (word.text[0] in "وي" and not _is_given(word.text))
        or len(word.key) < 3
    )


def _definite(word: str) -> bool:
    return word.startswith(("ال", "وال", "بال", "لل"))


def _modifies(word: str) -> bool:
    """Whether a word after an office belongs to it: the minister *of defence, the delegate in charge of …*."""
    return _definite(word) or word.startswith("بإ")


def _joins(found: Sequence[_Word], n: int, text: str) -> bool:
    """Whether nothing but space is between the word at ``n`` and the one before."""
    return n > 0 and text[found[n - 1].end : found[n].start].strip(' \u00a0"“«') == ""


_IN = re.compile(
    r"\b(?:[Ii]n|[Aa]t|[Nn]ear|[Ff]rom|[Tt]o|[Ii]nto|[Aa]cross|[Oo]utside|[Aa]round|[Oo]f)\s(?:the\s)?$"
)
_GEOGRAPHY = frozenset(
    map(
        arabic.fold,
        "مدينة محافظة ولاية إقليم منطقة مقاطعة نهر جبل جزيرة بلدة قرية حي شارع ميناء مطار وادي بحيرة بحر قصر جامعة".split(),
    )
)


@cache
def _places() -> frozenset[str]:
    return frozenset(_place_key(name) for name in lines("places"))


def _place_key(name: str) -> str:
    return " ".join(_key(word) for word in name.split())


def places(text: str) -> list[Span]:
    """Countries and big cities, names after a preposition of place, and what words like *river* and *city* name."""
    found = [
        match.span()
        for match in _NAMED.finditer(text)
        if _IN.search(text[: match.start()]) and match[0].lower() not in MONTHS and not _CALENDAR.match(match[0])
    ]
    tokens = _words(text)
    for n, word in enumerate(tokens):
        for last in range(min(n + 3, len(tokens)), n, -1):
            if not all(_joins(tokens, m, text) for m in range(n + 1, last)):
                continue
            key = " ".join(token.key for token in tokens[n:last])
            if key in _places() or (_IN_ARABIC.match(key) and key[0] in "وبلفك" and key[1:] in _places()):
                if _IN_ARABIC.match(key) or word.text[0].isupper():
                    found.append((word.start, tokens[last - 1].end))
                    break
        if word.key in _GEOGRAPHY and n + 1 < len(tokens) and _joins(tokens, n + 1, text):
            if arabic.term(tokens[n + 1].text):
                found.append((word.start, tokens[n + 1].end))
    return _widest(found)


def _words(text: str) -> list[_Word]:
    return [_Word(match[0], *match.span(), _key(match[0])) for match in _WORD.finditer(text)]


def _key(word: str) -> str:
    return arabic.fold(arabic.bare(word)) if _IN_ARABIC.match(word) else word.lower()


def _widest(spans: Sequence[Span]) -> list[Span]:
    """The spans in order, those that overlap made one."""
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart
