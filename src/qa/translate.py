"""Translation without a translator: which words of the articles come near a question's in another language.

A multilingual encoder places single words of one meaning close together, once what all words of a language
have in common is taken away. So the words of the index are their own dictionary, which knows just the words
that the articles use, names in the other script among them. A small glossary adds the most common words of
news, for which single words say too little.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import numpy as np

from qa.centring import LANGUAGES, surfaces
from qa.encoder import Encoder, Vectors
from qa.language.glossary import glossary
from qa.store import View

NEAR = 20
"""Words of the other language that are looked at for each word of the question."""

MOST = 32
"""Words of a question that are translated."""

FAR, SAME = 0.25, 0.6
"""The cosine from which a word begins to count, and the one from which it counts in full."""

SIBLING = 0.7
"""What a word of the question's own language counts for that the glossary has on one line with it."""

Translations = dict[str, dict[str, dict[str, float]]]


def translations(text: str, lang: str, encoder: Encoder, view: View) -> Translations:
    """For each language of the articles and that of ``text``: its words with those near them, weighted 0 to 1."""
    written = dict(islice(surfaces([text]).items(), MOST))
    others = sorted((view.languages() | {lang}) & set(LANGUAGES)) if written else sorted(view.languages())
    if not written or not others:
        return {other: {} for other in (lang, *others)}
    vectors = view.background.centre_words(_vectors(written, lang, encoder, view), lang)
    near: Translations = {}
    for other in others:
        weight, listed = SIBLING if other == lang else 1.0, glossary(lang, other)
        near[other] = {
            term: {word: min(1.0, (cosine - FAR) / (SAME - FAR)) for word, cosine in found.items() if cosine > FAR}
            | dict.fromkeys(listed.get(term, ()), weight)
            for term, found in zip(written, view.similar_words(vectors, other, NEAR), strict=True)
        }
    return near


def _vectors(written: Mapping[str, str], lang: str, encoder: Encoder, view: View) -> Vectors:
    """A vector ``(dim,)`` for each term; only words that the articles don't use are encoded."""
    known = view.word_vectors(list(written), lang)
    new = [term for term in written if term not in known]
    known |= dict(zip(new, encoder.encode_queries([written[term] for term in new]), strict=True))
    return np.stack([known[term] for term in written])
