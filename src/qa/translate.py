"""Translation without a translator: which words of the articles come near a question's in another language.

A multilingual encoder places single words of one meaning close together, once what all words of a language
have in common is taken away. So the words of the index are their own dictionary, which knows just the words
that the articles use, names in the other script among them. A small glossary adds the most common words of
news, for which single words say too little.
"""

from __future__ import annotations

from itertools import islice

from qa.centring import LANGUAGES, surfaces
from qa.encoder import Encoder
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
    """For each language of the articles: each word of ``text`` with the words near it, weighted from 0 to 1."""
    written = dict(islice(surfaces([text]).items(), MOST))
    siblings = glossary(lang, lang)
    near = {lang: {term: dict.fromkeys(siblings.get(term, ()), SIBLING) for term in written}}
    others = sorted(view.languages() & set(LANGUAGES) - {lang})
    if not (others and written):
        return near | {other: {} for other in others}
    vectors = view.background.centre_words(encoder.encode_queries(list(written.values())), lang)
    return near | {
        other: {
            term: {word: min(1.0, (cosine - FAR) / (SAME - FAR)) for word, cosine in found.items() if cosine > FAR}
            | dict.fromkeys(glossary(lang, other).get(term, ()), 1.0)
            for term, found in zip(written, view.similar_words(vectors, other, NEAR), strict=True)
        }
        for other in others
    }
