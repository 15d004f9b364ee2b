"""Words that sound alike in two scripts, names above all: Gantz and جانتس, Bourita and بوريطة.

Their consonants are the same, and the long vowels that Arabic writes are heard in the other's. What the Arabic stem
has lost, since it looks like a preposition, is allowed for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

_ALPHABET = {
    "bpبپ": "b",
    "fvفڤ": "f",
    "tتطث": "t",
    "dدضذ": "d",
    "sسص": "s",
    "zزظ": "z",
    "gjجغگ": "g",
    "ckqقكخک": "k",
    "hحه": "h",
    "aاأآ": "a",
    "eiyيئىإ": "i",
    "ouwوؤ": "o",
    "lل": "l",
    "mم": "m",
    "nن": "n",
    "rر": "r",
    "شš": "š",
    "x": "ks",
    "ةءع'’-_.": "",
}
_LETTERS = {ord(letter): sound for letters, sound in _ALPHABET.items() for letter in letters}
_TOGETHER = (
    ("sh", "ش"),
    ("ch", "ش"),
    ("kh", "k"),
    ("gh", "g"),
    ("th", "t"),
    ("dh", "d"),
    ("ph", "f"),
    ("tz", "ts"),
)
_TWICE = re.compile(r"(.)\1+")
_VOWELS = str.maketrans("", "", "aio")
_PREPOSITIONS, _LOST = "bflk", "bpfvlkcq"
"""What a stem may have lost, and the letters of it."""

_FEWEST = 3
"""Consonants of a name in Latin letters, for it to be known by them."""


def alike(latin: Collection[str], arabic: Collection[str]) -> Iterator[tuple[str, str]]:
    """Which of the words ``latin`` are which of the analysed words ``arabic``, in the other script.

    One of the two should be few: of the many only those are looked at that begin like one of them.
    """
    begin = {_first(word) for word in arabic}
    names = [name for name in latin if (first := _first(name)) in begin or first in _PREPOSITIONS]
    names = [name for name in names if len(_consonants(name)) >= _FEWEST]
    heard = {_first(sound) for name in names for sound in _sounds(name)[: 3 if name[0] in _LOST else 1]}
    stems: dict[str, list[str]] = {}
    for word in arabic:
        if _first(word) in heard:
            stems.setdefault(_consonants(word), []).append(word)
    for name in names:
        whole = _consonants(name)
        ends = (whole, whole[1:]) if whole[0] in _PREPOSITIONS else (whole,)
        yield from ((name, word) for end in ends for word in stems.get(end, ()) if _holds(_sounds(name), word))


@lru_cache(maxsize=1 << 16)
def _first(word: str) -> str:
    """What ``word`` begins with; of vowels no matter which, since an alef may be any."""
    sound = "š" if word[:2] in ("sh", "ch") else _LETTERS.get(ord(word[0]), "")[:1] if word else ""
    return "a" if sound in "aio" else sound


def _holds(heard: str, word: str) -> bool:
    """Whether all that ``word`` writes is heard, in that order; its first alef may be any vowel."""
    sounds = iter(heard)
    return all(sound in sounds for sound in _sounds(word).removeprefix("a"))


@lru_cache(maxsize=1 << 16)
def _sounds(word: str) -> str:
    """What is heard of ``word``, each sound once where it is doubled: both scripts in one alphabet."""
    if word.isascii():
        for letters, sound in _TOGETHER:
            word = word.replace(letters, sound)
    return _TWICE.sub(r"\1", word.translate(_LETTERS))


@lru_cache(maxsize=1 << 16)
def _consonants(word: str) -> str:
    return _TWICE.sub(r"\1", _sounds(word).translate(_VOWELS))
