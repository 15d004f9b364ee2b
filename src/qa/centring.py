"""Centring: take away what all texts of one language have in common, so that languages can be compared.

Vectors of one language share a large common part (and questions another than passages, and single words
yet another), so an uncentred search prefers passages in the question's own language whatever they say. The
common part is estimated from this package's own small set of everyday questions and passages
(``background/``), once for each encoder: it does not change with the corpus, and a corpus of a single
article works like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np

from qa.encoder import Encoder, Reading, Vectors
from qa.encoder.senses import SCALE, Senses, encode_sentences
from qa.encoder.universal import DIM
from qa.encoder.words import encode_words
from qa.language.analyse import analyse
from qa.language.arabic import bare
from qa.language.script import language

LANGUAGES = ("ar", "en")
ENCODED = ("question", "passage", "sentence")
"""Roles of vectors that the encoder makes; those of the others the universal encoder makes."""

ROLES = (*ENCODED, "word", "question-sense", "sense")

TOGETHER = 4
"""Everyday texts that are read as one passage, of which they are the sentences."""

SHIPPED = "background/means.npz"
"""The background of the bundled encoder, computed beforehand, with that encoder's fingerprint."""


_PACKAGE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Background:
    """What everyday texts have in common: for each role and language the mean of their vectors.

    ``(dim,)`` of questions, passages and sentences; ``(universal.DIM,)`` of words, and of what questions, and
    passages and sentences, mean.
    """

    means: dict[tuple[str, str], Vectors]

    def centre_questions(self, vectors: Vectors, lang: str) -> Vectors:
        """``vectors`` ``(n, dim)`` without what questions of ``lang`` have in common, of unit length."""
        return self._centre(vectors, "question", lang)

    def centre_passages(self, vectors: Vectors, lang: str) -> Vectors:
        """``vectors`` ``(n, dim)`` without what passages of ``lang`` have in common, of unit length."""
        return self._centre(vectors, "passage", lang)

    def centre_words(self, vectors: Vectors, lang: str) -> Vectors:
        """``vectors`` ``(n, dim)`` without what single words of ``lang`` have in common, of unit length."""
        return self._centre(vectors, "word", lang)

    def centre_question_senses(self, vectors: Vectors, lang: str) -> Vectors:
        """``vectors`` ``(n, senses.DIM)`` of questions of ``lang``, without what these have in common."""
        return self._centre(vectors, "question-sense", lang)

    def sentence_cosines(self, vectors: Vectors, question: Vectors, lang: str) -> Vectors:
        """The cosines ``(n,)`` of a centred ``question`` with sentences of ``lang``, as if these were centred."""
        return self._cosines(vectors, question, "sentence", lang)

    def sense_cosines(self, senses: Senses, question: Vectors, lang: str) -> Vectors:
        """The same of what passages and sentences mean, as it is kept, with what a question means."""
        return self._cosines(senses.astype(np.float32), question, "sense", lang, scale=SCALE)

    def _centre(self, vectors: Vectors, role: str, lang: str) -> Vectors:
        with np.errstate(over="ignore", invalid="ignore"):  # what a damaged index holds is near nothing
            rest: Vectors = vectors - self._common(role, lang)
            lengths = np.sqrt(np.einsum("ij,ij->i", rest, rest))  # makes no copy, as a norm would
            rest /= np.maximum(lengths, 1e-9)[:, None]
        return rest

    def _cosines(self, vectors: Vectors, question: Vectors, role: str, lang: str, *, scale: float = 1.0) -> Vectors:
        common = self._common(role, lang) * np.float32(scale)
        with np.errstate(over="ignore", invalid="ignore"):
            along, shared = (vectors @ np.stack([question, common], axis=1)).T
            squares = np.einsum("ij,ij->i", vectors, vectors) - 2 * shared + common @ common
            found: Vectors = (along - common @ question) / np.sqrt(np.maximum(squares, 1e-18))
        return found

    def _common(self, role: str, lang: str) -> Vectors:
        known = self.means.get((role, lang))
        return known if known is not None else np.mean([self.means[role, one] for one in LANGUAGES], axis=0)


def dim_of(role: str, dim: int) -> int:
    """How many numbers vectors of ``role`` have, where those of the encoder have ``dim``."""
    return dim if role in ENCODED else DIM


def background(encoder: Encoder) -> Background:
    """The background of ``encoder``: the shipped one if it is of this encoder, else computed, in seconds."""
    with np.load(_PACKAGE / SHIPPED) as shipped:
        if str(shipped["fingerprint"]) == encoder.fingerprint:
            return Background({(r, lang): shipped[f"{r}.{lang}"] for r in ROLES for lang in LANGUAGES})
    return compute_background(encoder)


def compute_background(encoder: Encoder) -> Background:
    """The background of ``encoder``, from some 160 sentences and the 700 words in them."""
    means = {}
    for lang in LANGUAGES:
        questions, passages = _lines(f"questions.{lang}.txt"), _lines(f"passages.{lang}.txt")
        means["question", lang] = encoder.encode_queries(questions).mean(axis=0)
        means["passage", lang] = encoder.encode_passages(passages).mean(axis=0)
        together = [_as_one(passages[n : n + TOGETHER]) for n in range(0, len(passages), TOGETHER)]
        sentences = [read.vectors[1:] for read in encoder.iter_passages(together)]
        means["sentence", lang] = np.concatenate(sentences).mean(axis=0)
        means["question-sense", lang] = encode_sentences(questions).mean(axis=0)
        means["sense", lang] = encode_sentences(passages).mean(axis=0)
        words = list(surfaces(questions + passages).values())
        means["word", lang] = encode_words(words).mean(axis=0)
    return Background(means)


def _as_one(sentences: Sequence[str]) -> Reading:
    ends = [*accumulate(len(sentence) + 1 for sentence in sentences)]
    return Reading(
        " ".join(sentences), tuple((end - 1 - len(s), end - 1) for end, s in zip(ends, sentences, strict=True))
    )


def surfaces(texts: Iterable[str]) -> dict[str, str]:
    """Each term of ``texts`` that is a word, and how it is written where it stands first, Arabic ones bare."""
    written: dict[str, str] = {}
    for text in texts:
        for token in analyse(text):
            if not token.term[0].isdecimal():
                word = text[token.start : token.end]
                written.setdefault(token.term, bare(word) if language(word) == "ar" else word)
    return written


def _lines(name: str) -> list[str]:
    return (_PACKAGE / "background" / name).read_text("utf-8").splitlines()
