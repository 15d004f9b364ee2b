"""Bits of the database flip: what is quoted is in the articles, or it is refused in one line."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from indexing import home

from qa.answer import Answer
from qa.encoder import Encoder
from qa.errors import StoreError
from qa.library import Library
from qa.store.catalogue import browse, find
from qa.store.database import DATABASE
from qa.store.doctor import examine


@pytest.fixture(name="index")
def new_index(tmp_path: Path, encoder: Encoder) -> Path:
    index = home(tmp_path, encoder) / "index"
    with closing(sqlite3.connect(index / DATABASE)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return index


def shown(index: Path) -> list[str]:
    """The text of every article that is not refused."""
    texts: list[str] = []
    with suppress(StoreError):
        for entry in browse(index)[0]:
            with suppress(StoreError):
                texts.append(find(index, entry.id).article.text)
    return texts


@pytest.mark.parametrize("length", [1, 64, 4096])
def test_no_text_is_shown_that_was_not_indexed(index: Path, length: int) -> None:
    truth = set(shown(index))
    assert len(truth) == 3
    data = (index / DATABASE).read_bytes()
    chance = random.Random(length)
    for _ in range(40):
        at = chance.randrange(len(data) - length)
        noise = bytes([data[at] ^ 1 << chance.randrange(8)]) if length == 1 else chance.randbytes(length)
        (index / DATABASE).write_bytes(data[:at] + noise + data[at + length :])
        assert set(shown(index)) <= truth
        for check in examine(index):
            assert check.severity == "OK" or check.remedy, check


def ask(index: Path) -> list[Answer]:
    """Answers from an index; none from one that is refused."""
    found: list[Answer] = []
    with suppress(StoreError):
        library = Library(index)
        for question in ("Which bakery won the prize?", "ما الذي فاز بالجائزة؟"):
            with suppress(StoreError):
                found.append(library.ask(question))
    return found


@pytest.mark.parametrize("length", [1, 64, 4096])
def test_no_quote_is_given_that_was_not_indexed(index: Path, length: int) -> None:
    truth = shown(index)
    data = (index / DATABASE).read_bytes()
    chance = random.Random(length)
    answered = 0
    for _ in range(10):
        at = chance.randrange(len(data) - length)
        noise = bytes([data[at] ^ 1 << chance.randrange(8)]) if length == 1 else chance.randbytes(length)
        (index / DATABASE).write_bytes(data[:at] + noise + data[at + length :])
        for answer in ask(index):
            answered += answer.answered
            assert all(any(citation.quote in text for text in truth) for citation in answer.citations)
    assert answered


@pytest.mark.parametrize("length", [0, 99, 4096, 50_000])
def test_a_database_that_was_cut_off(index: Path, length: int) -> None:
    data = (index / DATABASE).read_bytes()
    (index / DATABASE).write_bytes(data[:length])
    assert shown(index) == []
    assert any(check.severity == "FAIL" for check in examine(index))


def test_text_flipped_where_it_stands(index: Path) -> None:
    """Each letter of a sentence in turn: SQLite does not notice, the article's hash does."""
    data = (index / DATABASE).read_bytes()
    at = data.index(b"national prize for its rye bread")
    for offset in range(0, 32, 4):
        flipped = bytearray(data)
        flipped[at + offset] ^= 1
        (index / DATABASE).write_bytes(flipped)
        assert len(shown(index)) == 2
        found = {check.name: check.severity for check in examine(index)}
        assert found["texts"] == "FAIL"
        assert found["database"] == "OK"
