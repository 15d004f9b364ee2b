"""Which words of a quote answer: what the question asks for, and where there is none, the words it uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qa.language.analyse import analyse
from qa.language.asking import Kind, kind
from qa.language.mentions import Span, amounts, people, places, times
from qa.language.script import language
from qa.search import Query

SURE = 0.7
"""How near a word must come to one of the question's, in the other language, to be shown as its translation."""

_MENTIONS: Mapping[Kind, Callable[[str], list[Span]]] = {
    "time": times,
    "amount": amounts,
    "place": places,
    "person": people,
}


def highlights(query: Query, quote: str) -> tuple[Span, ...]:
    """Disjoint ``(start, end)`` spans of ``quote``, in order, with what answers ``query``."""
    lang = language(quote)
    wanted = set(query.terms) if lang == query.lang else {*query.terms, *_translated(query, lang)}
    tokens = analyse(quote)
    asked = mentions(query.text, quote)
    new = [
        (start, end)
        for start, end in asked
        if not {token.term for token in tokens if start <= token.start < end} <= wanted
    ]
    return _joined(new or [(token.start, token.end) for token in tokens if token.term in wanted], quote)


def mentions(question: str, text: str) -> list[Span]:
    """Where ``text`` names something of the kind that ``question`` asks for; nowhere if it asks for no kind."""
    find = _MENTIONS.get(kind(question))
    return find(text) if find else []


def _translated(query: Query, lang: str) -> set[str]:
    """The terms of ``lang`` that are most likely what the question's words mean."""
    return {
        near
        for found in query.translations.get(lang, {}).values()
        for near, weight in found.items()
        if weight >= SURE
    }


def _joined(spans: list[Span], quote: str) -> tuple[Span, ...]:
    """Spans, in order, with only white space between them, made one."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and not quote[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)
