"""Passages: whole sentences, packed to the size that an encoder likes, with exact offsets into the article."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from qa.encoder import Reading
from qa.language.sentence import Span, split

TARGET, CEILING, TINY = 100, 400, 25
"""In estimated model tokens: a good passage, the longest piece, and what is too small to stand alone."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive sentences of one section; all offsets are in characters of ``Article.text``.

    ``start`` is that of the first sentence, ``end`` that of the last.
    """

    start: int
    end: int
    sentences: tuple[Span, ...]


def split_sentences(text: str) -> list[Span]:
    """The sentences of ``text`` in order: trimmed, disjoint, never empty, none over a paragraph break.

    Every character that is not white space is in one of them. A sentence of more than ``CEILING`` estimated
    tokens comes in pieces, cut after a clause mark if there is one, else between words, else between
    graphemes (UAX #29, without its rules for Hangul and Indic syllables).
    """
    cost = _costs(text)
    return [s for paragraph in _paragraphs(text, (0, len(text))) for s in _sentences(text, paragraph, cost)]


def reading(title: str, text: str, sentences: Sequence[Span]) -> Reading:
    """The passage of these ``sentences`` as it is encoded: below the title of its article."""
    start, end = sentences[0][0], sentences[-1][1]
    before = len(title) + 1 - start
    return Reading(f"{title}\n{text[start:end]}", tuple((s + before, e + before) for s, e in sentences))


def split_passages(text: str, headings: Sequence[Span] = ()) -> list[Passage]:
    """Packs the sentences of ``text`` into passages of about ``TARGET`` estimated tokens.

    A passage holds nothing of a heading, does not cross one, and likes to end where a paragraph does.
    """
    cost = _costs(text)
    packed: list[list[Span]] = []
    for section in _sections(len(text), headings):
        paragraphs = [_sentences(text, paragraph, cost) for paragraph in _paragraphs(text, section)]
        packed += _without_tiny(_pack(paragraphs, cost), cost)
    return [Passage(p[0][0], p[-1][1], tuple(p)) for p in packed]


# Packing. Costs are in thousandths of a token, summed from the beginning of the text.

_TOKEN = 1000


class _CharCosts(dict[str, int]):
    """Thousandths of a token by character.

    Against the bundled model's own tokens the sum is right to 2 % for Arabic and for English prose.
    """

    def __missing__(self, char: str) -> int:
        category = unicodedata.category(char)
        if category == "Nd":
            cost = _TOKEN / 2
        elif "\u0600" <= char <= "\u06ff" and category[0] == "L":
            cost = _TOKEN / 3.2
        elif char.isspace() or (char < "\u0250" and category[0] == "L"):
            cost = _TOKEN / 4.5
        elif category[0] == "P":
            cost = _TOKEN / 2
        elif category[0] in "SC":
            cost = _TOKEN
        else:
            cost = _TOKEN / 1.5
        self[char] = int(cost)
        return self[char]


_COSTS = _CharCosts()


def _costs(text: str) -> array[int]:
    """``cost[end] - cost[start]`` is the estimate for ``text[start:end]``."""
    return array("Q", accumulate(map(_COSTS.__getitem__, text), initial=0))


def _pack(paragraphs: Sequence[Sequence[Span]], cost: array[int]) -> list[list[Span]]:
    """Each sentence joins the passage before it if that comes nearer to the target with it than without.

    A passage that is half full takes nothing of a further paragraph unless it can take all of it.
    """
    target = TARGET * _TOKEN
    packed: list[list[Span]] = []
    for sentences in paragraphs:
        for n, (start, end) in enumerate(sentences):
            size = cost[packed[-1][-1][1]] - cost[packed[-1][0][0]] if packed else target
            until = sentences[-1][1] if n == 0 and size >= target // 2 else end
            if abs(size + cost[until] - cost[start] - target) < abs(size - target):
                packed[-1].append((start, end))
            else:
                packed.append([(start, end)])
    return packed


def _without_tiny(packed: list[list[Span]], cost: array[int]) -> list[list[Span]]:
    def size(first: list[Span], last: list[Span]) -> int:
        return (cost[last[-1][1]] - cost[first[0][0]]) // _TOKEN

    kept: list[list[Span]] = []
    for spans in packed:
        small = kept and min(size(kept[-1], kept[-1]), size(spans, spans)) < TINY
        if small and size(kept[-1], spans) <= CEILING:
            kept[-1] += spans
        else:
            kept.append(spans)
    return kept


def _sections(length: int, headings: Sequence[Span]) -> Iterator[Span]:
    at = 0
    for start, end in sorted(headings):
        if start > at:
            yield at, min(start, length)
        at = max(at, end)
    if at < length:
        yield at, length


_BREAK = re.compile(r"(?:(?>\r\n|[\n\r\x85\u2028])[^\S\n\r\x85\u2028\u2029]*+){2,}+|\u2029")


_LINE_END = re.compile(r"[\n\r\x85\u2028]")
_ITEM = re.compile(r"[^\S\n\r\x85\u2028]*+(?:[-–—*•·▪◦+]|\(?\d{1,2}[.)-])[^\S\n\r\x85\u2028]")


def _paragraphs(text: str, section: Span) -> Iterator[Span]:
    at, end = section
    for gap in _BREAK.finditer(text, at, end):
        yield from _items(text, (at, gap.start()))
        at = gap.end()
    yield from _items(text, (at, end))


def _items(text: str, paragraph: Span) -> Iterator[Span]:
    """The items of a list, each a paragraph, the first with the “Results:” before it.

    A single line with a mark may be the writer's hard wrapping.
    """
    at, end = paragraph
    lines = [at, *(match.end() for match in _LINE_END.finditer(text, at, end))]
    items = [line for line in lines if _ITEM.match(text, line, end)]
    for item in items if len(items) > 1 else ():
        if item > at and not text[at:item].rstrip().endswith(":"):
            yield at, item
            at = item
    yield at, end


def _sentences(text: str, paragraph: Span, cost: array[int]) -> list[Span]:
    return [
        piece
        for sentence in split(text, *paragraph)
        for body in _trim(text, *sentence)
        for piece in _pieces(text, body, cost)
    ]


# Pieces of what is too long.


def _trim(text: str, start: int, end: int) -> Iterator[Span]:
    """The span without white space around it; nothing if it is all white space."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _pieces(text: str, span: Span, cost: array[int]) -> Iterator[Span]:
    start, end = span
    limit = CEILING * _TOKEN
    while (rest := cost[end] - cost[start]) > limit:
        room = min(limit, rest - limit // 4)  # so that the last piece is not a mere tail
        low = bisect_right(cost, cost[start] + room // 2, start + 1, end)
        high = bisect_right(cost, cost[start] + room, low, end) - 1
        cut = _cut(text, start, low, high)
        yield from _trim(text, start, cut)
        ((start, end),) = _trim(text, cut, end)
    yield start, end


_CLAUSE = re.compile(r"[،؛,;:](?=\s)")


def _cut(text: str, start: int, low: int, high: int) -> int:
    """The last good place in ``low..high`` to cut the piece that begins at ``start``."""
    for clause in reversed(list(_CLAUSE.finditer(text, low, high))):
        return clause.end()
    for at in range(high, low, -1):
        if text[at].isspace():
            return at
    for at in range(high, low, -1):
        if not _inside_grapheme(text, start, at):
            return at
    return high


def _inside_grapheme(text: str, start: int, at: int) -> bool:
    """Whether a cut before ``text[at]`` would part what is seen as one character."""
    if text[at - 1] == "\u200d" or _extends(text[at]):
        return True
    flags = at
    while flags > start and "\U0001f1e6" <= text[flags - 1] <= "\U0001f1ff":
        flags -= 1
    return "\U0001f1e6" <= text[at] <= "\U0001f1ff" and (at - flags) % 2 == 1


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char)[0] == "M"
        or char in "\u200c\u200d"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )
