"""Tokens kept small: whose they are, how they are compared, and what that tells."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from qa.encoder import Encoder, Read, Reading, tokens
from qa.encoder.bundled import BundledEncoder

SENTENCES = ("Fatima Salem opened the hospital.", "Two roads lead there.", "وصلت الوزيرة ظهر الأحد.")


def read(encoder: Encoder, *sentences: str) -> Read:
    text, parts = "A title", []
    for sentence in sentences:
        parts.append((len(text) + 1, len(text) + 1 + len(sentence)))
        text = f"{text}\n{sentence}"
    return next(iter(encoder.iter_passages([Reading(text, tuple(parts))])))


def found(encoder: Encoder, question: str, passage: Read) -> list[float]:
    """How well each part of ``passage`` matches ``question``."""
    counts = np.array(passage.counts)
    firsts = np.cumsum(counts) - counts
    similar: list[float] = (
        tokens.best(encoder.encode_question(question).tokens, passage.tokens, firsts).sum(axis=1).tolist()
    )
    return similar


def test_the_tokens_of_sentences_one_after_the_other(encoder: Encoder) -> None:
    passage = read(encoder, *SENTENCES)
    assert passage.tokens.dtype == np.uint8
    assert passage.tokens.shape == (sum(passage.counts), tokens.DIM // 2)
    assert len(passage.counts) == 3
    assert all(4 <= count <= 12 for count in passage.counts), "no title, no prompt, and nothing of the others"


def test_a_question_s_tokens_count_for_one_together(encoder: Encoder) -> None:
    asked = encoder.encode_question("Who opened the hospital?").tokens
    assert asked.dtype == np.float32
    assert asked.shape[1] == tokens.DIM
    assert 5 <= len(asked) <= 8
    assert np.linalg.norm(asked, axis=1).sum() == pytest.approx(1, abs=1e-4)
    assert encoder.encode_question("").tokens.shape == (1, tokens.DIM)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Who opened the hospital?", 0),
        ("من افتتح المستشفى؟", 0),
        ("How many roads are there?", 1),
        ("كم عدد الطرق؟", 1),
        ("متى وصلت الوزيرة؟", 2),
        ("When did the minister arrive?", 2),
    ],
)
def test_the_sentence_that_has_what_is_asked_for_matches_best(
    encoder: Encoder, question: str, sentence: int
) -> None:
    similar = found(encoder, question, read(encoder, *SENTENCES))
    assert np.argmax(similar) == sentence
    assert -1 <= min(similar) <= max(similar) <= 1


def test_each_token_takes_the_most_similar_one_of_a_part() -> None:
    question = np.eye(3, tokens.DIM, dtype=np.float32) / 3
    some = np.eye(tokens.DIM, dtype=np.float32)[[0, 1, 1, -1]] * np.float32(5 / tokens.SCALE)
    some[3, 2] = -2 / tokens.SCALE
    best = tokens.best(question.astype(np.float32), tokens.packed(some), np.array([0, 2])) * tokens.SCALE * 3
    assert best == pytest.approx(np.array([[5, 5, 0], [0, 5, 0]]), abs=1e-4)


def test_a_part_beyond_the_window_has_one_token_that_is_like_none(encoder: Encoder) -> None:
    passage = read(encoder, "كتاب " * 600, "beyond the window")
    assert passage.counts[1] == 1
    assert np.array_equal(passage.tokens[-1:], tokens.none(1)[0])
    assert not np.array_equal(passage.tokens[:1], tokens.none(1)[0])


def test_no_tokens_of_a_question_by_the_engine_alone(monkeypatch: pytest.MonkeyPatch, encoder: Encoder) -> None:
    monkeypatch.setitem(sys.modules, "qa.encoder.questions", None)
    alone = BundledEncoder()
    assert alone.encode_question("Who?").tokens.shape == (0, tokens.DIM)
    assert found(alone, "Who opened the hospital?", read(encoder, *SENTENCES)) == [0, 0, 0]
