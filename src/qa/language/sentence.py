"""Where sentences end, in Arabic and English news.

What is quoted must read well alone, so where the rules cannot tell they rather join than part. For the same
reason a full stop within a short quotation ends nothing: half of a quotation, with one of its marks, reads
worse than a sentence that is a little long.
"""

from __future__ import annotations

import re

from qa.language.words import words

Span = tuple[int, int]

QUOTATION = 400
"""A quotation of up to so many characters stays in one sentence."""

_BEFORE_NAME = words("before-name")  # abbreviations that no sentence ends with
_BEFORE_NUMBER = words("before-number")  # that end none if a number follows
_ABBREVIATED = words("abbreviations")  # that end one only if one of the openers follows
_OPENERS = words("openers")

_MARK = "[.!?…؟۔。！？।॥]"
_INVISIBLE = r"\u200b-\u200f\u2060\ufeff"
_CLOSING = rf"\"'»”’›)\]}}\u202c\u2069{_INVISIBLE}\u0300-\u036f\u064b-\u065f\ufe0e\ufe0f"
_OPENING = rf"\"'«“‘‹(\[\u202a\u202b\u202d\u202e\u2066-\u2068{_INVISIBLE}"
_ARABIC = r"[ء-ي\u064b-\u065f\u0671-\u06d3]"

# The marks, and what else still belongs to the sentence: closing quotes and brackets, footnote numbers.
_END = re.compile(
    rf"(?P<run>{_MARK}(?:[^\S\n]?{_MARK})*+)(?P<closing>(?:[{_CLOSING}]|[ \u00a0\u202f][»›]|\[\d{{1,3}}\])*+)"
)
_NEXT = re.compile(rf"[\s{_OPENING}]*+(?P<word>[^\W\d_]*+)(?P<after>.?)")
_LABEL = re.compile(rf"\n[\s{_OPENING}]*(?:\d{{1,3}}|[^\W\d_]|[ivxIVX]{{1,4}})$")
_WORD = re.compile(r"(?<![^\W\d_]|[\u0300-\u036f\u064b-\u065f])(?:[^\W\d_]{1,2}\.)*[^\W\d_]+$")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_ERA = re.compile(r"\d\s?(?:ق\s?)?(?:م|هـ?)$")
_GLUED = re.compile(rf"{_ARABIC}{{5}}")
_SPOKEN = re.compile(r"[^\W_]")
_QUOTE = re.compile(r"\"(?=\S)|(?<=\S)\"|[«»“”]")
_CLOSED_BY = {'"': '"', "«": "»", "“": "”"}

_LOOK_BACK = 24  # longer than any abbreviation or label


def split(text: str, start: int, stop: int) -> list[Span]:
    """Parts ``text[start:stop]``, one paragraph, into sentences: consecutive spans that cover all of it.

    Each has a letter or a digit in it, unless the whole paragraph has none. A single line break in it is the
    writer's hard wrapping and ends nothing.
    """
    found: list[Span] = []
    quotations = iter(_quotations(text, start, stop))
    quotation = next(quotations, None)
    at, seen, spoken = start, start, False
    for match in _END.finditer(text, start, stop):
        end = match.end()
        while quotation and quotation[1] <= match.start():
            quotation = next(quotations, None)
        spoken = spoken or _SPOKEN.search(text, seen, match.start()) is not None
        seen = end
        if spoken and not (quotation and quotation[0] < end < quotation[1]) and _ends(text, at, stop, match):
            found.append((at, end))
            at, spoken = end, False
    if found and not (spoken or _SPOKEN.search(text, seen, stop)):
        at = found.pop()[0]  # a last smiley or row of stars belongs to the sentence before it
    return [*found, (at, stop)]


def _ends(text: str, start: int, stop: int, match: re.Match[str]) -> bool:
    """Whether the sentence from ``start``, which has a letter before ``match``, ends with its marks."""
    (mark, end), run = match.span(), match["run"]
    if end == stop:
        return True
    if not text[end].isspace():
        if run[-1] in "؟۔。！？।॥":
            return text[end].isalnum()
        return run in {".", "!"} and bool(_GLUED.fullmatch(text[max(start, mark - 3) : mark] + text[end : end + 2]))
    if text[mark - 1] in "([" and match["closing"][:1] in {")", "]"}:
        return False  # (!) and […] are remarks within the sentence
    following = _NEXT.match(text, end, stop)
    assert following
    word, after = following["word"], following["after"]
    if word[:1].islower() or (not word and after in {",", "،", "؛", ";", ":"}):
        return False
    if run == "..":
        return word[:1].isupper()  # in Arabic news two dots are a pause
    if run != "." or re.search(rf"[^{_INVISIBLE}]", match["closing"]):
        return True
    before = text[max(start, mark - _LOOK_BACK) : mark]
    if _LABEL.search(before if mark - _LOOK_BACK > start else "\n" + before):
        return False
    opener = word.lower() in _OPENERS and after != "."
    return not _abbreviates(before, opener=opener, number=not word and after.isdigit())


def _abbreviates(before: str, *, opener: bool, number: bool) -> bool:
    """Whether the full stop after ``before`` belongs to an abbreviation and ends no sentence."""
    match = _WORD.search(before)
    if not match:
        return False
    word = match[0].lower()
    dotted = _DOTTED.fullmatch(word) is not None
    if re.match(_ARABIC, word):
        return dotted or (len(word.rstrip("ـ")) == 1 and not _ERA.search(before))
    if word in _BEFORE_NAME or (number and word in _BEFORE_NUMBER):
        return True
    initial = len(word) == 1 and match[0].isupper()
    return (dotted or initial or word in _ABBREVIATED) and not opener


def _quotations(text: str, start: int, stop: int) -> list[Span]:
    """Quotations that open and close in the paragraph and are short enough to stay whole; outermost only.

    A straight mark closes if something stands right before it, else it opens: a stray one, as that for
    inches, does not turn all others round.
    """
    spans: list[Span] = []
    opened: dict[str, int] = {}
    for match in _QUOTE.finditer(text, start, stop):
        mark, at = match[0], match.start()
        if mark in opened and (mark != '"' or not text[at - 1].isspace()):
            begin = opened.pop(mark)
            if at - begin <= QUOTATION:
                while spans and spans[-1][0] > begin:
                    spans.pop()
                spans.append((begin, at + 1))
        elif mark in _CLOSED_BY:
            opened[_CLOSED_BY[mark]] = at
    return spans
