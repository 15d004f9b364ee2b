"""A small glossary of news words, and of countries, for what an encoder of single words does not know.

Arabic verbs above all: out of context most of their forms mean several things, and no stemmer takes an
Arabic verb and its noun to one stem.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache

from qa.language import arabic, english
from qa.language.words import lines

Terms = dict[str, frozenset[str]]


@cache
def glossary(lang: str, other: str) -> Terms:
    """The terms of ``lang`` and those of ``other`` (which may be ``lang``) that stand on one line with them."""
    entries: Terms = {}
    for sides in _lines():
        for term in sides.get(lang, frozenset()):
            entries[term] = entries.get(term, frozenset()) | (sides.get(other, frozenset()) - {term})
    return entries


def unnamed(asked: Iterable[str], said: Collection[str]) -> int:
    """How many of the terms ``asked`` name a country that none of the terms ``said`` names, in either language."""
    named = (_countries().get(term) for term in asked)
    return sum(names is not None and names.isdisjoint(said) for names in named)


@cache
def _countries() -> dict[str, frozenset[str]]:
    """All names of the countries that a term names."""
    names: dict[str, frozenset[str]] = {}
    for sides in map(_terms, lines("countries")):
        every = frozenset[str]().union(*sides.values())
        for term in every:
            names[term] = names.get(term, frozenset()) | every
    return names


def listed() -> list[str]:
    """All lines, as they are written: English words = Arabic words."""
    return lines("glossary") + lines("countries")


@cache
def _lines() -> tuple[Terms, ...]:
    return tuple(map(_terms, listed()))


def _terms(line: str) -> Terms:
    """The terms of a line by language."""
    left, right = line.split(" = ")
    return {
        "en": frozenset(map(english.term, left.split())) - {""},
        "ar": frozenset(map(arabic.term, right.split())) - {""},
    }
