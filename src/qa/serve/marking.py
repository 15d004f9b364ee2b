"""Texts as pages show them: in blocks, each with its direction and language, with spans of them marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.article import Article
from qa.language.script import Direction, direction, language, visible

_GAP = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Part:
    """A run of characters; ``first``: the first that is marked in the whole text, where a link leads."""

    text: str
    marked: bool
    first: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a ``heading``; ``lang`` is a language tag, empty where it is unknown."""

    parts: tuple[Part, ...]
    dir: Direction
    lang: str
    heading: bool = False


def block(text: str, lang: str, spans: Sequence[tuple[int, int]] = (), *, heading: bool = False) -> Block:
    """``text``, of an article in ``lang``, with disjoint ``spans``, in order, marked.

    Characters that could only deceive are left out.
    """
    return Block(tuple(_parts(visible(text), spans)), direction(text), tag(text, lang), heading)


def blocks(article: Article, quote: tuple[int, int] | None) -> list[Block]:
    """The text of ``article``, in which ``quote`` is marked."""
    text = article.text
    edges = {0, len(text), *(edge for heading in article.headings for edge in heading)}
    edges |= {edge for gap in _GAP.finditer(text) for edge in gap.span()}
    start, end = quote or (0, 0)
    found, reached = [], False
    for low, high in pairwise(sorted(edges)):
        piece = text[low:high]
        if not piece.strip():
            continue
        low += len(piece) - len(piece.lstrip("\n"))
        high -= len(piece) - len(piece.rstrip("\n"))
        a, b = max(start, low), min(end, high)
        spans = [(a - low, b - low)] if a < b else []
        one = block(text[low:high], article.lang, spans, heading=(low, high) in article.headings)
        if spans and not reached:
            reached = True
            one = _with_first(one)
        found.append(one)
    return found


def tag(text: str, lang: str) -> str:
    """The language of a ``text`` in an article in ``lang``: that, unless its script is another."""
    own = language(text)
    if own == "und" or (own == "ar") == (lang == "ar"):
        return "" if lang == "und" else lang
    return own


def _parts(shown: Sequence[str], spans: Sequence[tuple[int, int]]) -> Iterator[Part]:
    at = 0
    for start, end in spans:
        if at < start:
            yield Part("".join(shown[at:start]), False)
        yield Part("".join(shown[start:end]), True)
        at = end
    if at < len(shown):
        yield Part("".join(shown[at:]), False)


def _with_first(one: Block) -> Block:
    n = next(n for n, part in enumerate(one.parts) if part.marked)
    parts = (*one.parts[:n], Part(one.parts[n].text, True, first=True), *one.parts[n + 1 :])
    return Block(parts, one.dir, one.lang, one.heading)
