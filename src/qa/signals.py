"""What speaks for a passage and for each of its sentences: cosines, and shares of the question's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa.centring import Background
from qa.encoder import Vectors
from qa.encoder.tokens import best
from qa.matching import Near, matches
from qa.query import Query
from qa.store.records import StoredPassage


@dataclass(frozen=True, slots=True)
class Signals:
    """What PASSAGE and SENTENCE of ``search`` weigh, for the passages of one language: a row each.

    ``centred``: the passages' vectors. ``first``: the row of each passage's first sentence.
    """

    passages: npt.NDArray[np.float64]
    sentences: npt.NDArray[np.float64]
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
    closest, mean = np.maximum.reduceat(cosines, first), np.add.reduceat(cosines, first) / counts
    meant = np.concatenate([passage.encoded.senses for passage in passages])
    senses = background.sense_cosines(meant, query.sense, lang)
    whole = first + np.arange(len(passages))  # a row of each passage's own stands before those of its sentences
    sense, senses = senses[whole], np.delete(senses, whole)
    best_sense = np.maximum.reduceat(senses, first)
    found = _token_matches(query, passages)
    all_found = np.maximum.reduceat(found, first)
    alike, all_alike, worst = found.sum(axis=1), all_found.sum(axis=1), least(all_found)
    near, each = _near(query, lang, weights)
    held = matches(near, [terms for passage in passages for terms in passage.encoded.terms])
    shares, share = held @ each, np.maximum.reduceat(held, first) @ each
    of_passage = np.stack([cosine, closest, mean, sense, best_sense], axis=1)
    return Signals(
        passages=np.column_stack(
            [
                *(of_passage, share, np.maximum.reduceat(shares, first)),
                *(all_alike, np.maximum.reduceat(alike, first), worst),
            ]
        ),
        sentences=np.column_stack(
            [
                *(cosines, senses, np.repeat(of_passage, counts, axis=0), shares, np.repeat(share, counts)),
                *(alike, np.repeat(all_alike, counts), np.repeat(worst, counts)),
            ]
        ),
        centred=centred,
        first=first,
    )


def _token_matches(query: Query, passages: Sequence[StoredPassage]) -> Vectors:
    """How much each of the question's tokens finds in each sentence of ``passages``: ``(sentences, tokens)``."""
    counts = np.array([count for passage in passages for count in passage.encoded.counts])
    tokens = np.concatenate([passage.encoded.tokens for passage in passages])
    return best(query.tokens, tokens, np.cumsum(counts) - counts)


def least(found: Vectors) -> Vectors:
    """The mean cosine of that third of the question's tokens which finds least, ``(passages,)``.

    ``found`` ``(passages, tokens)`` is as ``encoder.tokens.best`` gives it. A passage that has everything but
    what is asked about has a low one.
    """
    tokens = found.shape[1]
    third = max(1, tokens // 3)
    worst: Vectors = np.sort(found, axis=1)[:, :third].sum(axis=1) * np.float32(tokens / third)
    return worst


def _near(query: Query, lang: str, weights: Mapping[str, float]) -> tuple[Near, npt.NDArray[np.float64]]:
    """What finds the question's words in texts of ``lang``, numbers in every language, and what each counts for."""
    near = query.translations.get(lang, {})
    foreign = lang != query.lang and lang in query.translations
    even = 1 / max(1, len(query.terms))
    return (
        {term: near.get(term, {}) for term in query.terms},
        np.array([even if foreign else weights[term] for term in query.terms]),
    )
