"""Search: the passages that two independent signals bring up, in the order of several.

Dense search (FAISS, centred vectors) and lexical search (the rarest words in common) each name candidates.
A candidate's score is a weighted sum of cosines (of the passage, of its best sentence, of its sentences on
average, and by a second encoder of the passage and of its best sentence) and of the share of the question's words
that it holds, itself or by words near them in meaning, as the encoder places single words; see ``translate``. In
the question's own language a word counts by its rarity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from qa import recency
from qa.centring import Background
from qa.encoder import Vectors
from qa.folding import fold
from qa.query import DEPTH, Query
from qa.signals import signals
from qa.store import View
from qa.store.postings import rarities
from qa.store.records import EVERYTHING, Filter, StoredPassage
from qa.timings import Timings
from qa.translate import spelt_alike

# Fitted by scripts/fit_ranking.py on one half of the development questions (docs/quality.md).

PASSAGE = np.array([0.29, 0.45, 0.33, 0.35, 0.40, 0.36, 0.33, 0.45, 0.47, 0.31])
"""What a passage's score is made of: its cosine, that of its best sentence, that of its sentences on average,
the cosines of its sense and of the best sense of a sentence, the share of the question's words that it holds, and
the share that its best sentence holds; how well its tokens match the question's, those of its best sentence, and
what of the question finds least."""

SENTENCE = np.array([4.4, 2.6, 0.2, 1.1, 0.8, 1.3, 1.6, 2.8, 2.1, 5.1, 2.1, 2.3])
"""What makes a sentence answer: its cosine and that of its sense; the cosines of its passage, of the best sentence
there, of all on average, of the passage's sense and of the best sense there; the shares of the question's words
that it holds and that its passage holds; how well its tokens match the question's, and those of its passage; and
what of the question finds least in its passage."""

TWIN = 0.8
"""How much lower a passage may rank than one of another language that says the same, at a cosine of zero; less
the more they are alike. An answer is then found in both languages, though words speak for one only."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. All signals are of the passage but ``sentences``: for each sentence the log-odds, up to a
    constant of the question, that it answers.

    ``copies`` are passages of other articles, found lower down, that say nothing which it does not say too.
    ``best_sentence`` is the centred cosine of the sentence that comes nearest, ``sense`` that of the sentence
    whose sense does, ``words`` the share of the question's words that the passage holds, itself or by words near
    them in meaning, 0 to 1.
    ``preference`` is what it gains in rank, but not in ``score``, for being of the period that is asked about;
    ``sentences`` have gained likewise.
    """

    passage: StoredPassage
    score: float
    best_sentence: float
    sense: float
    words: float
    sentences: tuple[float, ...]
    copies: tuple[StoredPassage, ...] = ()
    preference: float = 0.0


def search(
    query: Query, view: View, *, limit: int, only: Filter = EVERYTHING, timings: Timings | None = None
) -> list[Hit]:
    """The best ``limit`` passages for ``query`` of the articles that ``only`` lets through, best first.

    Copies of a better one stand with that.
    """
    timings = timings or Timings()
    found = candidates(query, view, only, timings=timings)
    with timings("fuse"):
        query = _with_names(query, found)
        hits = _ranked(query, found, rarity(query.terms, view), view.background)
        if query.period and query.whole:
            preferred = recency.prefer([*hits], query, view)
            if not (query.period.newest or (preferred and preferred[0].preference)):  # it must match another time
                return search(query.whole, view, limit=limit, only=only)
            return fold(preferred, limit, view)
        return fold(hits, limit, view)


def _with_names(query: Query, passages: Sequence[StoredPassage]) -> Query:
    """``query`` with the words of ``passages`` in another language that sound like one of its own."""
    spelt = {
        lang: spelt_alike(
            query.translations[lang],
            (term for one in some for terms in one.encoded.terms for term in terms),
            latin=lang == "en",
        )
        for lang, some in by_language(passages).items()
        if lang != query.lang and lang in query.translations
    }
    return replace(query, translations={**query.translations, **spelt}) if spelt else query


def candidates(
    query: Query, view: View, only: Filter = EVERYTHING, *, timings: Timings | None = None
) -> list[StoredPassage]:
    """The passages that either search brings up."""
    timings = timings or Timings()
    with timings("dense"):
        dense = [id_ for id_, _ in view.dense(query.vector, DEPTH, only)]
    with timings("lexical"):
        lexical = view.lexical(query.terms, DEPTH, only)
    with timings("read"):
        return view.passages(list(dict.fromkeys(dense + lexical + recency.candidates(query, view, only))))


def rarity(terms: Sequence[str], view: View) -> dict[str, float]:
    """The weight of each term: its inverse document frequency, scaled so that all of them sum to one."""
    idf = rarities(view.document_frequencies(terms), view.passage_count())
    whole = sum(idf.values())
    return {term: weight / whole for term, weight in idf.items()}


def _ranked(
    query: Query, passages: Sequence[StoredPassage], weights: Mapping[str, float], background: Background
) -> Iterator[Hit]:
    """``passages`` as hits, best first; most of them nobody asks for."""
    found = by_language(passages)
    groups = [signals(query, lang, some, weights, background) for lang, some in found.items()]
    scores = with_twins([group.passages @ PASSAGE for group in groups], [group.centred for group in groups])
    odds = [group.sentences @ SENTENCE for group in groups]
    placed = [
        (-score, passage.id, passage, group, place)
        for group, (some, own) in enumerate(zip(found.values(), scores, strict=True))
        for place, (passage, score) in enumerate(zip(some, own.tolist(), strict=True))
    ]
    for less, _, passage, group, place in sorted(placed, key=lambda one: one[:2]):
        best_sentence, sense, words = groups[group].passages[place, [1, 4, 5]].tolist()
        first = groups[group].first[place]
        yield Hit(
            passage=passage,
            score=-less,
            best_sentence=best_sentence,
            sense=sense,
            words=words,
            sentences=tuple(odds[group][first : first + len(passage.encoded.sentences)].tolist()),
        )


def by_language(passages: Sequence[StoredPassage]) -> dict[str, list[StoredPassage]]:
    found: dict[str, list[StoredPassage]] = {}
    for passage in passages:
        found.setdefault(passage.lang, []).append(passage)
    return found


def with_twins(scores: list[npt.NDArray[np.float64]], centred: list[Vectors]) -> list[npt.NDArray[np.float64]]:
    """The scores of each language's passages, raised where one of another language says the same and has more."""
    return [
        np.max([own, *(_lent(scores[m], centred[m], vectors) for m in range(len(scores)) if m != n)], axis=0)
        for n, (own, vectors) in enumerate(zip(scores, centred, strict=True))
    ]


def _lent(scores: npt.NDArray[np.float64], lenders: Vectors, borrowers: Vectors) -> npt.NDArray[np.float64]:
    lent: npt.NDArray[np.float64] = (scores[:, None] - TWIN * (1 - lenders @ borrowers.T)).max(axis=0)
    return lent
