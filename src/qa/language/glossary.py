"""A small glossary of news words, English and Arabic, for what an encoder of single words does not know.

Arabic verbs above all: out of context most of their forms mean several things, and no stemmer takes an
Arabic verb and its noun to one stem.
"""

from __future__ import annotations

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


@cache
def _lines() -> tuple[Terms, ...]:
    """The terms of each line by language."""
    sides = (line.split(" = ") for line in lines("glossary"))
    return tuple(
        {
            "en": frozenset(map(english.term, left.split())) - {""},
            "ar": frozenset(map(arabic.term, right.split())) - {""},
        }
        for left, right in sides
    )
