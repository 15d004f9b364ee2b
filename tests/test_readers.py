"""Files to articles."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from qa import readers
from qa.errors import ReadError
from qa.readers import read, readable

SEED = Path(__file__).parent.parent / "seeds" / "000_9f926e2afb30af44.txt"


def test_the_seed_article() -> None:
    article = read(SEED, id="seed")
    raw = SEED.read_text(encoding="utf-8")
    assert article.id == "seed"
    assert article.title == 'المغرب وإسرائيل يعلنان اتفاقاً عسكرياً "غير مسبوق"'
    assert article.date == date(2021, 11, 24)
    assert article.lang == "ar"
    assert article.text.startswith("وقّع المغرب وإسرائيل")
    assert article.text.endswith("حل الدولتين.")
    assert [article.text[start:end] for start, end in article.headings] == ['"خطوة تاريخية"', '"تعاون واعد"']
    paragraphs = [line.strip() for line in raw.split("\n") if line.strip()]
    assert article.text.split("\n\n") == paragraphs[5:-1]


@pytest.mark.parametrize("name", ["a.txt", "a.TXT", "a.text", "a.md", "folder/a.Md"])
def test_readable_suffixes(name: str) -> None:
    assert readable(Path(name))


@pytest.mark.parametrize("name", ["a", "a.doc", "txt", ".txt", "a.txt~", "a.md/b"])
def test_other_suffixes(name: str) -> None:
    assert not readable(Path(name))


def test_an_unknown_suffix_is_named_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"^a\.doc cannot be read: only \.docx, .*result\.json files can$"):
        read(tmp_path / "a.doc", id="a")


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"^a\.txt cannot be opened: No such file or directory$"):
        read(tmp_path / "a.txt", id="a")


def test_a_dangling_link(tmp_path: Path) -> None:
    link = tmp_path / "a.txt"
    link.symlink_to(tmp_path / "gone.txt")
    with pytest.raises(ReadError, match="cannot be opened"):
        read(link, id="a")


def test_a_folder_and_a_pipe_are_not_files(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    for name in ("folder.txt", "pipe.txt"):
        with pytest.raises(ReadError, match=rf"^{name} is not a file"):
            read(tmp_path / name, id="a")


def test_a_file_over_the_cap_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(readers.MAX_BYTES + 1)
    with pytest.raises(ReadError, match=r"^a\.txt is larger than 64 MiB"):
        read(path, id="a")


def test_a_name_that_would_break_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a\nb.txt"
    path.write_bytes(b"")
    with pytest.raises(ReadError, match=r"^a\?b\.txt is empty"):
        read(path, id="a")
    with pytest.raises(ReadError, match=r"^a\?b\.txt cannot be opened"):
        read(tmp_path / "a\0b.txt", id="a")


def test_the_same_article_from_every_encoding(tmp_path: Path) -> None:
    text = "عنوان المقال\r\n\r\nقال الوزير إن الخطة «تسير» كما يجب.\r\n\r\nوأضاف أنها لن تتغير.\r\n"
    articles = []
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1256"):
        path = tmp_path / "a.txt"
        path.write_bytes(text.encode(encoding))
        articles.append(read(path, id="a"))
    assert all(article == articles[0] for article in articles)
    start, end = articles[0].raw_span(0, articles[0].text.index("."))
    assert text[start:end] == "قال الوزير إن الخطة «تسير» كما يجب"
