"""English words (and those of other scripts than Arabic) to index terms: Snowball's English stemmer."""

from __future__ import annotations

import re
import unicodedata

import Stemmer

from qa.language.words import words

_SNOWBALL = Stemmer.Stemmer("english", 0)  # no cache of its own: it is not made for several threads
_CLITIC = re.compile(r"'(?:s|re|ve|ll|d|m)?$")
_STOP = words("stop-en")


def term(word: str) -> str:
    """The index term of a word, without accents, possessive and contraction; empty for a stop word.

    A word in capitals is never a stop word: WHO and US are names.
    """
    folded = unicodedata.normalize("NFKD", word.replace("’", "'")).casefold()
    if not folded.isalnum():
        folded = _CLITIC.sub("", "".join(c for c in folded if c.isalnum() or c == "'")).replace("'", "")
    if folded in _STOP and not (len(folded) > 1 and word.isupper()):
        return ""
    return str(_SNOWBALL.stemWord(folded)) if folded.isascii() else unicodedata.normalize("NFC", folded)
