"""What an index holds, and the files that it is made of."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from indexing import home

from qa.config import PIPELINE
from qa.encoder import Encoder
from qa.errors import IndexMissing
from qa.store import layout, schema
from qa.store.database import connect
from qa.store.faiss_file import Base, load, save
from qa.store.lock import held_by, writing
from qa.store.status import read_status


@pytest.fixture(name="index")
def new_index(tmp_path: Path, encoder: Encoder) -> Path:
    return home(tmp_path, encoder) / "index"


def test_what_it_holds(index: Path, encoder: Encoder) -> None:
    status = read_status(index)
    assert (status.articles, status.languages) == (3, {"en": 2, "ar": 1})
    assert status.passages >= 3
    assert (status.model, status.fingerprint, status.pipeline) == ("bundled", encoder.fingerprint, PIPELINE)
    assert (status.format, status.search, status.recall) == (len(schema.MIGRATIONS), "exact", None)
    assert (status.corpora, status.removed) == ((str(index.parent / "news"),), ())
    assert status.sizes["passages.faiss"] == (index / "passages.faiss").stat().st_size
    assert status.writer is None


def test_how_passages_are_searched(index: Path) -> None:
    path = index / "passages.faiss"
    found = load(path)
    assert found
    save(path, Base(replace(found.label, kind="IVF1024,SQfp16", recall=0.985), found.index))
    assert (read_status(index).search, read_status(index).recall) == ("IVF1024,SQfp16", 0.985)
    path.unlink()
    assert (read_status(index).search, read_status(index).recall) == ("missing", None)


def test_who_is_writing(index: Path) -> None:
    with writing(index):
        assert read_status(index).writer == f"process {os.getpid()} on {os.uname().nodename}"
    assert read_status(index).writer is None


def test_a_lock_that_is_not_ours(tmp_path: Path) -> None:
    assert held_by(tmp_path) is None
    assert [*tmp_path.iterdir()] == [], "asking leaves nothing behind"
    (tmp_path / "write.lock").mkdir()
    assert held_by(tmp_path) is None


def test_no_index_and_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        read_status(tmp_path)
    connect(tmp_path, create=True).close()
    with pytest.raises(IndexMissing, match="is empty: build it with"):
        read_status(tmp_path)


# The folder -----------------------------------------------------------------------------------------------


def test_the_files_of_a_folder(index: Path) -> None:
    assert (layout.leftovers(index), layout.strangers(index)) == ([], [])
    for name in ("passages.faiss.tmp", "words.fr.faiss", "notes.txt"):
        (index / name).write_text("x")
    (index / "inbox" / "chat").mkdir(parents=True)
    (index / "inbox" / "chat" / "a.txt").write_text("four")
    (index / "feeds.sqlite").write_text("f")
    assert [path.name for path in layout.leftovers(index)] == ["passages.faiss.tmp", "words.fr.faiss"]
    assert [path.name for path in layout.strangers(index)] == ["notes.txt"]
    assert layout.sizes(index)["inbox"] == 4
    assert [name for name, _ in layout.sources(index)] == ["inbox/chat/a.txt"]
    (index / "dangling").symlink_to("nowhere")
    assert layout.sizes(index)["dangling"] == len("nowhere")


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("isnad.sqlite", True),
        ("people.sqlite", True),
        ("inbox/a.txt", True),
        ("inbox/2021/قطار.txt", True),
        ("feeds.sqlite", True),
        ("write.lock", False),
        ("passages.faiss", False),
        ("other/a.txt", False),
        ("../isnad.sqlite", False),
        ("inbox/../../a", False),
        ("inbox/./a", False),
        ("inbox//a", False),
        ("inbox/", False),
        ("/inbox/a", False),
        ("inbox\\..\\a", False),
        ("inbox/a\0b", False),
        ("", False),
    ],
)
def test_what_a_backup_may_hold(name: str, fits: bool) -> None:
    assert layout.belongs(name) is fits
