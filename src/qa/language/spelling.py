"""Words that sound alike in two scripts, names above all: Gantz and جانتس, Bourita and بوريطة.

Their consonants are the same, and the long vowels that Arabic writes are heard in the other's. What the Arabic stem
has lost, since it looks like a preposition, is allowed for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_LETTERS = {
    **dict.fromkeys("bpبپ", "b"),
    **dict.fromkeys("fvفڤ", "f"),
    **dict.fromkeys("tتطث", "t"),
    **dict.fromkeys("dدضذ", "d"),
    **dict.fromkeys("sسص", "s"),
    **dict.fromkeys("zزظ", "z"),
    **dict.fromkeys("gjجغگ", "g"),
    **dict.fromkeys("ckqقكخک", "k"),
    **dict.fromkeys("hحه", "h"),
    **dict.fromkeys("lل", "l"),
    **dict.fromkeys("mم", "m"),
    **dict.fromkeys("nن", "n"),
    **dict.fromkeys("rر", "r"),
    **dict.fromkeys("aاأآ", "a"),
    **dict.fromkeys("eiyيئىإ", "i"),
    **dict.fromkeys("ouwوؤ", "o"),
    "ش": "š",
    "x": "ks",
}
_TOGETHER = {"sh": "š", "ch": "š", "kh": "k", "gh": "g", "th": "t", "dh": "d", "ph": "f", "tz": "ts"}
_SOUND = re.compile("|".join([*_TOGETHER, r"\w"]))
_VOWEL = re.compile("[aio]")
_PREPOSITIONS = "bflk"
_FEWEST = 3
"""Consonants of a name in Latin letters, for it to be known by them."""


def alike(latin: Iterable[str], arabic: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Which of the words ``latin`` are which of the analysed words ``arabic``, in the other script."""
    stems: dict[str, list[str]] = {}
    for word in arabic:
        stems.setdefault(_consonants(word), []).append(word)
    for name in latin:
        if len(heard := _consonants(name)) >= _FEWEST:
            ends = (heard, heard[1:]) if heard[0] in _PREPOSITIONS else (heard,)
            yield from ((name, word) for end in ends for word in stems.get(end, ()) if _holds(_sounds(name), word))


def _holds(heard: str, word: str) -> bool:
    """Whether all that ``word`` writes is heard, in that order; its first alef may be any vowel."""
    sounds = iter(heard)
    return all(sound in sounds for sound in _sounds(word).removeprefix("a"))


@lru_cache(maxsize=1 << 16)
def _sounds(word: str) -> str:
    """What is heard of ``word``, each sound once where it is doubled: both scripts in one alphabet."""
    heard = "".join(_TOGETHER.get(sound) or _LETTERS.get(sound, "") for sound in _SOUND.findall(word))
    return re.sub(r"(.)\1+", r"\1", heard)


@lru_cache(maxsize=1 << 16)
def _consonants(word: str) -> str:
    return _VOWEL.sub("", _sounds(word))
