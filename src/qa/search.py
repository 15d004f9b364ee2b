"""Search: the passages that two independent signals bring up, in the order of several.

Dense search (FAISS, centred vectors) and lexical search (the rarest words in common) each name candidates.
A candidate's score is a weighted sum of cosines (of the passage, of its best sentence, of its sentences on
average, and by a second encoder of the passage and of its best sentence) and of the share of the question's words
that it holds, itself or by words near them in meaning, as the encoder places single words; see ``translate``. In
the question's own language a word counts by its rarity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from qa import recency
from qa.centring import Background
from qa.copies import SHARE, adds_nothing
from qa.encoder import Encoder, Vectors
from qa.encoder.senses import encode_sentences
from qa.language.analyse import analyse
from qa.language.glossary import glossary
from qa.language.period import Period, asked_period
from qa.language.script import language
from qa.matching import Near, matches
from qa.store import View
from qa.store.postings import rarities
from qa.store.records import EVERYTHING, Filter, StoredPassage
from qa.timings import Timings
from qa.translate import SIBLING, Translations, translations

DEPTH = 100
"""Candidates taken from each of the two searches."""

# Fitted by scripts/fit_ranking.py on one half of the development questions (docs/quality.md).

PASSAGE = np.array([0.21, 1.36, 0.50, 0.48, 0.44, 0.48, 0.33])
"""What a passage's score is made of: its cosine, that of its best sentence, that of its sentences on average,
the cosines of its sense and of the best sense of a sentence, the share of the question's words that it holds, and
the share that its best sentence holds."""

SENTENCE = np.array([4.1, 2.7, 2.0, 2.5, 2.2, 1.7, 1.7, 3.5, 2.3])
"""What makes a sentence answer: its cosine and that of its sense; the cosines of its passage, of the best sentence
there, of all on average, of the passage's sense and of the best sense there; and the shares of the question's words
that it holds and that its passage holds."""

TWIN = 0.8
"""How much lower a passage may rank than one of another language that says the same, at a cosine of zero; less
the more they are alike. An answer is then found in both languages, though words speak for one only."""

BEFORE = 0.8
"""What the question before counts for in the vector of a follow-up, against its own."""

_ENCODING = ThreadPoolExecutor(thread_name_prefix="encode")
"""Encodes a question while its words are looked up."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready: its language, its analysed words and its centred vectors.

    ``vector`` ``(dim,)`` is the encoder's, ``sense`` ``(senses.DIM,)`` that of what it means, of unit length.
    ``translations``: for each language, each word of the question with the words that come near it in that
    language and how near they come, 0 to 1. ``period``: the time that the question names, if there are articles of
    it; they need not say what day it is, so that ``text`` alone still names it. ``whole`` is the question with it.
    """

    text: str
    lang: str
    terms: tuple[str, ...]
    vector: Vectors
    sense: Vectors
    translations: Translations
    period: Period | None = None
    whole: Query | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. All signals are of the passage but ``sentences``: for each sentence the log-odds, up to a
    constant of the question, that it answers.

    ``copies`` are passages of other articles, found lower down, that say nothing which it does not say too.
    ``similarity`` and ``best_sentence`` are centred cosines, ``sense`` that of the sentence whose sense comes
    nearest, ``coverage`` the share of the question's words that the passage holds, itself or in translation, 0 to
    1.
    ``preference`` is what it gains in rank, but not in ``score``, for being of the period that is asked about;
    ``sentences`` have gained likewise.
    """

    passage: StoredPassage
    score: float
    similarity: float
    best_sentence: float
    sense: float
    coverage: float
    sentences: tuple[float, ...]
    copies: tuple[StoredPassage, ...] = ()
    preference: float = 0.0


