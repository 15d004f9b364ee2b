"""`qa add`, `qa feed` and `qa fetch` as a person meets them, against a real server on loopback."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from corpora import BRIDGE, SNOW, emptied
from indexing import stored
from test_cli import qa
from web_server import Page, here, site

from qa.web.guard import Guard


@pytest.fixture
def index(seed_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index without articles, and the permission to fetch from loopback."""
    monkeypatch.setattr("qa.web.client.Guard", partial(Guard, resolve=here, loopback=True))
    monkeypatch.setattr("qa.web.gather.DELAY", 0.0)
    return emptied(seed_index, tmp_path / "index")


def test_adding_a_page_and_asking_about_it(index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with site({"/bridge": Page(BRIDGE.encode(), headers={"ETag": '"1"'})}) as there:
        url = f"{there.address}/bridge"
        status, out, err = qa(capfd, "add", url, url, "--index", index)
        assert (status, err) == (0, "")
        first, last = out.splitlines()
        assert first.startswith(f"fetched {url} → {index}/inbox/news.test/bridge-")
        assert last.startswith("1 article: 1 added")
        status, out, _ = qa(capfd, "ask", "--json", "When did the old stone bridge reopen?", "--index", index)
        assert status == 0
        article = json.loads(out)["citations"][0]["article"]
        assert (article["url"], article["source"]) == (url, "news.test")
        assert article["id"].startswith("inbox/news.test/bridge-")

        status, out, err = qa(capfd, "add", url, "--index", index)
        assert out.startswith(f"unchanged {url} → ")
        assert out.splitlines()[1].startswith("1 article: 0 added, 0 updated, 1 unchanged")

        there.pages["/bridge"] = Page(BRIDGE.replace("4.8 million", "5.1 million").encode())
        status, out, err = qa(capfd, "add", url, "--index", index)
        assert out.splitlines()[1].startswith("1 article: 0 added, 1 updated, 0 unchanged")
    assert ["5.1 million" in found.article.text for found in stored(index).values()] == [True]


def test_the_same_story_from_two_sites_is_one_with_two_sources(
    index: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with site({"/wire": Page(BRIDGE.encode()), "/agency/1": Page(BRIDGE.encode())}) as there:
        other = there.address.replace("news.", "other.")
        qa(capfd, "add", f"{there.address}/wire", f"{other}/agency/1", "--index", index)
        _, out, _ = qa(capfd, "ask", "--json", "When did the old stone bridge reopen?", "--index", index)
        found = json.loads(out)["citations"]
        assert len({citation["article"]["id"] for citation in found}) == 1
        sources = [found[0]["article"], *found[0]["also"]]
        assert {source["source"] for source in sources} == {"news.test", "other.test"}
        _, out, _ = qa(capfd, "search", "the old stone bridge", "--index", index)
        assert out.count("Old bridge reopens") == 1
        there.pages["/wire"] = Page(BRIDGE.replace("4.8 million", "5.1 million").encode())
        qa(capfd, "add", f"{there.address}/wire", "--index", index)
        assert len(stored(index)) == 2


def test_a_page_that_cannot_be_had_among_those_that_can(index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pages = {"/snow": Page(SNOW.encode()), "/photo": Page(b"x", "image/png"), "/title": Page(b"Only a title")}
    with site({**pages}) as there:
        urls = [f"{there.address}/{name}" for name in ("photo", "none", "title", "snow")]
        status, out, err = qa(capfd, "add", *urls, "not-an-address", "http://unknown.test/", "--index", index)
    assert status == 2
    assert "\n1 article: 1 added" in out
    photo, none, word, unknown, title = err.splitlines()
    assert photo.endswith("/photo is of a kind that cannot be read (image/png)")
    assert none.endswith("/none is not there (HTTP 404)")
    assert word == "qa: not-an-address is not a web address: did you mean https://not-an-address?"
    assert unknown == "qa: unknown.test is not found: check the address and the network"
    assert title.endswith("has no text to quote: only a title or page furniture is in it")


def test_nothing_could_be_had(index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, out, err = qa(capfd, "add", "http://unknown.test/", "--index", index)
    assert (status, out) == (2, "")
    assert err == "qa: unknown.test is not found: check the address and the network\n"
    assert not (index / "inbox").exists()


def test_following_a_feed(index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    items = "".join(f"<item><link>/{name}</link></item>" for name in ("bridge", "snow", "none"))
    rss = Page(f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode())
    with site({"/rss": rss, "/bridge": Page(BRIDGE.encode()), "/snow": Page(SNOW.encode())}) as there:
        url = f"{there.address}/rss"
        status, out, err = qa(capfd, "feed", "add", url, f"{there.address}/snow", "--index", index)
        assert (status, out) == (2, f"following {url} · News · 3 entries; `qa fetch` brings them\n")
        assert err == f"qa: {there.address}/snow is not a feed: give the address of its RSS or Atom\n"
        status, out, err = qa(capfd, "feed", "add", url, "--index", index)
        assert (status, out.partition(" http")[0]) == (0, "followed already:")
        assert qa(capfd, "feed", "list", "--index", index) == (0, f"{url} · News\n", "")

        status, out, err = qa(capfd, "fetch", "--index", index)
        assert (status, err) == (2, f"qa: {there.address}/none is not there (HTTP 404)\n")
        lines = out.splitlines()
        assert [line.partition(" → ")[0] for line in lines[:2]] == [
            f"fetched {there.address}/bridge",
            f"fetched {there.address}/snow",
        ]
        assert lines[2] == "2 new or changed, 1 could not be had"
        assert lines[3].startswith("2 articles: 2 added")
        status, out, err = qa(capfd, "fetch", "--index", index)
        assert (status, err) == (0, "")
        assert out.startswith("0 new or changed\n2 articles: 0 added")

        status, out, err = qa(capfd, "feed", "remove", url, url, "--index", index)
        assert (status, out) == (2, f"no longer following {url}\n")
        assert err == f"qa: {url} is not followed: `qa feed list` shows those that are\n"
    assert qa(capfd, "feed", "list", "--index", index)[0] == 1
    assert len(stored(index)) == 2


def test_no_feed_is_followed(index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    line = "qa: no feed is followed: add one with `qa feed add URL`\n"
    assert qa(capfd, "fetch", "--index", index) == (2, "", line)
    assert qa(capfd, "feed", "list", "--index", index) == (1, "", line)


@pytest.mark.parametrize(
    "arguments", [["add"], ["feed"], ["feed", "ad", "x"], ["feed", "add"], ["feed", "remove"], ["fetch", "x"]]
)
def test_what_is_missing_is_told_in_one_line(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    status, out, err = qa(capfd, *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "--help`" in err


def test_a_feed_that_cannot_be_fetched_shows_in_the_list(index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with site({"/rss": Page(b'<rss version="2.0"/>')}) as there:
        url = f"{there.address}/rss"
        qa(capfd, "feed", "add", url, "--index", index)
        there.pages["/rss"] = Page(status=500)
        status, out, err = qa(capfd, "fetch", "--index", index)
    assert status == 2
    assert out.startswith("0 new or changed, 1 could not be had\n")
    assert err == f"qa: {url} failed (HTTP 500): try again later\n"
    assert qa(capfd, "feed", "list", "--index", index)[1] == f"{url} · {url} failed (HTTP 500): try again later\n"
