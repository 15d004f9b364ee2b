"""How sure an answer is: the signals of the best passage, as the probability that it answers.

A logistic regression on questions whose answer was in the corpus and on the same questions after it had
been taken out, in corpora of one article and of hundreds, within and across languages.
"""

from __future__ import annotations

import math

from qa.search import Hit, Query

THRESHOLD = 0.4
"""Below this, “the articles don't say”."""

_SENTENCE, _PASSAGE, _WORDS, _FOREIGN, _SIZE, _BASE = 7.54, 4.70, 4.21, 1.82, -0.20, -5.65


def confidence(query: Query, best: Hit, passages: int) -> float:
    """The probability (0 to 1) that ``best``, the first hit among ``passages`` passages, answers ``query``."""
    logit = (
        _BASE
        + _SENTENCE * best.best_sentence
        + _PASSAGE * best.similarity
        + _WORDS * best.coverage
        + _FOREIGN * (query.lang != best.passage.lang)
        + _SIZE * math.log(passages)
    )
    return 1 / (1 + math.exp(-logit))
