"""Arabic words to index terms: one spelling for all spellings of a word, then clitics and endings off.

A light stemmer in the manner of Larkey, Ballesteros and Connell's light10 (SIGIR 2002), with the attached
prepositions and pronouns that news is full of. It need not find true roots, only the same term for the forms
of a word, so what looks like a preposition goes even where it belongs to the stem: then it always does.
"""

from __future__ import annotations

import unicodedata

from qa.language.words import words

_FOLDED = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ىئیېے", "ي"),
        **dict.fromkeys("ةھہە", "ه"),
        **dict.fromkeys("کگ", "ك"),
        "ؤ": "و",
        "پ": "ب",
        "چ": "ج",
        "ڤ": "ف",
        "ء": None,
        "ـ": None,
    }
)

_BEFORE = ("وبال", "وكال", "وال", "بال", "فال", "كال", "ولل", "فلل", "لل", "ال", "و")
_PRONOUNS = ("هما", "هم", "هن", "ها", "كم", "نا", "ه")
_NUMBERS = ("ات", "ان", "ون", "ين", "يه", "ته", "تي", "وا", "يا")
_LETTERS = ("ه", "ي", "ا", "ت")
_SHORTEST = 3


def fold(word: str) -> str:
    """One spelling: no marks, tatweel or hamza, one form of alef, ya and ta marbuta, NFKC, Arabic letters only.

    Persian and Urdu letters become the Arabic ones that stand for the same sound in a name.
    """
    return _letters(unicodedata.normalize("NFKC", word)).translate(_FOLDED)


def _letters(text: str) -> str:
    return text if text.isalpha() else "".join(filter(str.isalpha, text))


_STOP = frozenset(map(fold, words("stop-ar")))


def term(word: str) -> str:
    """The index term of an Arabic word; empty for a stop word, with or without ``و`` before it."""
    word = fold(word)
    if word in _STOP or (word.startswith("و") and word[1:] in _STOP):
        return ""
    return _without_particle(_without_endings(_without_article(word)))


def bare(word: str) -> str:
    """``word`` as a dictionary would have it: without marks, tatweel, article and what is attached before that."""
    plain = unicodedata.normalize("NFKC", word)
    return _without_article("".join(char for char in plain if char.isalpha() and char != "ـ"))


def _without_article(word: str) -> str:
    if word.startswith(_BEFORE):
        for prefix in _BEFORE:
            if word.startswith(prefix) and len(word) - len(prefix) >= _SHORTEST:
                return word[len(prefix) :]
    return word


def _without_endings(word: str) -> str:
    for endings in (_PRONOUNS, _NUMBERS, _LETTERS, _LETTERS):
        if word.endswith(endings):
            for ending in endings:
                if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
                    word = word[: -len(ending)]
                    break
    return word


def _without_particle(word: str) -> str:
    """Without an attached ب ل ك ف, or the س of a future verb."""
    if len(word) > _SHORTEST + 1 and (word[0] in "بلكف" or (word[0] == "س" and word[1] in "يتنا")):
        return word[1:]
    return word
