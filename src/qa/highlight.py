"""Which words of a quote answer: those the question uses, and numbers or dates where it asks for them."""

from __future__ import annotations

import re

from qa.language.analyse import analyse
from qa.language.asking import asks_how_many, asks_when
from qa.language.dates import dates
from qa.language.script import language
from qa.search import Query

SURE = 0.7
"""How near a word must come to one of the question's, in the other language, to be shown as its translation."""

_NUMBER = re.compile(r"\d+(?:[.,٫٬/]\d+)*(?:\s?[%٪])?")
_YEAR = re.compile(r"(?<!\d)(?:1[0-9]|20|١[٠-٩]|٢٠|۱[۰-۹]|۲۰)\d\d(?!\d)")


def highlights(query: Query, quote: str) -> tuple[tuple[int, int], ...]:
    """Disjoint ``(start, end)`` spans of ``quote``, in order, with what answers ``query``."""
    lang = language(quote)
    wanted = set(query.terms) if lang == query.lang else {*query.terms, *_translated(query, lang)}
    spans = [(token.start, token.end) for token in analyse(quote) if token.term in wanted]
    if asks_when(query.text):
        spans += [(start, end) for start, end, _ in dates(quote)] + [m.span() for m in _YEAR.finditer(quote)]
    elif asks_how_many(query.text):
        spans += [m.span() for m in _NUMBER.finditer(quote)]
    return _joined(sorted(spans), quote)


def _translated(query: Query, lang: str) -> set[str]:
    """The terms of ``lang`` that are most likely what the question's words mean."""
    return {
        near
        for found in query.translations.get(lang, {}).values()
        for near, weight in found.items()
        if weight >= SURE
    }


def _joined(spans: list[tuple[int, int]], quote: str) -> tuple[tuple[int, int], ...]:
    """Overlapping spans, and those with only white space between them, made one."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and not quote[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
