"""The one analyser of index, question and highlight: text to terms, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from qa.language import arabic, english

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Token:
    """A term and the whole word it stands for: ``text[start:end]``, marks and clitics included."""

    term: str
    start: int
    end: int


def analyse(text: str) -> list[Token]:
    """The words and numbers of ``text`` that say something, in order; stop words give no token.

    Each is treated by its own script, wherever it stands. Numbers stay whole, in ASCII digits and without
    thousands separators. What is longer than any word (``LONGEST`` characters) is noise and gives no token.
    """
    return [
        Token(term, start, end)
        for match in _TOKEN.finditer(text)
        for start, end in (match.span(),)
        if end - start <= LONGEST and (term := _term(match[0]))
    ]


_ARABIC = (
    r"\u0620-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc\u06ff\u0750-\u077f\u08a0-\u08c9"
    r"\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdfb\ufe80-\ufefc"
)
_MARKS = (
    r"\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08ca-\u08ff"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufe70-\ufe7f"
)
_INVISIBLE = r"\u00ad\u200b-\u200f\u2060\ufeff"
_OTHER = rf"[^\W_{_ARABIC}\u0660-\u0669\u06f0-\u06f9\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209f\u2150-\u2189]"


def _word(letter: str, joint: str = "") -> str:
    return rf"{letter}(?:[{_MARKS}{_INVISIBLE}]*+{joint}{letter})*+[{_MARKS}]*+"


_NUMBER = (
    r"(?<!\d[.,٫٬،])(?:\d{1,3}(?:[,٬،]\d{3})++(?!\d)(?:[.٫]\d++)?|\d++[.٫]\d++)(?![.,٫٬،]?\d)"
    r"|\d++"
)
_ACRONYM = r"(?<![\w.])[A-Za-z](?:\.[A-Za-z])++\b\.?"
_APOSTROPHE = "['’]?"
_TOKEN = re.compile(rf"(?:{_NUMBER})(?!{_OTHER})|{_ACRONYM}|{_word(f'[{_ARABIC}]')}|{_word(_OTHER, _APOSTROPHE)}")
_IS_ARABIC = re.compile(f"[{_ARABIC}]")


@lru_cache(maxsize=1 << 16)
def _term(word: str) -> str:
    if _IS_ARABIC.match(word):
        return arabic.term(word)
    if word[0].isdecimal() and not any(map(str.isalpha, word)):
        return "".join(str(int(c)) if c.isdecimal() else "." for c in word if c not in ",٬،")
    return english.term(word)
