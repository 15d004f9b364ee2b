"""A question made ready for search: its words, what stands for them in either language, and its vectors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from qa import recency
from qa.encoder import Encoder, Vectors
from qa.language.analyse import analyse
from qa.language.period import Period, asked_period
from qa.language.script import language
from qa.store import View
from qa.store.records import EVERYTHING
from qa.timings import Timings
from qa.translate import Translations, translations

DEPTH = 88
"""Candidates taken from each of the two searches."""

BEFORE = 0.8
"""What the question before counts for in the vector of a follow-up, against its own."""

_WORDS = ThreadPoolExecutor(thread_name_prefix="words")
"""Looks up a question's words while it is encoded. The other way round the encoder would begin late: looking words
up lets go of the interpreter often, but not for long enough that another thread gets it."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready: its language, its analysed words and its centred vectors.

    ``vector`` ``(dim,)`` is the encoder's, ``sense`` ``(senses.DIM,)`` that of what it means, of unit length;
    ``tokens`` ``(n, tokens.DIM)`` are as ``Asked`` has them.
    ``translations``: for each language, each word of the question with the words that come near it in that
    language and how near they come, 0 to 1. ``period``: the time that the question names, if there are articles of
    it; they need not say what day it is, so that ``text`` alone still names it. ``whole`` is the question with it.
    """

    text: str
    lang: str
    terms: tuple[str, ...]
    vector: Vectors
    sense: Vectors
    tokens: Vectors
    translations: Translations
    period: Period | None = None
    whole: Query | None = None


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
    terms = tuple(dict.fromkeys(token.term for token in analyse(text)))

    def look_up() -> tuple[Translations, Vectors]:
        found = translations(text, lang, view)
        view.read_ahead(terms, DEPTH)
        return found

    looking_up = _WORDS.submit(look_up)
    try:
        with timings("encode"):
            asked = encoder.encode_question(text)
    finally:
        with timings("words"):  # what is left of it
            wait([looking_up])
    near, sense = looking_up.result()
    vector = view.background.centre_questions(asked.vector[None], lang)[0]
    sense = view.background.centre_question_senses(sense[None], lang)[0]
    return Query(text, lang, terms, vector, sense, asked.tokens, near)


def follow(query: Query, before: Query) -> Query:
    """``query`` meant as a follow-up of ``before``: it leans to what that asked about, its words stay its own."""
    tokens: Vectors = np.concatenate([query.tokens, before.tokens * np.float32(BEFORE)])
    tokens /= np.float32(1 + BEFORE)
    leaning = replace(
        query,
        vector=_leaning(query.vector, before.vector),
        sense=_leaning(query.sense, before.sense),
        tokens=tokens,
    )
    if query.whole:
        return replace(leaning, whole=follow(query.whole, replace(before, period=None)))
    return replace(leaning, period=before.period, whole=leaning) if before.period else leaning


def _leaning(vector: Vectors, before: Vectors) -> Vectors:
    leaning: Vectors = vector + BEFORE * before
    return leaning / np.float32(np.linalg.norm(leaning))
