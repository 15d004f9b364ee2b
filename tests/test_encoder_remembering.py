"""What has been encoded once is not encoded again, and nobody can tell but by the clock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from indexing import Listening

from qa.encoder import Encoder, remembering
from qa.encoder.remembering import RememberingEncoder


@pytest.fixture(name="listening")
def new_listening(encoder: Encoder) -> Listening:
    return Listening(encoder)


def test_a_text_is_encoded_once(encoder: Encoder, listening: Listening) -> None:
    remembered = RememberingEncoder(listening)
    texts = ["a bridge", "جسر", "a bridge"]
    for asked in (texts, texts[::-1], ["a bakery", *texts]):
        found = remembered.encode_queries(asked)
        assert found.dtype == np.float32
        assert found.flags.c_contiguous
        np.testing.assert_array_equal(found, Listening(encoder).encode_queries(asked))
    assert listening.queries == ["a bridge", "جسر", "a bakery"]
    assert remembered.encode_queries([]).shape == (0, encoder.dim)


def test_what_was_asked_for_last_is_kept(listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "KEPT", 2)
    remembered = RememberingEncoder(listening)
    for text in ("one", "two", "one", "three", "one", "two"):
        remembered.encode_queries([text])
    assert listening.queries == ["one", "two", "three", "two"]
    assert len(remembered.encode_queries(["four", "five", "six"])) == 3


def test_the_rest_is_the_encoders_own(encoder: Encoder, listening: Listening) -> None:
    remembered = RememberingEncoder(listening)
    assert (remembered.dim, remembered.fingerprint) == (encoder.dim, encoder.fingerprint)
    one = remembered.encode_passages(["a bridge"])
    (same,) = remembered.iter_passages(["a bridge"])
    np.testing.assert_array_equal(one, same)
    assert listening.passages == ["a bridge", "a bridge"]


def test_threads_get_their_own_texts(encoder: Encoder) -> None:
    remembered, words = RememberingEncoder(encoder), ["bridge", "storm", "جسر"]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda n: remembered.encode_queries(words[n % 3 :]), range(24)))
    whole = encoder.encode_queries(words)
    for n, vectors in enumerate(found):
        np.testing.assert_allclose(vectors, whole[n % 3 :], atol=1e-6)
