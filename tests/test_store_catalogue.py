"""The list of articles, and one by its id."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from indexing import home

from qa.encoder import Encoder
from qa.errors import ConfigError, IndexDamaged, IndexMissing
from qa.store.catalogue import browse, find
from qa.store.database import DATABASE
from qa.store.records import Choice


@pytest.fixture(name="index")
def new_index(tmp_path: Path, encoder: Encoder) -> Path:
    """Three articles, of two days and of none, from two sources."""
    index = home(tmp_path, encoder) / "index"
    for name, day, source in (
        ("a", "2021-03-01", "The Valley Post"),
        ("b", None, ""),
        ("c", "2021-03-02", "Ö-Radio"),
    ):
        dated = "text" if day else ""
        statement = "UPDATE articles SET date = ?, dated = ?, source = ? WHERE id = ?"
        change(index, statement, day, dated, source, f"news/{name}.txt")
    return index


def change(index: Path, statement: str, *values: object) -> None:
    db = sqlite3.connect(index / DATABASE)
    with db:
        db.execute(statement, values)
    db.close()


def names(index: Path, **chosen: object) -> list[str]:
    found, _ = browse(index, Choice(**chosen))  # type: ignore[arg-type]
    return [entry.id[5] for entry in found]


def test_newest_first_and_undated_last(index: Path) -> None:
    found, total = browse(index)
    assert [entry.id for entry in found] == ["news/c.txt", "news/a.txt", "news/b.txt"]
    assert total == 3
    assert (found[0].title, found[0].date, found[0].lang) == ("افتتاح مهرجان الموسيقى", date(2021, 3, 2), "ar")
    assert (found[1].source, found[2].date) == ("The Valley Post", None)
    assert found[0].file == str(index.parent / "news" / "c.txt")


def test_only_some(index: Path) -> None:
    assert names(index, lang="en") == ["a", "b"]
    assert names(index, lang="fr") == []
    assert names(index, source="valley") == ["a"]
    assert names(index, source="ö-RADIO") == ["c"]
    assert names(index, since=date(2021, 3, 2)) == ["c"]
    assert names(index, until=date(2021, 3, 1)) == ["a"]
    assert names(index, since=date(2021, 3, 1), until=date(2021, 3, 2)) == ["c", "a"]
    assert names(index, since=date(2021, 3, 1), lang="en") == ["a"]
    found, total = browse(index, limit=1)
    assert ([entry.id for entry in found], total) == (["news/c.txt"], 3)


def test_one_by_its_id(index: Path) -> None:
    found = find(index, "news/b.txt")
    assert found.article.text.startswith("The bakery in Mill Street")
    assert found.path == index.parent / "news" / "b.txt"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("news/d.txt", r"did you mean news/[abc]\.txt or news/[abc]\.txt or news/[abc]\.txt\?$"),
        ("b.txt", r"did you mean news/b\.txt\?$"),
        ("b.txr", r"did you mean news/b\.txt\b"),
        ("كتاب", r"`qa list` names those there are$"),
        ("", r"`qa list` names those there are$"),
    ],
)
def test_one_that_is_not_there(index: Path, asked: str, said: str) -> None:
    with pytest.raises(ConfigError, match=rf"^there is no article {asked}: {said}"):
        find(index, asked)


def test_a_text_that_is_not_what_was_indexed_is_not_shown(index: Path) -> None:
    change(index, "UPDATE articles SET text = replace(text, 'rye', 'oat') WHERE id = 'news/b.txt'")
    with pytest.raises(IndexDamaged, match=r"^the text of news/b\.txt is not what was indexed: mend it with `qa "):
        find(index, "news/b.txt")
    change(index, "UPDATE articles SET headings = '[[1' WHERE id = 'news/a.txt'")
    with pytest.raises(IndexDamaged, match=r"^article news/a\.txt is damaged in the index \(.*\): mend it with"):
        find(index, "news/a.txt")


def test_damage_within_is_said(index: Path) -> None:
    size = (index / DATABASE).stat().st_size
    with (index / DATABASE).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))
    with pytest.raises(IndexDamaged, match="is damaged"):
        browse(index)


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        browse(tmp_path)
