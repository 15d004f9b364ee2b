from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from indexing import BRIDGE, Listening, assert_sound, rows, write
from indexing import home as new_home

from qa.encoder import Encoder, Vectors
from qa.encoder.words import encode_words
from qa.index import update
from qa.store import database


@pytest.fixture
def home(tmp_path: Path, encoder: Encoder) -> Path:
    return new_home(tmp_path, encoder)


def rebuilt(home: Path, encoder: Encoder) -> Listening:
    """What is asked of the encoder when the index is built anew."""
    listening = Listening(encoder)
    update([home / "news"], home / "index", listening, rebuild=True)
    assert_sound(home / "index")
    return listening


def test_only_what_is_new_is_encoded(home: Path, encoder: Encoder) -> None:
    columns = "SELECT terms, vector, sentence_vectors FROM passages ORDER BY terms"
    before = rows(home / "index", columns)
    (home / "news" / "c.txt").rename(home / "news" / "moved.txt")
    assert not rebuilt(home, encoder).asked
    assert rows(home / "index", columns) == before
    write(home / "news", a=BRIDGE.replace("It cost 3.5 million", "It cost zillions of"))
    listening = rebuilt(home, encoder)
    assert all("zillions" in text for text in listening.passages)
    assert not listening.queries


def test_words_of_another_pipeline_are_encoded_again(
    home: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def listening(words: Sequence[str]) -> Vectors:
        asked.extend(words)
        return encode_words(words)

    monkeypatch.setattr("qa.encoding.encode_words", listening)
    rebuilt(home, encoder)
    assert asked == []
    for module in ("qa.index", "qa.earlier"):
        monkeypatch.setattr(f"{module}.PIPELINE", "next")
    assert not rebuilt(home, encoder).passages
    assert {"bridge", "bakery"} < {*asked}


def test_vectors_that_are_none_are_not_taken_over(home: Path, encoder: Encoder) -> None:
    spoilt = np.full(encoder.dim, np.nan, "<f4").tobytes()
    with sqlite3.connect(home / "index" / database.DATABASE) as db:
        db.execute("UPDATE passages SET vector = ? WHERE terms LIKE '%bakeri%'", (spoilt,))
        db.execute("UPDATE passages SET sentence_vectors = x'00' WHERE lang = 'ar'")
    listening = rebuilt(home, encoder)
    assert any("rye bread" in text for text in listening.passages)
    assert any("مهرجان" in text for text in listening.passages)
    assert not any("bridge" in text for text in listening.passages)
    assert not listening.queries


def test_an_index_that_cannot_be_read_is_built_anew_all_the_same(home: Path, encoder: Encoder) -> None:
    with sqlite3.connect(home / "index" / database.DATABASE) as db:
        db.execute("UPDATE background SET mean = x'00000000'")
    assert len(rebuilt(home, encoder).passages) == 3


def test_of_equal_passages_one_is_encoded(tmp_path: Path, encoder: Encoder) -> None:
    listening = Listening(encoder)
    wire = "Minister resigns\n\nThe minister of trade resigned on Monday evening, the agency said."
    news = write(tmp_path / "news", a=wire, b=wire.replace("\n\n", "\n\n\n"))
    update([news], tmp_path / "index", listening)
    assert len(listening.passages) == 1
    (one,), (two,) = rows(tmp_path / "index", "SELECT sentence_vectors FROM passages")
    assert one == two
