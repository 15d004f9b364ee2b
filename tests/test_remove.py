"""Removing articles: they stay away until they are named again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from indexing import BAKERY, Listening, assert_sound, home, stored, write

from qa.encoder import Encoder
from qa.errors import ConfigError, IndexMissing
from qa.index import preview, update
from qa.remove import remove
from qa.store.status import read_status


@pytest.fixture(name="index")
def new_index(tmp_path: Path, encoder: Encoder) -> Path:
    return home(tmp_path, encoder) / "index"


def test_what_was_removed_does_not_come_back_by_itself(index: Path, encoder: Encoder) -> None:
    news = index.parent / "news"
    (gone,) = remove(index, ["news/b.txt", "news/b.txt"])
    assert (gone.id, gone.file.path) == ("news/b.txt", str(news / "b.txt"))
    assert (news / "b.txt").exists()
    assert {*stored(index)} == {"news/a.txt", "news/c.txt"}
    assert read_status(index).removed == (str(news / "b.txt"),)
    assert_sound(index)

    write(news, b=BAKERY + "\nIt sells out by noon.\n")
    report = update([news], index, Listening(encoder))
    assert (report.added, report.unchanged, report.removed) == (0, 2, 0)
    update([news], index, Listening(encoder), rebuild=True)
    assert {*stored(index)} == {"news/a.txt", "news/c.txt"}


def test_it_comes_back_when_it_is_named(index: Path, encoder: Encoder) -> None:
    news = index.parent / "news"
    remove(index, ["news/b.txt", "news/c.txt"])
    report = update([news / "b.txt"], index, Listening(encoder))
    assert report.added == 1
    assert {*stored(index)} == {"news/a.txt", "news/b.txt"}
    assert read_status(index).removed == (str(news / "c.txt"),)
    update([news], index, Listening(encoder))
    assert {*stored(index)} == {"news/a.txt", "news/b.txt"}


def test_a_file_that_was_indexed_by_name_is_no_longer_named(index: Path, encoder: Encoder) -> None:
    alone = write(index.parent / "alone", d=BAKERY) / "d.txt"
    update([alone], index, Listening(encoder))
    remove(index, ["alone/d.txt"])
    roots = [Path(root) for root in read_status(index).corpora]
    assert roots == [index.parent / "news"]
    update(roots, index, Listening(encoder))
    assert "alone/d.txt" not in stored(index)


def test_one_of_many_in_a_file(index: Path, encoder: Encoder) -> None:
    export = write(index.parent / "exports") / "export.jsonl"
    records = [
        {"id": name, "title": f"About {name}", "text": f"The {name} reopened today."} for name in ("quay", "mill")
    ]
    export.write_text("\n".join(map(json.dumps, records)))
    update([export], index, Listening(encoder))
    ours = {id_ for id_ in stored(index) if "#" in id_}
    assert {id_.rpartition("#")[2] for id_ in ours} == {"quay", "mill"}
    (gone,) = (id_ for id_ in ours if id_.endswith("#mill"))
    remove(index, [gone])
    assert read_status(index).removed == (f"{export}#mill",)
    export.write_text("\n".join(map(json.dumps, [*records, {"id": "pier", "text": "The pier is closed."}])))
    update([export.parent], index, Listening(encoder))
    assert {id_.rpartition("#")[2] for id_ in stored(index) if "#" in id_} == {"quay", "pier"}
    update([export], index, Listening(encoder))
    assert {id_.rpartition("#")[2] for id_ in stored(index) if "#" in id_} == {"quay", "pier", "mill"}


def test_a_dry_run_passes_by_what_was_removed(index: Path, encoder: Encoder) -> None:
    news = index.parent / "news"
    remove(index, ["news/b.txt"])
    assert preview([news], index, encoder).added == ()
    assert preview([news / "b.txt"], index, encoder).added == ("news/b.txt",)


def test_all_or_none(index: Path) -> None:
    with pytest.raises(ConfigError, match=r"^there is no article news/x\.txt, y: did you mean news/"):
        remove(index, ["news/a.txt", "news/x.txt", "y"])
    assert len(stored(index)) == 3
    assert read_status(index).removed == ()


def test_the_last_one(index: Path, encoder: Encoder) -> None:
    remove(index, [*stored(index)])
    assert stored(index) == {}
    report = update([index.parent / "news"], index, Listening(encoder))
    assert report.articles == 0
    assert json.dumps(read_status(index).languages) == "{}"


def test_no_index_is_made(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        remove(tmp_path / "none", ["a"])
    assert not (tmp_path / "none").exists()
