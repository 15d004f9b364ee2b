"""Where an index is: how places are named, and the note in the folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from qa.errors import ConfigError, IndexMissing
from qa.library import Library
from qa.store import open_store, place
from qa.store.local import LocalStore


def test_a_folder_is_what_it_is(tmp_path: Path) -> None:
    assert place.folder_of(str(tmp_path)) == tmp_path
    assert place.remote(tmp_path) is None
    assert place.called(tmp_path) == str(tmp_path)
    place.note(tmp_path)
    assert [*tmp_path.iterdir()] == []
    assert isinstance(open_store(tmp_path), LocalStore)


def test_milvus_lite_fills_a_folder(tmp_path: Path) -> None:
    folder = place.folder_of(f"milvus:{tmp_path}/news.db")
    assert folder == tmp_path / "news.db"
    assert place.remote(folder) == place.LITE
    assert place.called(folder) == f"milvus:{folder}"
    assert not folder.exists(), "nothing is made before something is indexed"
    place.note(folder)
    place.note(folder)
    assert [path.name for path in folder.iterdir()] == [place.NOTE]
    assert place.remote(folder.resolve()) == place.LITE


def test_a_server_has_a_folder_for_what_stays_local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = place.folder_of("milvus:https://milvus.example.org:443/news/")
    assert folder == place.folder_of("milvus:https://milvus.example.org:443/news")
    assert folder != place.folder_of("milvus:https://milvus.example.org:443/olds")
    assert tmp_path / "isnad" in folder.parents
    assert place.called(folder) == "milvus:https://milvus.example.org:443/news"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert tmp_path / "me" / ".local" / "share" in place.folder_of("milvus:http://localhost:19530").parents


@pytest.mark.parametrize(
    "text",
    [
        "milvus:",
        "milvus:news",
        "milvus:.db",
        "milvus:http://",
        "milvus:http://user:secret@localhost:19530",
        "milvus:http://localhost:19530/news/more",
        "milvus:http://localhost:19530/1st",
        "milvus:ftp://localhost",
    ],
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^milvus:[^\n]+ is no place in Milvus: [^\n]+$|^milvus: is no place"):
        place.folder_of(text)


def test_a_folder_with_an_index_of_its_own_is_refused(tmp_path: Path) -> None:
    (tmp_path / "news.db").mkdir()
    (tmp_path / "news.db" / "isnad.sqlite").touch()
    with pytest.raises(ConfigError, match="holds an index already"):
        place.folder_of(f"milvus:{tmp_path}/news.db")


def test_a_question_makes_nothing(tmp_path: Path) -> None:
    folder = place.folder_of(f"milvus:{tmp_path}/typo.db")
    with pytest.raises(IndexMissing, match=r"there is no index in milvus:.*typo\.db"):
        Library.open(folder)
    assert not folder.exists()


def test_without_the_packages_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("qa.store.milvus.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(ConfigError, match=r"pip install 'isnad-qa\[milvus\]'"):
        open_store(place.folder_of(f"milvus:{tmp_path}/news.db"))
