"""Characters on a printed page to lines of text in reading order.

A PDF says where glyphs stand, and may say so in any order. Within a line we trust the places alone: characters
are sorted from left to right, and what is read from right to left is turned round. Presentation forms of Arabic
letters become the letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_RTL = r"\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
_IS_RTL = re.compile(f"[{_RTL}]")
_DIGIT = r"0-9\u0660-\u0669\u06f0-\u06f9"
# What keeps its order from left to right: numbers, and words of other scripts with what is between them.
_LTR_RUN = re.compile(
    rf"[^\W\d_{_RTL}](?:[^{_RTL}\n]*[^\W_{_RTL}])?|[{_DIGIT}]+(?:[.,:/\-\u066b\u066c][{_DIGIT}]+)*[%\u066a]?"
)
_RTL_RUN = re.compile(rf"[{_RTL}](?:[^A-Za-z]*[{_RTL}])?")
_PAIRS = dict(zip("()[]{}«»‹›", ")(][}{»«›‹", strict=True))
_OPENING = frozenset("([{«‹")
_ALEFS = frozenset("اأإآٱ")
_NARROW, _SPACE, _WIDE = 0.03, 0.15, 0.6
"""Of the height of a line: how wide a gap is at least that is a space the document tells of, one that PDFium
guesses, and any other."""


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of a page: its text in reading order, its place in points, and the height of its letters."""

    text: str
    left: float
    right: float
    bottom: float
    size: float


@dataclass(frozen=True, slots=True)
class _Char:
    text: str
    left: float
    right: float
    bottom: float
    top: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def printed_lines(page: pdfium.PdfTextPage) -> list[PrintedLine]:
    """The lines of a page that have text, in the order in which the document has them."""
    lines: list[_Segment] = []
    for segment in _segments(page):
        if lines and _same_line(lines[-1].chars, segment.chars):
            lines[-1].take(segment)
        else:
            lines.append(segment)
    return [_line(line) for line in lines]


@dataclass(slots=True)
class _Segment:
    """Characters that stand together, and how many spaces are between them, somewhere: told, or PDFium's guess."""

    chars: list[_Char]
    spaces: int = 0
    guessed: int = 0

    def take(self, other: _Segment) -> None:
        apart = max(_left(self.chars), _left(other.chars)) - min(_right(self.chars), _right(other.chars))
        between = apart > _SPACE * (_top(self.chars) - _bottom(self.chars))
        self.chars += other.chars
        self.spaces += other.spaces
        self.guessed += other.guessed + between


def _segments(page: pdfium.PdfTextPage) -> Iterator[_Segment]:
    """Characters up to a line break that PDFium has found; it can part one line into several."""
    box, segment = raw.FS_RECTF(), _Segment([])
    spaced = guessed = False
    for i in range(page.count_chars()):
        code = raw.FPDFText_GetUnicode(page, i)
        if code in (10, 13):
            if segment.chars:
                yield segment
            segment = _Segment([])
            spaced = guessed = False
            continue
        text = _letters(code)
        if not text or text.isspace():
            if raw.FPDFText_IsGenerated(page, i) == 1:
                guessed = True
            else:
                spaced = True
            continue
        if segment.chars:
            segment.spaces += spaced
            segment.guessed += spaced or guessed
        spaced = guessed = False
        raw.FPDFText_GetLooseCharBox(page, i, box)
        char = _Char(text, box.left, box.right, box.bottom, box.top)
        if segment.chars and not _level(segment.chars[-1], char):  # PDFium takes a parted word for one
            yield segment
            segment = _Segment([])
        segment.chars.append(char)
    if segment.chars:
        yield segment


def _letters(code: int) -> str:
    """What a character code says: letters for presentation forms, nothing for what is no character."""
    char = chr(code)
    if 0xFB1D <= code <= 0xFDFF or 0xFE70 <= code <= 0xFEFC or 0xFB00 <= code <= 0xFB06:
        return unicodedata.normalize("NFKC", char).strip()
    if code in (0xFFFE, 0xFFFF, 0x2, 0xFEFF) or 0xD800 <= code < 0xE000:
        return "-" if code == 0x2 else ""  # how PDFium spells a hyphen at a line's end
    return "" if unicodedata.category(char) in {"Cc", "Cn", "Cf"} else char


def _level(a: _Char, b: _Char) -> bool:
    return a.bottom <= b.top and b.bottom <= a.top


def _same_line(line: Sequence[_Char], segment: Sequence[_Char]) -> bool:
    bottom, top = max(_bottom(line), _bottom(segment)), min(_top(line), _top(segment))
    height = min(_top(line) - _bottom(line), _top(segment) - _bottom(segment))
    gap = max(_left(line), _left(segment)) - min(_right(line), _right(segment))
    return top - bottom > 0.6 * height > 0 and -0.5 * height < gap < 1.2 * height


