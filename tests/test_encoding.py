"""Articles become passages with vectors, words and senses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from indexing import Listening
from store_conformance import BAKERY, STORM, article

from qa import encoding
from qa.encoder import Encoder, Vectors
from qa.encoder.senses import encode_sentences, packed


def test_a_passage_of_one_sentence_is_read_once(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def listening(texts: Sequence[str]) -> Vectors:
        asked.extend(texts)
        return encode_sentences(texts)

    monkeypatch.setattr(encoding, "encode_sentences", listening)
    (one,), (two,) = encoding.encode_articles(Listening(encoder), [article("a", BAKERY), article("b", STORM)])
    sentences = [STORM[start:end] for start, end in two.sentences]
    assert (len(one.sentences), len(sentences)) == (1, 2)
    assert asked == [BAKERY, STORM, *sentences]
    for senses, texts in ((one.senses, [BAKERY, BAKERY]), (two.senses, [STORM, *sentences])):
        assert senses.dtype == np.int8
        assert np.abs(senses.astype(int) - packed(encode_sentences(texts))).max() <= 1
