"""What a question asks for, by its question word: a time, a number, a person; and what gives such a thing."""

from __future__ import annotations

import re

from qa.language import arabic
from qa.language.dates import dates
from qa.language.words import words

_WHEN = re.compile(
    r"\b(when|(what|which) (year|date|day|month|decade|century))\b"
    r"|\b[وفبل]?(متى|(أي|اي|ما) (عام|سنة|يوم|شهر|تاريخ))\b",
    re.I,
)
_HOW_MANY = re.compile(
    r"\bhow (many|much|long|old|far|high|large|tall|often)\b"
    r"|\bwhat (number|percentage|share)\b"
    r"|\b[وفب]?كم\b|\b(ال)?(نسبة|عدد)\b",
    re.I,
)
_WHO = re.compile(r"\b(who|whom)\b|^\W*[وفبل]?(من|مَن)\b", re.I)
_WHICH = re.compile(r"\b(?:(?:which|what)\s+(\w+(?:\s+\w+)?)|[وفبل]?أي\s+(\w+))", re.I)  # which Moroccan official
_YEAR = re.compile(r"(?<!\d)(?:1[0-9]|20|١[٠-٩]|٢٠|۱[۰-۹]|۲۰)\d\d(?!\d)")
_ROLES = words("roles-en") | {arabic.fold(role) for role in words("roles-ar")}
_WORD = re.compile(r"[^\W\d_]+")


def asks_when(question: str) -> bool:
    return bool(_WHEN.search(question))


def asks_how_many(question: str) -> bool:
    return bool(_HOW_MANY.search(question))


def asks_who(question: str) -> bool:
    return bool(_WHO.search(question)) or any(
        names_person(match[1] or match[2]) for match in _WHICH.finditer(question)
    )


def has_time(text: str) -> bool:
    """Whether ``text`` gives a year or a full date."""
    return bool(_YEAR.search(text) or dates(text))


def has_number(text: str) -> bool:
    return any(map(str.isdecimal, text))


def names_person(text: str) -> bool:
    """Whether ``text`` gives someone's title or office: minister, الجنرال."""
    return any(not _ROLES.isdisjoint(_forms(word)) for word in _WORD.findall(text))


def _forms(word: str) -> tuple[str, ...]:
    if "\u0600" <= word[0] <= "\u06ff":
        return arabic.fold(word), arabic.fold(arabic.bare(word))
    return (word.lower(),)