def _left(chars: Sequence[_Char]) -> float:
    return min(char.left for char in chars)


def _right(chars: Sequence[_Char]) -> float:
    return max(char.right for char in chars)


def _bottom(chars: Sequence[_Char]) -> float:
    return min(char.bottom for char in chars)


def _top(chars: Sequence[_Char]) -> float:
    return max(char.top for char in chars)


def _line(line: _Segment) -> PrintedLine:
    chars = line.chars
    heights = sorted(char.top - char.bottom for char in chars)
    height = heights[len(heights) * 9 // 10]
    glyphs = _glyphs(chars)
    wide = _spaces([after[1] - before[2] for before, after in pairwise(glyphs)], line, height)
    clusters: list[str] = []
    for i, (text, _, _) in enumerate(glyphs):
        clusters += [text, " "] if i in wide else [text]
    visual = "".join(clusters)
    text = _logical(clusters) if _IS_RTL.search(visual) else visual
    return PrintedLine(" ".join(text.split()), _left(chars), _right(chars), _bottom(chars), height)


def _spaces(gaps: Sequence[float], line: _Segment, height: float) -> set[int]:
    """Which gaps between glyphs are spaces: the widest, as many as the document tells of if it tells of any.

    Where a font does not give the widths of its letters, gaps within words can be as wide as narrow spaces.
    """
    widest = sorted(range(len(gaps)), key=lambda i: -gaps[i])
    told = [i for i in widest[: line.spaces] if gaps[i] > _NARROW * height]
    guessed = [i for i in widest[: line.guessed] if gaps[i] > _SPACE * height]
    return {*told, *guessed, *(i for i in widest if gaps[i] > _WIDE * height)}


def _glyphs(chars: Sequence[_Char]) -> list[tuple[str, float, float]]:
    """Glyphs from left to right, each with what it says, its left and its right; marks are with their letters."""
    marks = [char for char in chars if unicodedata.category(char.text[0]) == "Mn"]
    bases = sorted((char for char in chars if unicodedata.category(char.text[0]) != "Mn"), key=lambda c: c.middle)
    glyphs: list[tuple[str, float, float]] = []
    for char in bases:
        if glyphs and glyphs[-1][1:] == (char.left, char.right) and _IS_RTL.match(char.text):
            glyphs[-1] = (_ligature(glyphs[-1][0] + char.text), char.left, char.right)
        else:
            glyphs.append((char.text, char.left, char.right))
    for mark in marks:
        if glyphs:
            near = min(range(len(glyphs)), key=lambda i: abs((glyphs[i][1] + glyphs[i][2]) / 2 - mark.middle))
            text, left, right = glyphs[near]
            glyphs[near] = (text + mark.text, left, right)
    return glyphs


def _ligature(text: str) -> str:
    """The letters of one glyph in reading order: a lam and an alef are in one only as لا."""
    if len(text) > 1 and ((text[-1] == "ل" and text[0] in _ALEFS) or text == "هللا"):
        return text[::-1]
    return text


def _logical(clusters: Sequence[str]) -> str:
    """Glyphs from left to right to text in reading order."""
    visual = "".join(cluster[0] for cluster in clusters)
    letters = [char for char in visual if char.isalpha()]
    rtl = sum(_IS_RTL.match(char) is not None for char in letters) * 2 >= len(letters)
    out: list[str] = []
    at = 0
    for match in (_LTR_RUN if rtl else _RTL_RUN).finditer(visual):
        out += clusters[at : match.start()]
        run = clusters[match.start() : match.end()]
        out.append("".join(run) if rtl else _turned(run))
        at = match.end()
    out += clusters[at:]
    return _turned(out) if rtl else "".join(out)


def _turned(clusters: Sequence[str]) -> str:
    """Right to left, with brackets as they were meant, whether or not the page shows them mirrored."""
    plain = "".join(reversed(clusters))
    mirrored = "".join(_PAIRS.get(cluster, cluster) for cluster in reversed(clusters))
    return min(mirrored, plain, _paired(plain), key=_unbalanced)


def _paired(text: str) -> str:
    """``text`` with the brackets of each kind opening and closing in turn."""
    out, is_open = [], dict.fromkeys(_OPENING, False)
    for char in text:
        pair = {char, _PAIRS.get(char, "")} & _OPENING
        if pair:
            opening = pair.pop()
            out.append(_PAIRS[opening] if is_open[opening] else opening)
            is_open[opening] = not is_open[opening]
        else:
            out.append(char)
    return "".join(out)


def _unbalanced(text: str) -> int:
    """How many brackets close nothing or stay open."""
    wrong = 0
    waiting: list[str] = []
    for char in text:
        if char in _OPENING:
            waiting.append(_PAIRS[char])
        elif char in _PAIRS:
            wrong += not waiting or waiting.pop() != char
    return wrong + len(waiting)
