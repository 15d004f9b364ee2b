"""`qa list`, `show`, `remove`, `status`, `doctor`, `backup`, `restore`, as a person and as a script call them."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from indexing import home, stored

from qa.cli import main
from qa.encoder import Encoder
from qa.index import update
from qa.language.phrases import readable

ARTICLE = {"id", "title", "date", "dated", "source", "url", "lang"}


@pytest.fixture(name="index")
def new_index(tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    index = home(tmp_path, encoder) / "index"
    monkeypatch.setenv("ISNAD_INDEX", str(index))
    return index


def qa(capfd: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    return (status, *capfd.readouterr())


TODAY = f"{readable(date.today(), 'en')} (the file's date)"


@pytest.mark.usefixtures("index")
def test_list(capfd: pytest.CaptureFixture[str]) -> None:
    status, out, err = qa(capfd, "list")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "news/c.txt\t\tar\tافتتاح مهرجان الموسيقى",
        "news/b.txt\t\ten\tA bakery wins the prize",
        "news/a.txt\t\ten\tThe old bridge is open again",
    ]
    status, out, err = qa(capfd, "list", "--lang", "en", "-n", "1")
    assert (status, out, err) == (
        0,
        "news/b.txt\t\ten\tA bakery wins the prize\n",
        "qa: the newest 1 of 2 articles\n",
    )
    assert qa(capfd, "list", "--since", "2020-01-01") == (1, "", "qa: no article is like that\n")
    found = json.loads(qa(capfd, "list", "--json", "-n", "1")[1])
    assert found["total"] == 3
    assert {*found["articles"][0]} == ARTICLE | {"file", "also"}
    status, _, err = qa(capfd, "list", "--until", "yesterday")
    assert (status, err) == (
        2,
        "qa: argument --until: yesterday is no date: write it as 2021-11-24: see `qa list --help`\n",
    )


def test_show(index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, out, err = qa(capfd, "show", "\u2068news/b.txt\u2069")
    assert (status, err) == (0, "")
    assert out.splitlines()[:3] == ["A bakery wins the prize", TODAY, "news/b.txt"]
    assert "rye bread" in out
    assert qa(capfd, "show", "b.txt")[::2] == (2, "qa: there is no article b.txt: did you mean news/b.txt?\n")
    found = json.loads(qa(capfd, "show", "--json", "news/b.txt")[1])
    assert {*found} == {"article", "file", "text", "headings", "content_hash", "also"}
    assert found["text"] == stored(index)["news/b.txt"].article.text


def test_a_file_twice_is_one_article(index: Path, encoder: Encoder, capfd: pytest.CaptureFixture[str]) -> None:
    copy = index.parent / "wire" / "copy.txt"
    copy.parent.mkdir()
    copy.write_bytes((index.parent / "news" / "b.txt").read_bytes())
    update([copy.parent], index, encoder)
    lines = qa(capfd, "list")[1].splitlines()
    assert len(lines) == 3
    assert lines[1] == "news/b.txt\t\ten\tA bakery wins the prize\twire/copy.txt"
    listed = json.loads(qa(capfd, "list", "--json")[1])
    assert (listed["total"], [len(one["also"]) for one in listed["articles"]]) == (3, [0, 1, 0])
    (also,) = listed["articles"][1]["also"]
    assert (also["id"], also["file"]) == ("wire/copy.txt", str(copy))
    for id_, other in (("news/b.txt", "wire/copy.txt"), ("wire/copy.txt", "news/b.txt")):
        head = qa(capfd, "show", id_)[1].split("\n\n")[0].splitlines()
        assert head[-2] == "Also in 1 other:"
        assert head[-1].startswith(f"• {other}")
        assert [one["id"] for one in json.loads(qa(capfd, "show", "--json", id_)[1])["also"]] == [other]
        asked = json.loads(qa(capfd, "ask", "--json", "--article", id_, "Who won the prize for rye bread?")[1])
        assert asked["citations"][0]["article"]["id"] == id_
        assert [one["id"] for one in asked["citations"][0]["also"]] == [other]
        found = json.loads(qa(capfd, "search", "--json", "--article", id_, "rye bread")[1])
        assert [one["id"] for one in found["hits"][0]["also"]] == [other]
    assert "articles     3 (2 en, 1 ar), and 1 copy of them from other sources\n" in qa(capfd, "status")[1]
    status = json.loads(qa(capfd, "status", "--json")[1])
    assert (status["articles"], status["copies"]) == (3, 1)
    qa(capfd, "remove", "news/b.txt")
    assert qa(capfd, "list")[1].splitlines()[0] == "wire/copy.txt\t\ten\tA bakery wins the prize"


def test_remove(index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, out, err = qa(capfd, "remove", "news/b.txt")
    assert (status, out) == (0, "removed news/b.txt\n")
    file = index.parent / "news" / "b.txt"
    assert err == f"qa: {file} stays, and is left out until you name it: `qa index FILE`\n"
    (index.parent / "news" / "a.txt").unlink()
    assert qa(capfd, "remove", "news/a.txt") == (0, "removed news/a.txt\n", "")
    found = json.loads(qa(capfd, "remove", "--json", "news/c.txt")[1])
    assert [article["id"] for article in found["removed"]] == ["news/c.txt"]
    assert qa(capfd, "remove", "news/c.txt")[0] == 2
    assert "left out" in qa(capfd, "status")[1]


def test_status(index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, out, err = qa(capfd, "status")
    assert (status, err) == (0, "")
    rows = dict(line.split(maxsplit=1) for line in out.splitlines()[:-1])
    assert rows["articles"] == "3 (2 en, 1 ar)"
    assert rows["search"] == "exact"
    found = json.loads(qa(capfd, "status", "--json")[1])
    assert (found["articles"], found["languages"], found["recall"]) == (3, {"en": 2, "ar": 1}, None)
    status, _, err = qa(capfd, "status", "--index", index.parent)
    assert status == 2
    assert err.startswith("qa: there is no index in ")


def test_doctor(index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, out, _ = qa(capfd, "doctor")
    assert status == 0
    assert {line.split()[0] for line in out.splitlines()} == {"OK"}
    (index / "passages.faiss").unlink()
    status, out, _ = qa(capfd, "doctor")
    assert status == 0
    assert "→ mend it with `qa doctor --fix`" in out
    status, out, _ = qa(capfd, "doctor", "--fix")
    assert status == 0
    assert out.startswith("mended: made the search files again from the database\nOK ")
    found = json.loads(qa(capfd, "doctor", "--json", "--fix")[1])
    assert (found["sound"], found["mended"]) == (True, [])
    assert {*found["checks"][0]} == {"name", "severity", "detail", "remedy"}
    (index / "isnad.sqlite").write_bytes(b"no database" * 999)
    assert qa(capfd, "doctor", "--fix")[0] == 2


def test_backup_and_restore(index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, out, err = qa(capfd, "backup", "isnad.zip")
    assert (status, err) == (0, "")
    assert out.startswith("3 articles, ")
    shutil.rmtree(index)
    status, out, err = qa(capfd, "restore", "isnad.zip")
    assert (status, err) == (0, "")
    assert len(stored(index)) == 3
    status, out, err = qa(capfd, "restore", "isnad.zip")
    assert (status, out) == (2, "")
    assert "--force" in err
    found = json.loads(qa(capfd, "restore", "--json", "--force", "isnad.zip")[1])
    assert (found["backup"], found["articles"]) == (1, 3)
    assert {*found["members"]["isnad.sqlite"]} == {"size", "sha256"}


def test_another_model_is_not_loaded_to_be_compared() -> None:
    from qa.cli.care import _fingerprint

    assert _fingerprint("some/model") is None
