"""Scripts: which language a text is in, which way it reads, and how to set foreign runs into it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Literal

Direction = Literal["rtl", "ltr"]


def direction(text: str) -> Direction:
    """The way ``text`` reads: that of most of its letters, not of its first (UAX #9 classes L, R and AL).

    Ties and texts without letters read left to right.
    """
    rtl = ltr = 0
    for char, count in Counter(text).items():
        match unicodedata.bidirectional(char):
            case "R" | "AL":
                rtl += count
            case "L":
                ltr += count
    return "rtl" if rtl > ltr else "ltr"


def language(text: str) -> str:
    """ISO 639-1 code by the script of most letters: ``ar``, ``en``, or ``und`` where there are neither."""
    arabic = latin = 0
    for char, count in Counter(text).items():
        if not char.isalpha():
            continue
        if "\u0600" <= char <= "\u06ff" or "\u0750" <= char <= "\u077f" or "\ufb50" <= char <= "\ufefc":
            arabic += count
        elif char < "\u0250" or "\u1e00" <= char <= "\u1eff":
            latin += count
    if arabic == latin == 0:
        return "und"
    return "ar" if arabic >= latin else "en"


def isolate(text: str) -> str:
    """``text`` between FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE, so that it cannot disturb its line."""
    return f"\u2068{text}\u2069"
