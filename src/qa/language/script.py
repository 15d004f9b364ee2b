"""Scripts: which language a text is in, which way it reads, and how to set foreign runs into it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Literal

Direction = Literal["rtl", "ltr"]

_NOT_SHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What may be shown as something else, or not at all."""


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


def visible(text: str) -> list[str]:
    """What is shown for each character of ``text``: itself, a stand-in, or nothing.

    Controls and bidi overrides give nothing (a space where they part words), isolates without a partner in
    their line nothing, lone surrogates U+FFFD.
    """
    if not _NOT_SHOWN.search(text):
        return list(text)
    shown = [_shown(char) for char in text]
    unpaired: list[int] = []
    for i, char in enumerate(f"{text}\n"):
        if "\u2066" <= char <= "\u2068":
            unpaired.append(i)
        elif char == "\u2069":
            if unpaired:
                unpaired.pop()
            else:
                shown[i] = ""
        elif char == "\n":
            for opener in unpaired:
                shown[opener] = ""
            unpaired.clear()
    return shown


def _shown(char: str) -> str:
    if char < " " or "\x7f" <= char <= "\x9f" or "\u2028" <= char <= "\u202e":
        return char if char in "\n\t" else " " if char.isspace() else ""
    return "\ufffd" if "\ud800" <= char <= "\udfff" else char
