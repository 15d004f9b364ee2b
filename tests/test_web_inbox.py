"""Saved pages: one file for one page, what tells where it came from, and what a reader makes of both."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from web_server import Page, client, moved, site

from qa import readers
from qa.config import inbox
from qa.corpus import list_files
from qa.errors import FetchError
from qa.web.inbox import acceptable, take
from qa.web.origin import Origin, origin, sidecar, to_json

STORY = b"The bridge is open\n\nThe old bridge opened on Monday after two years of repairs.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return inbox(tmp_path)


def pages(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_page_is_saved_as_it_came(folder: Path) -> None:
    with site({"/2021/bridge.html?utm_source=x": Page(STORY, headers={"ETag": '"1"'})}) as there:
        saved = take(f"{there.address}/2021/bridge.html?utm_source=x#top", folder, client())
    assert saved.changed
    assert saved.url == f"{there.address}/2021/bridge.html"
    assert saved.path.parent == folder / "news.test"
    assert saved.path.name.startswith("bridge-")
    assert saved.path.read_bytes() == STORY
    told = origin(saved.path)
    assert told is not None
    assert (told.url, told.etag, told.kind, told.charset) == (saved.url, '"1"', "text/plain", "utf-8")
    assert abs((datetime.now(UTC) - told.fetched).total_seconds()) < 60
    assert told.is_of(saved.path)
    assert pages(folder) == sorted([saved.path, sidecar(saved.path)])
    assert list(list_files([folder]).files.values()) == [f"inbox/news.test/{saved.path.name}"]


def test_a_page_that_has_not_changed_is_not_sent_again(folder: Path) -> None:
    page = Page(STORY, headers={"ETag": '"1"'})
    with site({"/a": page, "/a?utm_source=mail": page}) as there:
        first = take(f"{there.address}/a", folder, client(), published=date(2021, 11, 24))
        told = origin(first.path)
        again = take(f"{there.address}/a?utm_source=mail", folder, client())
    assert again == replace(first, changed=False)
    assert there.asked[1][1]["If-None-Match"] == '"1"'
    after = origin(first.path)
    assert told is not None
    assert after is not None
    assert replace(after, fetched=told.fetched) == told


def test_a_new_version_takes_the_place_of_the_old(folder: Path) -> None:
    with site({"/a": Page(STORY, headers={"ETag": '"1"'})}) as there:
        first = take(f"{there.address}/a", folder, client(), published=date(2021, 11, 24))
        there.pages["/a"] = Page(b"new " + STORY, headers={"ETag": '"2"'})
        second = take(f"{there.address}/a", folder, client())
    assert second == first
    assert first.path.read_bytes() == b"new " + STORY
    assert len(pages(folder)) == 2
    told = origin(first.path)
    assert told is not None
    assert (told.etag, told.published) == ('"2"', date(2021, 11, 24))


def test_the_same_bytes_without_an_etag(folder: Path) -> None:
    with site({"/a": Page(STORY)}) as there:
        first = take(f"{there.address}/a", folder, client())
        stat = first.path.stat()
        assert take(f"{there.address}/a", folder, client()) == replace(first, changed=False)
    assert first.path.stat() == stat


def test_a_page_that_somebody_edited_is_fetched_anew(folder: Path) -> None:
    with site({"/a": Page(STORY, headers={"ETag": '"1"'})}) as there:
        first = take(f"{there.address}/a", folder, client())
        first.path.write_bytes(b"edited")
        assert take(f"{there.address}/a", folder, client()).changed
        assert "If-None-Match" not in there.asked[1][1]
    assert first.path.read_bytes() == STORY


def test_a_page_that_becomes_one_of_another_kind(folder: Path) -> None:
    with site({"/a": Page(STORY)}) as there:
        text = take(f"{there.address}/a", folder, client())
        there.pages["/a"] = Page(b"# " + STORY, "text/markdown")
        markdown = take(f"{there.address}/a", folder, client())
    assert (text.path.suffix, markdown.path.suffix) == (".txt", ".md")
    assert pages(folder) == sorted([markdown.path, sidecar(markdown.path)])


def test_a_redirect_ends_at_the_same_file(folder: Path) -> None:
    with site({"/a": Page(STORY), "/short": moved("/a")}) as there:
        assert (
            take(f"{there.address}/short", folder, client()).path
            == take(f"{there.address}/a", folder, client()).path
        )


@pytest.mark.parametrize("kind", ["image/png", "application/zip", "application/x-unknown", ""])
def test_a_kind_that_cannot_be_read_is_not_taken(folder: Path, kind: str) -> None:
    with site({"/a": Page(STORY, kind)}) as there, pytest.raises(FetchError, match="kind that cannot be read"):
        take(f"{there.address}/a", folder, client())
    assert not folder.exists()


def test_kinds_are_those_that_have_a_reader() -> None:
    assert acceptable("text/plain")
    for kind, suffix in (("text/html", ".html"), ("application/pdf", ".pdf")):
        assert acceptable(kind) == (suffix in readers.SUFFIXES)


def test_an_empty_page(folder: Path) -> None:
    with site({"/a": Page(b" \n")}) as there, pytest.raises(FetchError, match=r"/a is empty$"):
        take(f"{there.address}/a", folder, client())
    assert not folder.exists()


def test_what_cannot_be_saved_leaves_the_old_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with site({"/a": Page(STORY)}) as there:
        first = take(f"{there.address}/a", folder, client())
        there.pages["/a"] = Page(b"new")

        def fail(_: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", fail)
        with pytest.raises(OSError, match="No space"):
            take(f"{there.address}/a", folder, client())
    assert first.path.read_bytes() == STORY
    assert pages(folder) == sorted([first.path, sidecar(first.path)])


# What tells where a page came from


TOLD = Origin(url="https://www.news.test/a", fetched=datetime(2021, 11, 24, 9, tzinfo=UTC), sha256="x")


def told(page: Path, found: Origin) -> Path:
    page.write_bytes(STORY)
    sidecar(page).write_text(to_json(found), encoding="utf-8")
    return page


def test_an_article_knows_where_it_came_from(tmp_path: Path) -> None:
    page = told(tmp_path / "a.txt", replace(TOLD, published=date(2021, 11, 23)))
    article = readers.read(page, id="a")
    assert (article.url, article.source, article.date) == (TOLD.url, "news.test", date(2021, 11, 23))


def test_what_the_page_says_of_itself_stands_but_for_its_address(tmp_path: Path) -> None:
    page = told(tmp_path / "a.txt", replace(TOLD, published=date(2021, 11, 23)))
    head = b"Source: The News\nURL: https://elsewhere.test/b\nDate: 2020-01-02\n\n"
    page.write_bytes(head + STORY)
    article = readers.read(page, id="a")
    assert (article.url, article.source, article.date) == (TOLD.url, "The News", date(2020, 1, 2))


def test_a_file_of_no_origin(tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_bytes(STORY)
    assert origin(page) is None
    assert readers.read(page, id="a").url == ""
    assert not TOLD.is_of(tmp_path / "gone.txt")


@pytest.mark.parametrize(
    "change",
    [
        {"url": "javascript:alert(1)"},
        {"url": "https:///a"},
        {"url": 3},
        {"fetched": "yesterday"},
        {"fetched": None},
        {"published": "2021-13-45"},
        {"etag": ["x"]},
        {"more": "than is known"},
    ],
)
def test_what_is_not_of_our_making_tells_nothing(tmp_path: Path, change: dict[str, object]) -> None:
    page = told(tmp_path / "a.txt", TOLD)
    assert origin(page) == TOLD
    sidecar(page).write_text(json.dumps(json.loads(to_json(TOLD)) | change))
    assert origin(page) is None


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", "\0", "[" * 100_000])
def test_what_is_not_even_an_object(tmp_path: Path, text: str) -> None:
    page = told(tmp_path / "a.txt", TOLD)
    sidecar(page).write_text(text)
    assert origin(page) is None
