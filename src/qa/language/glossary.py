"""A small glossary of news words, English and Arabic, for what an encoder of single words does not know.

Arabic verbs above all: out of context most of their forms mean several things.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from qa.language import arabic, english


@cache
def glossary() -> dict[str, dict[str, frozenset[str]]]:
    """For each language, its terms and the terms of the other one that they translate to."""
    entries: dict[str, dict[str, frozenset[str]]] = {"ar": {}, "en": {}}
    for line in (files(__package__) / "data" / "glossary.txt").read_text("utf-8").splitlines():
        left, right = line.split(" = ")
        sides = {
            "en": {english.term(word) for word in left.split()},
            "ar": {arabic.term(word) for word in right.split()},
        }
        for lang, other in (("en", "ar"), ("ar", "en")):
            for term in sides[lang] - {""}:
                entries[lang][term] = entries[lang].get(term, frozenset()) | (sides[other] - {""})
    return entries
