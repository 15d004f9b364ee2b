"""Sentences that lean on the one before: they begin with a pronoun, or with a verb whose subject stands there."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from qa.language import arabic

_LETTERS = re.compile(r"[^\W\d_]+")

_LINKS = frozenset("and but yet so then also however instead later meanwhile nevertheless therefore".split())
_PRONOUNS = frozenset("he she they it this these those his her hers their theirs its such".split())

_ARABIC = "هو هي هم هن هما هذا هذه هذان هؤلاء ذلك تلك كلاهما منها منه فيها فيه لها له بها به".split()
_VERBS = "أضاف تابع أوضح أكد أشار قال ذكر زاد شدد لفت اعتبر رأى نفى".split()
_LEANING = {arabic.fold(conjunction + word) for conjunction in ("", "و", "ف") for word in _ARABIC}
_SAYING = {arabic.fold(f"و{verb}{ending}") for verb in _VERBS for ending in ("", "ت")}
_THAT = arabic.fold("أن")


@lru_cache(maxsize=1 << 12)
def leans(sentence: str) -> bool:
    """Whether ``sentence``, in English or Arabic, says of whom or what it speaks only by what stands before it."""
    lettered = ((word, match[0].lower()) for word in sentence[:80].split() if (match := _LETTERS.search(word)))
    begins = [*islice(lettered, 2)]
    if not begins:
        return False
    (written, first), *more = begins
    word, follows = arabic.fold(written), arabic.fold(more[0][0]) if more else ""
    if first in _LINKS and more:
        ((_, first),) = more
    return first in _PRONOUNS or word in _LEANING or (word in _SAYING and follows.startswith(_THAT))
