"""A decoded file as lines: where each begins, which block it stands in, and how it looks to a rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.language.dates import dates

LONGEST_CLUTTER = 400
"""Characters. Longer lines are prose: no rule looks at them, so no rule's cost can grow with a line."""

_LINE_END = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_SPACE = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\ufeff"
_CLOSERS = _SPACE + "\"'”’»)]}*_\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
_FINAL = ".!?؟…۔。"

_FOLD = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        **dict(zip("ىیکة’‘", "ييكه''", strict=True)),
        **{char: str(ord(char) & 0xF) for char in "٠١٢٣٤٥٦٧٨٩"},
        **{char: str(ord(char) & 0xF) for char in "۰۱۲۳۴۵۶۷۸۹"},
        **dict.fromkeys(map(chr, (*range(0x064B, 0x0660), 0x0670, 0x0640))),
        **dict.fromkeys(map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)))),
        **dict.fromkeys("\u061c\u00ad\ufeff"),
    }
)
_WORD = re.compile(r"\d+|[a-z']+|[\u0620-\u06ff]+|[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that shows something: ``text`` without the white space around it, and its place in the file.

    ``block`` numbers the stretches between blank lines. ``folded`` is for rules only: case, diacritics,
    spelling variants and directional marks are gone from it; it is empty for lines over `LONGEST_CLUTTER`.
    """

    start: int
    text: str
    block: int
    folded: str

    @property
    def is_sentence(self) -> bool:
        """Whether the line ends as a sentence does, whatever quotes or brackets close it."""
        return ends_sentence(self.text)

    @property
    def words(self) -> list[str]:
        """Folded words; digits and letters, Latin and Arabic part even where no space parts them."""
        return _WORD.findall(self.folded)

    @property
    def undated(self) -> str:
        """``folded`` without its full dates."""
        rest, at = "", 0
        for start, end, _ in dates(self.folded):
            rest, at = rest + self.folded[at:start] + " ", end
        return rest + self.folded[at:]


def split_lines(raw: str, *, start: int = 0) -> list[Line]:
    """The lines of ``raw`` from offset ``start`` on that show something, in order.

    Where no blank line parts anything, every line is a block of its own.
    """
    lines: list[Line] = []
    block, blank = 0, False
    for begin, text in _stripped(raw, start):
        folded = fold(text[:LONGEST_CLUTTER])
        if not folded:
            blank = True
            continue
        block += blank and bool(lines)
        blank = False
        lines.append(Line(begin, text, block, folded if len(text) <= LONGEST_CLUTTER else ""))
    if block:
        return lines
    return [Line(line.start, line.text, number, line.folded) for number, line in enumerate(lines)]


def spell(text: str) -> str:
    """``text`` with Arabic spelling variants and digits made one, and no vowel signs or invisible marks."""
    return text if text.isascii() else text.translate(_FOLD)


def fold(text: str) -> str:
    """``text`` as rules compare it: one spelling, one case, single spaces."""
    return " ".join(spell(text).casefold().split())


def ends_sentence(text: str) -> bool:
    """Whether the last thing ``text`` says, inside closing quotes and brackets, is sentence punctuation."""
    return text.rstrip(_CLOSERS).endswith(tuple(_FINAL))


def hard_wrapped(lines: Sequence[Line]) -> bool:
    """Whether sentences run over line ends: blocks of several lines, hardly any of them wide."""
    widths = sorted(len(line.text) for line in lines)
    return bool(lines) and lines[-1].block + 1 < len(lines) and widths[len(lines) * 9 // 10] <= 100


def _stripped(raw: str, start: int) -> Iterator[tuple[int, str]]:
    while start <= len(raw):
        end = _LINE_END.search(raw, start)
        stop = end.start() if end else len(raw)
        text = raw[start:stop].lstrip(_SPACE)
        yield stop - len(text), text.rstrip(_SPACE)
        start = end.end() if end else len(raw) + 1
