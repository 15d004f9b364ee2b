"""Translation without a translator: which words of the articles come near a question's in another language.

An encoder that was trained on translations places single words of one meaning close together, once what all
words of a language have in common is taken away. So the words of the index are their own dictionary, which
knows just the words that the articles use, names in the other script among them. A small glossary adds the
most common words of news, for which single words say too little.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import numpy as np

from qa.centring import LANGUAGES, surfaces
from qa.encoder import Vectors
from qa.encoder.senses import encode_with_words
from qa.language.glossary import glossary
from qa.language.spelling import alike
from qa.store import View

NEAR = 20
"""Words of the other language that are looked at for each word of the question."""

MOST = 32
"""Words of a question that are translated."""

FAR, SAME = 0.35, 0.65
"""The cosine from which a word begins to count, and the one from which it counts in full."""

SIBLING = 0.7
"""What a word of the question's own language counts for that the glossary has on one line with it."""

SPELT = 0.8
"""What a word of another script counts for that sounds alike, where none comes near in meaning."""

UNKNOWN = 0.2
"""A word which none counts for by more than this is looked for by how it sounds, since that takes time."""

Translations = dict[str, dict[str, dict[str, float]]]


def translations(text: str, lang: str, view: View) -> tuple[Translations, Vectors]:
    """For each language of the articles and that of ``text``: its words with those near them, weighted 0 to 1; and
    the sense ``(senses.DIM,)`` of ``text``, which is encoded together with its words.

    In its own language a word that the articles use stands for itself and those of its line in the glossary;
    only one that they don't use is looked for by meaning, since that takes time.
    """
    written = dict(islice(surfaces([text]).items(), MOST))
    others = sorted((view.languages() | {lang}) & set(LANGUAGES)) if written else sorted(view.languages())
    if not written or not others:
        return {other: {} for other in (lang, *others)}, encode_with_words(text, ())[0]
    known = view.word_vectors(list(written), lang)
    new = [term for term in written if term not in known]
    sense, of_words = encode_with_words(text, [written[term] for term in new])
    encoded = dict(zip(new, of_words, strict=True))
    vectors = view.background.centre_words(np.stack([(known | encoded)[term] for term in written]), lang)
    near: Translations = {}
    for other in others:
        weight, listed = SIBLING if other == lang else 1.0, glossary(lang, other)
        sought = [n for n, term in enumerate(written) if other != lang or term in encoded]
        near_them = view.similar_words(vectors[sought], other, NEAR) if sought else []
        found = dict(zip(sought, near_them, strict=True))
        near[other] = {
            term: {
                word: min(1.0, (cosine - FAR) / (SAME - FAR))
                for word, cosine in found.get(n, {}).items()
                if cosine > FAR
            }
            | dict.fromkeys(listed.get(term, ()), weight)
            for n, term in enumerate(written)
        }
    return near, sense


def spelt_alike(
    near: dict[str, dict[str, float]], terms: Iterable[str], *, latin: bool
) -> dict[str, dict[str, float]]:
    """``near`` of another language with those of ``terms`` of it that sound like a word which has none near.

    Names above all: in passages that come near, a word that sounds alike is the same name in the other script.
    ``latin``: whether ``terms`` are in Latin letters and the words of ``near`` in Arabic ones, or vice versa.
    """
    unknown = [term for term, words in near.items() if max(words.values(), default=0.0) <= UNKNOWN]
    if not unknown:
        return near
    others = set(terms)
    pairs = ((term, other) for other, term in alike(others, unknown)) if latin else alike(unknown, others)
    found = {term: dict(words) for term, words in near.items()}
    for term, other in pairs:
        found[term][other] = SPELT
    return found