def make_query(text: str, encoder: Encoder, view: View, *, timings: Timings | None = None) -> Query:
    """``text`` made ready for ``view``; without the time that it names, if there are articles of that time."""
    timings = timings or Timings()
    whole = _query(text, encoder, view, timings)
    period, rest = asked_period(text, date.today()) or (None, "")
    if period and recency.candidates(replace(whole, period=period), view, EVERYTHING):
        return replace(_query(rest, encoder, view, timings), text=text, lang=whole.lang, period=period, whole=whole)
    return whole


def _query(text: str, encoder: Encoder, view: View, timings: Timings) -> Query:
    lang = language(text)
    encoded = _ENCODING.submit(encoder.encode_queries, [text])
    near = translations(text, lang, view, timings=timings)
    terms = tuple(dict.fromkeys(token.term for token in analyse(text)))
    with timings("encode"):  # what is left of it
        sense = view.background.centre_question_senses(encode_sentences([text]), lang)[0]
        view.read_ahead(terms, DEPTH)
        vector = view.background.centre_questions(encoded.result(), lang)[0]
    return Query(text, lang, terms, vector, sense, near)


def follow(query: Query, before: Query) -> Query:
    """``query`` meant as a follow-up of ``before``: it leans to what that asked about, its words stay its own."""
    leaning = replace(
        query, vector=_leaning(query.vector, before.vector), sense=_leaning(query.sense, before.sense)
    )
    if query.whole:
        return replace(leaning, whole=follow(query.whole, replace(before, period=None)))
    return replace(leaning, period=before.period, whole=leaning) if before.period else leaning


def _leaning(vector: Vectors, before: Vectors) -> Vectors:
    leaning: Vectors = vector + BEFORE * before
    return leaning / np.float32(np.linalg.norm(leaning))


def search(
    query: Query, view: View, *, limit: int, only: Filter = EVERYTHING, timings: Timings | None = None
) -> list[Hit]:
    """The best ``limit`` passages for ``query`` of the articles that ``only`` lets through, best first.

    Copies of a better one stand with that.
    """
    timings = timings or Timings()
    found = candidates(query, view, only, timings=timings)
    with timings("fuse"):
        hits = _ranked(query, found, rarity(query.terms, view), view.background)
        if query.period and query.whole:
            preferred = recency.prefer([*hits], query, view)
            if not (query.period.newest or (preferred and preferred[0].preference)):  # it must match another time
                return search(query.whole, view, limit=limit, only=only)
            return _without_copies(preferred, limit)
        return _without_copies(hits, limit)


def _without_copies(hits: Iterable[Hit], limit: int) -> list[Hit]:
    kept: list[tuple[Hit, list[frozenset[str]], frozenset[str], list[StoredPassage]]] = []
    for hit in hits:
        passage = hit.passage
        sentences = [*map(frozenset, passage.encoded.terms)]
        words = frozenset[str]().union(*sentences)
        for first, says, held, copies in kept:
            if (
                first.passage.article != passage.article
                and len(held) >= SHARE * len(words) <= len(words & held)  # cheap, and true of every copy
                and adds_nothing(sentences, says)
            ):
                copies.append(passage)
                break
        else:
            if len(kept) == limit:
                break
            kept.append((hit, sentences, words, []))
    return [replace(hit, copies=tuple(copies)) for hit, _, _, copies in kept]


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
        similarity, best_sentence = groups[group].passages[place, :2].tolist()
        first = groups[group].first[place]
        yield Hit(
            passage=passage,
            score=-less,
            similarity=similarity,
            best_sentence=best_sentence,
            sense=float(groups[group].passages[place, 4]),
            coverage=float(groups[group].coverage[place]),
            sentences=tuple(odds[group][first : first + len(passage.encoded.sentences)].tolist()),
        )


def by_language(passages: Sequence[StoredPassage]) -> dict[str, list[StoredPassage]]:
    found: dict[str, list[StoredPassage]] = {}
    for passage in passages:
        found.setdefault(passage.lang, []).append(passage)
    return found


