"""Which words of a quote answer: what the question asks for, and where there is none, the words it uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qa.language.amounts import amounts
from qa.language.analyse import analyse
from qa.language.asking import Kind, kind
from qa.language.names import people, places
from qa.language.script import language
from qa.language.spans import Span
from qa.language.times import times
from qa.query import Query

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
    spans = answering(query, quote)
    if not spans:
        known = _known(query, quote)
        spans = [(token.start, token.end) for token in analyse(quote) if token.term in known]
    return _joined(spans, quote)


def answering(query: Query, text: str) -> list[Span]:
    """Where ``text`` names something of the kind that ``query`` asks for and does not name itself."""
    find = _MENTIONS.get(kind(query.text))
    if find is None:
        return []
    known, tokens = _known(query, text), analyse(text)
    return [
        (start, end)
        for start, end in find(text)
        if not {token.term for token in tokens if start <= token.start < end} <= known
    ]


def _known(query: Query, text: str) -> set[str]:
    """The question's terms, and those of the language of ``text`` that are most likely what they mean."""
    lang = language(text)
    near = query.translations.get(lang, {}) if lang != query.lang else {}
    asked = (query.whole or query).terms
    return {*asked, *(term for found in near.values() for term, weight in found.items() if weight >= SURE)}


def _joined(spans: list[Span], quote: str) -> tuple[Span, ...]:
    """Spans, in order, with only white space between them, made one."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and not quote[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)
