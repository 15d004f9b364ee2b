"""A library: an index that can be used, or one line that says why not."""

from __future__ import annotations

import gc
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from corpora import BRIDGE, emptied, write_files

from qa.encoder import Encoder
from qa.errors import IndexDamaged, IndexMismatch, IndexMissing, QueryError
from qa.index import update
from qa.library import LONGEST, Library
from qa.store.database import DATABASE


@pytest.fixture
def copy(seed_index: Path, tmp_path: Path) -> Path:
    """An index that a test may change."""
    return Path(shutil.copytree(seed_index, tmp_path / "copy"))


def change(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / DATABASE) as db:
        db.execute(statement)


@pytest.mark.parametrize(
    "question", ["", " ", "\n\t\u2003", "؟", "?!… —", "\u202e\u200f", "😀", "\0", "\ud800", "_"], ids=ascii
)
def test_a_question_without_words(library: Library, question: str) -> None:
    for ask in (library.ask, library.search):
        with pytest.raises(QueryError, match=r"^the question is empty: ask something in words$"):
            ask(question)


def test_the_longest_question(library: Library) -> None:
    longest = "من وقّع الاتفاق؟ " * LONGEST
    assert library.ask(longest[:LONGEST]).timings_ms
    assert library.ask(f"  {longest[: LONGEST - 1]}\n").question == longest[: LONGEST - 1].strip()
    for ask in (library.ask, library.search):
        with pytest.raises(QueryError, match=r"^the question has 2,001 characters: ask it in at most 2,000$"):
            ask(longest[: LONGEST + 1])


def test_the_question_is_answered_without_the_space_around_it(library: Library) -> None:
    answer = library.ask("\n what does the agreement cover? ")
    assert answer.question == "what does the agreement cover?"
    took = answer.timings_ms
    assert set(took) == {"encode", "words", "search", "dense", "lexical", "read", "fuse", "quotes"}
    assert all(ms >= 0 for ms in took.values())
    assert took["search"] >= took["dense"] + took["lexical"] + took["read"] + took["fuse"]


def test_garbage_is_looked_for_less_often_and_never_where_nobody_wants_it(copy: Path) -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(700, 10, 10)
        Library.open(copy)
        assert gc.get_threshold() == (20_000, 10, 10)
        gc.set_threshold(0)
        Library.open(copy)
        assert gc.get_threshold()[0] == 0
    finally:
        gc.set_threshold(*before)


def test_what_has_been_closed_may_be_asked_again(copy: Path) -> None:
    library = Library.open(copy)
    library.close()
    assert library.ask("what does the agreement cover?").answered
    library.close()
    assert not [path.name for path in copy.iterdir() if path.name.endswith(("-wal", "-shm"))]


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match=r"^there is no index in \S+: build one with `qa index FOLDER"):
        Library.open(tmp_path)


def test_an_index_without_articles(seed_index: Path, tmp_path: Path) -> None:
    library = Library.open(emptied(seed_index, tmp_path / "empty"))
    for ask in (library.ask, library.search):
        with pytest.raises(IndexMissing, match=r"holds no article: add some with `qa index FOLDER`$"):
            ask("anything")


def test_an_index_of_another_encoder(copy: Path) -> None:
    change(copy, "UPDATE settings SET value = 'other-model' WHERE key = 'fingerprint'")
    with pytest.raises(IndexMismatch, match=rf"was built by other-model, .* `qa index --rebuild --index {copy}`$"):
        Library.open(copy)


def test_an_index_of_another_pipeline(copy: Path) -> None:
    change(copy, "UPDATE settings SET value = 'old' WHERE key = 'pipeline'")
    with pytest.raises(IndexMismatch, match="--rebuild"):
        Library.open(copy)


def test_what_is_no_database(copy: Path) -> None:
    for beside in copy.glob(f"{DATABASE}-*"):
        beside.unlink()
    (copy / DATABASE).write_bytes(b"not a database " * 1000)
    with pytest.raises(IndexDamaged):
        Library.open(copy)


def test_the_index_that_the_environment_names(seed_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISNAD_INDEX", str(seed_index))
    assert Library.open().folder == seed_index


def test_a_new_generation_is_seen_without_opening_again(copy: Path, encoder: Encoder, tmp_path: Path) -> None:
    library = Library.open(copy)
    question = "When did the old stone bridge reopen to traffic?"
    assert not library.ask(question).answered
    update([write_files(tmp_path / "articles", {"bridge.txt": BRIDGE})], copy, encoder)
    assert "12 March 2019" in library.ask(question).citations[0].quote


def test_threads_share_a_library(library: Library) -> None:
    questions = ["what does the agreement cover?", "ماذا تشمل مذكرة التفاهم؟", "What is the capital of Japan?"] * 4
    alone = [library.ask(question).citations for question in questions]
    with ThreadPoolExecutor(4) as pool:
        together = [answer.citations for answer in pool.map(library.ask, questions)]
    assert together == alone


def test_a_follow_up_is_asked_of_what_the_question_before_was_about(library: Library) -> None:
    before = "What does the agreement with Morocco cover?"
    alone = library.ask("And who signed it?")
    after = library.ask("And who signed it?", after=before)
    assert after.answered
    assert after.confidence > alone.confidence
    assert not library.ask("And which team won the cup?", after=before).answered
