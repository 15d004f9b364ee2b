"""The same thing said twice: sentences that a wire copy, a rewrite or an update has from another article.

Sentences are compared by their analysed words, which the store has. What tells a copy is the share of a
sentence's words that one sentence of the other has; what tells an update is another number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import lru_cache

from qa.language.analyse import analyse

SHARE = 0.8
"""The part of a sentence's words that another must have to say the same."""

FEWEST = 3
"""Words of a sentence below which it must be the same, word for word."""

_COUNTS = {
    token.term
    for token in analyse(
        "two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred thousand million "
        "billion half third quarter first second all none "
        "اثنان اثنين ثلاثة ثلاث أربعة أربع خمسة خمس ستة ست سبعة سبع ثمانية ثماني تسعة تسع عشرة عشر عشرون عشرين "
        "ثلاثون ثلاثين خمسون خمسين مئة مائة مئتا ألف ألفا ألفي آلاف مليون مليوني مليار ملياري نصف ثلث ربع"
    )
}

Terms = Set[str]


def says(other: Terms, sentence: Terms) -> bool:
    """Whether a sentence with the words ``other`` says what one with the words of ``sentence`` says."""
    return said(sentence, (other,))


def said(sentence: Terms, others: Iterable[Terms]) -> bool:
    """Whether one of ``others`` says what ``sentence`` says."""
    if len(sentence) < FEWEST:
        return any(sentence == other for other in others)
    least = SHARE * len(sentence)
    for other in others:  # what costs little first: thousands of pairs are compared
        if len(other) >= least and len(sentence & other) >= least and not any(map(_counts, sentence - other)):
            return True
    return False


def adds_nothing(passage: Iterable[Terms], other: Sequence[Terms]) -> bool:
    """Whether every sentence of ``passage`` is said in ``other``."""
    return all(said(sentence, other) for sentence in passage)


@lru_cache(maxsize=1 << 14)
def _counts(word: str) -> bool:
    return word in _COUNTS or any(map(str.isdecimal, word))