@dataclass(frozen=True, slots=True)
class Signals:
    """What PASSAGE and SENTENCE weigh, for the passages of one language: a row each.

    ``centred``: the passages' vectors. ``first``: the row of each passage's first sentence.
    """

    passages: npt.NDArray[np.float64]
    sentences: npt.NDArray[np.float64]
    coverage: npt.NDArray[np.float64]
    centred: Vectors
    first: npt.NDArray[np.int64]


def signals(
    query: Query,
    lang: str,
    passages: Sequence[StoredPassage],
    weights: Mapping[str, float],
    background: Background,
) -> Signals:
    """The signals of ``passages``, all of ``lang``; ``weights``: what each word of the question counts for."""
    counts = np.array([len(passage.encoded.sentences) for passage in passages])
    first = np.cumsum(counts) - counts
    centred = background.centre_passages(np.stack([passage.encoded.vector for passage in passages]), lang)
    spoken = np.concatenate([passage.encoded.sentence_vectors for passage in passages])
    cosine = centred @ query.vector
    cosines = background.sentence_cosines(spoken, query.vector, lang)
    best, mean = np.maximum.reduceat(cosines, first), np.add.reduceat(cosines, first) / counts
    meant = np.concatenate([passage.encoded.senses for passage in passages])
    senses = background.sense_cosines(meant, query.sense, lang)
    whole = first + np.arange(len(passages))  # a row of each passage's own stands before those of its sentences
    sense, senses = senses[whole], np.delete(senses, whole)
    best_sense = np.maximum.reduceat(senses, first)
    terms = [terms for passage in passages for terms in passage.encoded.terms]
    exact, counts_for = _exact(query, lang, weights)
    near, each = _near(query, lang, weights)
    exactly, held = matches([exact, near], terms)
    coverage = np.maximum.reduceat(exactly, first) @ counts_for
    shares, share = held @ each, np.maximum.reduceat(held, first) @ each
    of_passage = np.stack([cosine, best, mean, sense, best_sense], axis=1)
    return Signals(
        passages=np.column_stack([of_passage, share, np.maximum.reduceat(shares, first)]),
        sentences=np.column_stack(
            [cosines, senses, np.repeat(of_passage, counts, axis=0), shares, np.repeat(share, counts)]
        ),
        coverage=coverage,
        centred=centred,
        first=first,
    )


def _exact(query: Query, lang: str, weights: Mapping[str, float]) -> tuple[Near, npt.NDArray[np.float64]]:
    """What finds the question's words in texts of ``lang``, or in another language their translations."""
    near = query.translations.get(lang, {})
    if _foreign(query, lang):
        return near, np.full(len(near), 1 / max(1, len(near)))
    siblings = glossary(lang, lang)
    return (
        {term: dict.fromkeys(siblings.get(term, ()), SIBLING) for term in query.terms},
        np.array([weights[term] for term in query.terms]),
    )


def _near(query: Query, lang: str, weights: Mapping[str, float]) -> tuple[Near, npt.NDArray[np.float64]]:
    """What finds them by all words near to them, and numbers in every language."""
    near = query.translations.get(lang, {})
    even = 1 / max(1, len(query.terms))
    return (
        {term: near.get(term, {}) for term in query.terms},
        np.array([even if _foreign(query, lang) else weights[term] for term in query.terms]),
    )


def _foreign(query: Query, lang: str) -> bool:
    return lang != query.lang and lang in query.translations


def with_twins(scores: list[npt.NDArray[np.float64]], centred: list[Vectors]) -> list[npt.NDArray[np.float64]]:
    """The scores of each language's passages, raised where one of another language says the same and has more."""
    return [
        np.max([own, *(_lent(scores[m], centred[m], vectors) for m in range(len(scores)) if m != n)], axis=0)
        for n, (own, vectors) in enumerate(zip(scores, centred, strict=True))
    ]


def _lent(scores: npt.NDArray[np.float64], lenders: Vectors, borrowers: Vectors) -> npt.NDArray[np.float64]:
    lent: npt.NDArray[np.float64] = (scores[:, None] - TWIN * (1 - lenders @ borrowers.T)).max(axis=0)
    return lent
