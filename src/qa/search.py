"""Search: the passages that two independent signals bring up, in the order of three.

Dense (FAISS, centred vectors) and lexical (BM25) search each name candidates. A candidate's score is the
sum of the cosine of the passage, the cosine of its best sentence, and the share of the question's words
that it holds. In the question's own language a word counts by its rarity. In another it counts by how near
the nearest word of the passage comes in meaning, as the encoder places single words; see ``translate``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from qa.encoder import Encoder, Vectors
from qa.language.analyse import analyse
from qa.language.script import language
from qa.store.reader import View
from qa.store.records import StoredPassage
from qa.translate import Translations, translations

DEPTH = 100
"""Candidates taken from each of the two searches."""

WORDS = 0.7
"""What holding all words of a question counts for, against a cosine of one."""

PASSAGE = 0.7
"""What its passage's cosine counts for in the score of a sentence, against the sentence's own."""

BEFORE = 0.8
"""What the question before counts for in the vector of a follow-up, against its own."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready: its language, its analysed words and its centred vector ``(dim,)``.

    ``translations``: for each language, each word of the question with the words that come near it in that
    language and how near they come, 0 to 1.
    """

    text: str
    lang: str
    terms: tuple[str, ...]
    vector: Vectors
    translations: Translations


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. All signals are of the passage but ``sentences``, which has a score for each sentence.

    ``similarity`` and ``best_sentence`` are centred cosines, ``coverage`` the share of the question's words
    that the passage holds, itself or in translation, 0 to 1.
    """

    passage: StoredPassage
    score: float
    similarity: float
    best_sentence: float
    coverage: float
    sentences: tuple[float, ...]


def make_query(text: str, encoder: Encoder, view: View) -> Query:
    lang = language(text)
    vector = view.background.centre_questions(encoder.encode_queries([text]), lang)[0]
    terms = tuple(dict.fromkeys(token.term for token in analyse(text)))
    return Query(text, lang, terms, vector, translations(text, lang, encoder, view))


def follow(query: Query, before: Query) -> Query:
    """``query`` meant as a follow-up of ``before``: it leans to what that asked about, its words stay its own."""
    vector = query.vector + BEFORE * before.vector
    return replace(query, vector=vector / np.linalg.norm(vector))


def search(query: Query, view: View, *, limit: int) -> list[Hit]:
    """The best ``limit`` passages for ``query``, best first."""
    dense = [id_ for id_, _ in view.dense(query.vector, DEPTH)]
    lexical = view.lexical(query.terms, DEPTH)
    candidates = view.passages(list(dict.fromkeys(dense + lexical)))
    rarity = _rarity(query.terms, view)
    hits = [_score(query, passage, rarity, view) for passage in candidates]
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))[:limit]


def _rarity(terms: Sequence[str], view: View) -> dict[str, float]:
    """The weight of each term: its inverse document frequency, scaled so that all of them sum to one."""
    total = view.passage_count()
    idf = {
        term: math.log(1 + (total - count + 0.5) / (count + 0.5))
        for term, count in view.document_frequencies(terms).items()
    }
    whole = sum(idf.values())
    return {term: weight / whole for term, weight in idf.items()}


def _score(query: Query, passage: StoredPassage, rarity: dict[str, float], view: View) -> Hit:
    encoded = passage.encoded
    stacked = np.concatenate([encoded.vector[None, :], encoded.sentence_vectors])
    cosines = view.background.centre_passages(stacked, passage.lang) @ query.vector
    similarity, sentences = float(cosines[0]), cosines[1:]
    shares = [_share(query, set(terms), passage.lang, rarity) for terms in encoded.terms]
    coverage = _share(query, {term for terms in encoded.terms for term in terms}, passage.lang, rarity)
    best = float(sentences.max())
    return Hit(
        passage=passage,
        score=similarity + best + WORDS * coverage,
        similarity=similarity,
        best_sentence=best,
        coverage=coverage,
        sentences=tuple(
            float(cosine) + PASSAGE * similarity + WORDS / 2 * (share + coverage)
            for cosine, share in zip(sentences, shares, strict=True)
        ),
    )


def _share(query: Query, held: set[str], lang: str, rarity: dict[str, float]) -> float:
    """How much of the question's words is among the terms ``held`` by a text of ``lang``, 0 to 1."""
    near = query.translations.get(lang, {})
    if lang == query.lang or lang not in query.translations:
        return sum(rarity[term] * _held(term, near.get(term, {}), held) for term in query.terms)
    return sum(_held(term, words, held) for term, words in near.items()) / max(1, len(near))


def _held(term: str, near: dict[str, float], held: set[str]) -> float:
    return 1.0 if term in held else max((near[word] for word in near.keys() & held), default=0.0)
