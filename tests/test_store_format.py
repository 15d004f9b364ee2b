"""An index that an older release left on someone's disk: it opens, and answers."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from indexing import BAKERY, assert_sound, python, rows, write

from qa.encoder import Encoder
from qa.errors import IndexLocked, IndexMismatch, StoreError
from qa.index import update
from qa.library import Library
from qa.store import schema
from qa.store.catalogue import browse
from qa.store.database import DATABASE, connect
from qa.store.doctor import examine
from qa.store.lock import writing
from qa.store.reader import Reader
from qa.store.status import read_status

FIXTURES = sorted(Path(__file__).with_name("fixtures").glob("index-format-*"))
NEWER = ("CREATE TABLE extra (a INTEGER PRIMARY KEY) STRICT;", "INSERT INTO extra VALUES (7);")


@pytest.fixture(params=FIXTURES, ids=lambda path: path.name)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder of an index as it was left: without what can be made from it."""
    return Path(shutil.copytree(request.param, tmp_path / "index"))


def test_there_is_one_of_each_released_format() -> None:
    assert [path.name for path in FIXTURES][:2] == ["index-format-1", "index-format-2"]
    assert len(FIXTURES) in {len(schema.MIGRATIONS), len(schema.MIGRATIONS) - 1}, "the newest may be unreleased"


def test_it_is_refused_where_articles_were_read_otherwise(tmp_path: Path) -> None:
    old = shutil.copytree(FIXTURES[0], tmp_path / "index")
    with pytest.raises(IndexMismatch, match=rf"^[^\n]*: build it anew with `qa index --rebuild --index {old}`$"):
        Library(old)


def test_it_opens_and_answers_once_it_is_built_anew(old: Path, encoder: Encoder, tmp_path: Path) -> None:
    with Reader(old).view() as view:
        assert len(view.lexical(["bakeri"], 10)) == 1
    assert rows(old, "PRAGMA user_version") == [(len(schema.MIGRATIONS),)]
    assert read_status(old).articles == 3
    failing = {check.name: check.remedy for check in examine(old) if check.severity == "FAIL"}
    assert all("--rebuild" in remedy for remedy in failing.values())
    write(tmp_path / "news", b=BAKERY)
    update([tmp_path / "news"], old, encoder, rebuild=True)
    answer = Library(old).ask("Which bakery won the national prize?")
    citation = answer.citations[0]
    assert citation.quote == "The bakery in Mill Street won the national prize for its rye bread."
    assert citation.article.id == "news/b.txt"
    assert {check.name for check in examine(old) if check.severity == "FAIL"} == set()
    assert_sound(old)


def test_an_index_of_format_2_folds_what_has_the_same_text_and_must_be_built_anew(tmp_path: Path) -> None:
    old = shutil.copytree(FIXTURES[1], tmp_path / "index")
    with pytest.raises(IndexMismatch, match="qa index --rebuild"):
        Library(old).ask("Which bakery won the national prize?")
    found, total = browse(old)
    assert [(one.id, [other.id for other in one.also]) for one in found] == [
        ("news/c.txt", []),
        ("news/b.txt", []),
        ("news/a.txt", ["news/d.txt"]),
    ]
    assert (total, read_status(old).articles, read_status(old).copies) == (3, 3, 1)
    failed = [check for check in examine(old) if check.severity == "FAIL"]
    assert {check.name for check in failed} == {"encoder", "vectors"}
    assert all("qa index --rebuild" in check.remedy for check in failed)


@pytest.fixture
def newer_release(monkeypatch: pytest.MonkeyPatch) -> int:
    """The format of the release that comes after this one."""
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, *NEWER))
    return len(schema.MIGRATIONS)


def test_who_reads_brings_it_up_to_date(old: Path, newer_release: int) -> None:
    connect(old).close()
    assert rows(old, "PRAGMA user_version") == [(newer_release,)]
    assert rows(old, "SELECT a FROM extra") == [(7,)]
    connect(old).close()


HOLD = """\
import sys
from pathlib import Path
from qa.store.lock import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_not_while_another_process_writes(old: Path, newer_release: int) -> None:
    with python(HOLD, old) as other:
        assert other.stdout
        other.stdout.readline()
        with pytest.raises(IndexLocked, match=rf"is being written by process {other.pid} on"):
            connect(old)
        other.communicate("\n")
    connect(old).close()
    assert rows(old, "PRAGMA user_version") == [(newer_release,)]


@pytest.mark.usefixtures("newer_release")
def test_who_cannot_lock_it_is_told_what_to_do(old: Path) -> None:
    before = rows(old, "PRAGMA user_version")
    (old / "write.lock").mkdir()
    with pytest.raises(StoreError, match=r"of an older release and cannot be .* run `qa status --index [^\n]+$"):
        connect(old)
    (old / "write.lock").rmdir()
    assert rows(old, "PRAGMA user_version") == before


def test_a_migration_that_fails_leaves_the_format_before(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [(len(schema.MIGRATIONS),)]
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE a (x); CREATE TABLE a (x);"))
    with pytest.raises(StoreError):
        connect(old)
    assert rows(old, "PRAGMA user_version") == before
    with writing(old):
        pass


def test_a_database_of_other_making_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / DATABASE) as db:
        db.execute("CREATE TABLE settings (key, value)")
    with pytest.raises(StoreError, match="is empty"):
        connect(tmp_path)
