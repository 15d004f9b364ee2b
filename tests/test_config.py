from __future__ import annotations

from pathlib import Path

import pytest

from qa import config
from qa.config import articles_folder, index_folder
from qa.store.database import DATABASE

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ISNAD_INDEX", raising=False)
    return tmp_path


def with_index(folder: Path) -> Path:
    folder.mkdir()
    (folder / DATABASE).touch()
    return folder


def test_the_index_of_the_checkout_is_the_last_resort_but_one() -> None:
    assert index_folder() == CHECKOUT / "index"


def test_an_index_here_comes_before_that_of_the_checkout(here: Path) -> None:
    (here / "index").mkdir()
    assert index_folder() == CHECKOUT / "index", "a folder of that name may be anything"
    (here / "index").rmdir()
    with_index(here / "index")
    assert index_folder() == Path("index")


def test_the_environment_comes_before_both(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_index(here / "index")
    monkeypatch.setenv("ISNAD_INDEX", "elsewhere")
    assert index_folder() == Path("elsewhere")
    monkeypatch.setenv("ISNAD_INDEX", "")
    assert index_folder() == Path("index")


def test_what_is_named_comes_first(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_index(here / "index")
    monkeypatch.setenv("ISNAD_INDEX", "elsewhere")
    assert index_folder(Path("named")) == Path("named")


def test_installed_without_a_checkout_it_is_here(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "__file__", str(here / "site-packages" / "qa" / "config.py"))
    assert index_folder() == Path("index")


def test_articles_are_looked_for_beside_the_index(tmp_path: Path) -> None:
    assert articles_folder(tmp_path / "index") == []
    (tmp_path / "seeds").mkdir()
    assert articles_folder(tmp_path / "index") == [tmp_path / "seeds"]
