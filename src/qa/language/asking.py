"""What a question asks for, by its question word: a time, a number, a person; and what gives such a thing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from qa.language import arabic
from qa.language.dates import dates
from qa.language.times import has_weekday
from qa.language.words import words

_WHEN = re.compile(
    r"\b(when|(what|which) (year|date|day|month|decade|century))\b"
    r"|\b[وفبل]?(متى|(أي|اي|ما) (عام|سنة|يوم|شهر|تاريخ))\b",
    re.I,
)
_DAY = re.compile(r"\b(what|which) (date|day)\b|\b[وفبل]?(أي|اي|ما) (يوم|تاريخ)\b", re.I)
_HOW_MANY = re.compile(
    r"\bhow (many|much|long|old|far|high|large|tall|often)\b"
    r"|\bwhat (number|percentage|share)\b"
    r"|\b[وفب]?كم\b|\b(ال)?(نسبة|عدد)\b",
    re.I,
)
_WHERE = re.compile(
    r"\b(where|(what|which) (country|city|town|state|region|continent|place))\b"
    r"|\b[وفبل]?([أا]ين|([أا]ي|ما|ما هي) (ال)?(دولة|بلد|مدينة|منطقة|قارة|ولاية|مكان))\b",
    re.I,
)
_WHO = re.compile(r"\b(who|whom)\b|^\W*[وفبل]?(من|مَن)\b", re.I)
_WHICH = re.compile(r"\b(?:(?:which|what)\s+(\w+(?:\s+\w+)?)|[وفبل]?أي\s+(\w+))", re.I)  # which Moroccan official
_NOBODY = re.compile(
    r"\b(?:the|both) (?:two )?(?:sides|parties|countries)\b|\b[وفبل]?(?:ال|لل)(?:جانب|طرف|بلد)(?:ان|ين)\b", re.I
)
_YEAR = re.compile(r"(?<!\d)(?:1[0-9]|20|١[٠-٩]|٢٠|۱[۰-۹]|۲۰)\d\d(?!\d)")
_ROLES = words("roles-en") | {arabic.fold(role) for role in words("roles-ar")}
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_SENTENCES = 1 << 12
"""Of those looked at last it is known what they hold: questions come back to the same ones."""


def asks_when(question: str) -> bool:
    return bool(_WHEN.search(question))


def asks_day(question: str) -> bool:
    return bool(_DAY.search(question))


def asks_how_many(question: str) -> bool:
    return bool(_HOW_MANY.search(question))


def asks_where(question: str) -> bool:
    return bool(_WHERE.search(question))


def asks_who(question: str) -> bool:
    return bool(_WHO.search(question)) or any(
        names_person(match[1] or match[2]) for match in _WHICH.finditer(question)
    )


@lru_cache(maxsize=_SENTENCES)
def has_time(text: str) -> bool:
    """Whether ``text`` gives a year, a full date or a day of the week."""
    return bool(_YEAR.search(text)) or has_day(text)


def has_day(text: str) -> bool:
    """Whether ``text`` gives a full date or a day of the week."""
    return bool(dates(text)) or has_weekday(text)


def has_number(text: str) -> bool:
    return bool(_DIGIT.search(text))


Kind = Literal["time", "amount", "place", "person", "other"]


@lru_cache(maxsize=1024)
def kind(question: str) -> Kind:
    """What must stand in a text that answers."""
    asked = _main_clause(question)
    if asks_when(asked):
        return "time"
    if asks_how_many(asked):
        return "amount"
    if asks_where(asked):
        return "place"
    return "person" if asks_who(asked) else "other"


_INTERROGATIVE = re.compile(r"\b(?:what|which|why|how|whose|who|whom|where|when)\b", re.I)
_INVERTED = re.compile(r"\W*(?:is|are|was|were|do|does|did|has|have|had|will|can|could|should|would)\b", re.I)


def _main_clause(question: str) -> str:
    """An English question from the word that asks to the next such word, which begins another clause."""
    found = list(_INTERROGATIVE.finditer(question))
    if len(found) > 1 and found[0][0].lower() == "when" and not _INVERTED.match(question, found[0].end()):
        del found[0]  # When it rains, what …?
    if not found:
        return question
    return question[found[0].start() : found[1].start() if len(found) > 1 else None]


@lru_cache(maxsize=_SENTENCES)
def names_person(text: str) -> bool:
    """Whether ``text`` gives someone's title or office: minister, الجنرال."""
    return any(map(_is_role, _WORD.findall(text)))


def names_nobody(text: str) -> bool:
    """Whether ``text`` says who only by a word for two who were named before: the two sides, الطرفان."""
    return bool(_NOBODY.search(text)) and not names_person(text)


@lru_cache(maxsize=1 << 14)
def _is_role(word: str) -> bool:
    if "\u0600" <= word[0] <= "\u06ff":
        return not _ROLES.isdisjoint((arabic.fold(word), arabic.fold(arabic.bare(word))))
    return word.lower() in _ROLES
