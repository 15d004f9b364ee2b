"""Bytes to text: UTF-8, UTF-16, and Windows-1256 for what older Arabic newsrooms left behind."""

from __future__ import annotations

import codecs
import unicodedata
from collections import Counter
from itertools import pairwise

from qa.errors import ReadError

_SAMPLE = 1 << 16
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Formats whose head is plain ASCII, and which can be so throughout.
_FORMATS = (b"%PDF-", b"{\\rtf", b"%!PS")
_PUNCTUATION = frozenset("«»“”‘’‚„…–—•،؛؟٪£€©®°·×÷\u200c\u200d\u200e\u200f")


def decode(data: bytes, name: str) -> str:
    """The text of a file, every character as it stands there, line ends included.

    A byte order mark is not part of the text: all character offsets count from what follows it. Bytes that
    are damaged UTF-8 or UTF-16 in a text otherwise sound become U+FFFD. Raises `ReadError`, with ``name``
    in its message, where ``data`` is empty, blank or not text.
    """
    text = _text(data)
    if text is None or data.startswith(_FORMATS):
        raise ReadError(f"{name} is not a text file: save it as plain text in UTF-8")
    if not text.strip("\u200b\ufeff \t\r\n") or text.isspace():
        raise ReadError(f"{name} is empty: there is nothing to read in it")
    return text


def _text(data: bytes) -> str | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _sound(data[len(bom) :], encoding)
    if (text := _sound(data, "utf-8")) is not None:
        return text
    for encoding in ("utf-16-le", "utf-16-be"):
        if (text := _sound(data, encoding)) is not None and _familiar(text):
            return text
    text = data.decode("cp1256", "replace")
    return text if "\0" not in text and _familiar(text) else None


def _sound(data: bytes, encoding: str) -> str | None:
    """``data`` decoded, or ``None`` where too little of it makes sense in that encoding."""
    text = data.decode(encoding, "replace")
    counts = Counter(text)
    foreign = sum(n for char, n in counts.items() if char > "\x7f")
    noise = sum(n for char, n in counts.items() if _is_noise(char))
    damaged = counts["\ufffd"] * 10 > foreign and not _is_valid(data, encoding)
    return None if "\0" in counts or damaged or noise * 50 > len(text) else text


def _is_valid(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_noise(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Co", "Cs"} and not char.isspace()


def _familiar(text: str) -> bool:
    """Whether this reads like Arabic or Latin prose: bytes in a wrong encoding mix scripts within words."""
    sample = text[:_SAMPLE]
    known = sum(
        (char.isascii() and (char.isprintable() or char.isspace())) or _script(char) > 0 or char in _PUNCTUATION
        for char in sample
    )
    scripts = [(_script(a), _script(b)) for a, b in pairwise(sample)]
    joins = [a == b for a, b in scripts if a and b]
    return known * 10 >= len(sample) * 9 and joins.count(False) * 20 <= len(joins)


def _script(char: str) -> int:
    """1 for Latin letters, 2 for Arabic letters and vowel signs, 0 for anything else."""
    if char.isalpha() and char < "\u0250":
        return 1
    return 2 if "\u0620" <= char <= "\u06ff" and unicodedata.category(char)[0] in "LM" else 0
