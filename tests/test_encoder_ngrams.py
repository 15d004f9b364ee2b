"""The universal encoder's model: what is computed once for several texts is what is computed for each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.encoder import universal
from qa.encoder.ngrams import TOGETHER, NgramModel

some_texts = st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=12), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def model() -> NgramModel:
    return universal.load()[0]


@settings(max_examples=30)
@given(some_texts)
def test_texts_that_repeat_each_other(some: list[list[int]]) -> None:
    model = universal.load()[0]
    alone = np.concatenate([model.encode([text]) for text in some])
    assert np.allclose(model.encode(some), alone, atol=1e-5)


def test_a_part_of_a_text_is_another_text(model: NgramModel) -> None:
    whole = list(range(100, 140))
    vectors = model.encode([whole, whole[:20], whole[20:], whole[10:30]])
    cosines = vectors @ vectors.T - np.eye(4)
    assert cosines.max() < 0.99
    assert cosines[0].max() > cosines[1, 2]


def test_as_many_different_pieces_as_there_may_be(model: NgramModel) -> None:
    ids = np.arange(100, 100 + TOGETHER)
    found = model.encode([ids[: TOGETHER // 2].tolist(), ids[TOGETHER // 2 :].tolist()])
    assert np.allclose(found[1], model.encode([ids[TOGETHER // 2 :].tolist()])[0], atol=1e-5)


def test_the_order_of_pieces_counts(model: NgramModel) -> None:
    vectors: npt.NDArray[np.float32] = model.encode([[500, 600, 700], [700, 600, 500]])
    assert vectors[0] @ vectors[1] < 0.999
