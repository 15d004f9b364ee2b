"""What is new in feeds, fetched from a real server as a polite visitor would."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from web_server import Page, Site, client, moved, site

from qa.errors import FetchError
from qa.web import gather as gather_module
from qa.web.feeds import open_feeds
from qa.web.gather import gather, subscribe
from qa.web.inbox import Saved
from qa.web.origin import origin


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, instead of waiting, by a clock that nothing else moves."""
    waited: list[float] = []
    monkeypatch.setattr("qa.web.gather.sleep", waited.append)
    monkeypatch.setattr("qa.web.gather.monotonic", lambda: sum(waited))
    return waited


def rss(*names: str, stamp: str = "Wed, 24 Nov 2021 10:00:00 GMT", etag: str = "") -> Page:
    items = "".join(f"<item><link>/{name}</link><pubDate>{stamp}</pubDate></item>" for name in names)
    body = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
    return Page(body.encode(), "application/rss+xml", headers={"ETag": etag} if etag else {})


def follow(index: Path, there: Site, path: str = "/rss") -> None:
    with open_feeds(index) as feeds:
        feeds.add(there.address + path, "")


def names(index: Path, **limits: object) -> tuple[list[str], list[str]]:
    """The paths of the pages that came, and what was said of the others."""
    results = list(gather(index, client(**limits)))
    pages = ["/" + result.url.split("/", 3)[3] for result in results if isinstance(result, Saved)]
    return pages, [result for result in results if isinstance(result, str)]


def problem(index: Path) -> str:
    with open_feeds(index) as feeds:
        return feeds.all()[0].problem


STORY = Page(b"A story.\n\nIt has a paragraph of its own.")


def test_new_entries_come_once(tmp_path: Path) -> None:
    with site({"/rss": rss("a", "b"), "/a": STORY, "/b": STORY}) as there:
        follow(tmp_path, there)
        results = list(gather(tmp_path, client()))
        assert [result.url for result in results if isinstance(result, Saved)] == [
            f"{there.address}/a",
            f"{there.address}/b",
        ]
        assert isinstance(results[0], Saved)
        told = origin(results[0].path)
        assert told is not None
        assert told.published == date(2021, 11, 24)
        assert names(tmp_path) == ([], [])
        assert there.paths == ["/rss", "/robots.txt", "/a", "/b", "/rss"]
        with open_feeds(tmp_path) as feeds:
            assert feeds.all()[0].title == "News"


def test_a_feed_that_has_not_changed_is_not_sent_again(tmp_path: Path) -> None:
    with site({"/rss": rss("a", etag='"1"'), "/a": STORY}) as there:
        follow(tmp_path, there)
        assert names(tmp_path) == (["/a"], [])
        assert names(tmp_path) == ([], [])
        assert there.asked[-1][1]["If-None-Match"] == '"1"'


def test_an_entry_that_changes_comes_again_and_takes_the_place_of_the_old(tmp_path: Path) -> None:
    with site({"/rss": rss("a"), "/a": STORY}) as there:
        follow(tmp_path, there)
        (first,) = gather(tmp_path, client())
        there.pages |= {"/rss": rss("a", stamp="Thu, 25 Nov 2021 10:00:00 GMT"), "/a": Page(b"A new story.")}
        (second,) = gather(tmp_path, client())
    assert first == second
    assert isinstance(second, Saved)
    assert second.path.read_bytes() == b"A new story."


def test_a_page_that_its_owner_deleted_here_does_not_come_back(tmp_path: Path) -> None:
    with site({"/rss": rss("a"), "/a": STORY}) as there:
        follow(tmp_path, there)
        (page,) = gather(tmp_path, client())
        assert isinstance(page, Saved)
        page.path.unlink()
        assert names(tmp_path) == ([], [])


def test_what_fails_for_good_is_not_tried_again(tmp_path: Path) -> None:
    with site({"/rss": rss("gone", "photo", "a"), "/a": STORY, "/photo": Page(b"x", "image/png")}) as there:
        follow(tmp_path, there)
        pages, problems = names(tmp_path)
        assert pages == ["/a"]
        assert [line.partition("/gone")[2] for line in problems] == [" is not there (HTTP 404)", ""]
        assert "image/png" in problems[1]
        assert names(tmp_path) == ([], [])


def test_what_fails_for_a_while_is_tried_again_though_the_feed_has_not_changed(tmp_path: Path) -> None:
    busy = Page(status=503)
    with site({"/rss": rss("a", "b", etag='"1"'), "/a": busy, "/b": STORY}) as there:
        follow(tmp_path, there)
        pages, problems = names(tmp_path)
        assert (pages, len(problems)) == (["/b"], 1)
        there.pages["/a"] = STORY
        assert names(tmp_path) == (["/a"], [])
        assert names(tmp_path) == ([], [])


def test_a_site_that_is_down_is_not_asked_for_every_page(tmp_path: Path) -> None:
    many = [f"p{n}" for n in range(50)]
    with site({"/rss": rss(*many), **{f"/{name}": Page(status=500) for name in many}}) as there:
        follow(tmp_path, there)
        pages, problems = names(tmp_path)
        assert (pages, len(problems)) == ([], 3)
        assert len(there.paths) == 5


def test_a_feed_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    with site({"/good": rss("a"), "/a": STORY, "/bad": Page(b"no feed"), "/busy": Page(status=503)}) as there:
        for path in ("/bad", "/busy", "/none", "/good"):
            follow(tmp_path, there, path)
        pages, problems = names(tmp_path)
        assert pages == ["/a"]
        assert [line.split(" ", 1)[1].split(":")[0] for line in problems] == [
            "is not a feed",
            "failed (HTTP 503)",
            "is not there (HTTP 404)",
        ]
        assert problem(tmp_path) == problems[0]
        there.pages["/bad"] = rss()
        names(tmp_path)
        assert problem(tmp_path) == ""


def test_addresses_that_the_guard_refuses(tmp_path: Path) -> None:
    feed = rss().body.replace(b"</channel>", b"<item><link>file:///etc/passwd</link></item></channel>")
    with site({"/rss": Page(feed)}) as there:
        follow(tmp_path, there)
        pages, (line,) = names(tmp_path)
    assert pages == []
    assert "only http and https are fetched" in line


# Politeness


def test_robots_are_respected_for_pages(tmp_path: Path, pauses: list[float]) -> None:
    text = b"User-agent: isnad-qa\nDisallow: /private\nDisallow: /rss\nCrawl-delay: 7"
    with site({"/robots.txt": Page(text), "/rss": rss("private?x=1", "a", "b"), "/a": STORY, "/b": STORY}) as there:
        follow(tmp_path, there)
        pages, problems = names(tmp_path)
        assert pages == ["/a", "/b"]
        assert problems == [f"{there.address}/private?x=1 is left alone, as the site's robots.txt asks"]
        assert "/private?x=1" not in there.paths
        assert [round(pause) for pause in pauses] == [1, 7, 7]
        assert names(tmp_path) == ([], [])


def test_where_a_page_leads_to_is_asked_too(tmp_path: Path, pauses: list[float]) -> None:
    closed, open_ = Page(b"User-agent: *\nDisallow: /private"), Page(b"User-agent: *\nCrawl-delay: 9")
    with (
        site({"/robots.txt": closed, "/private": STORY}) as other,
        site({"/robots.txt": open_, "/b": STORY, "/c": STORY}) as third,
        site({"/robots.txt": closed, "/rss": rss("a", "b", "c", "d"), "/a": moved("/private")}) as there,
    ):
        there.pages |= {
            "/b": moved(f"{other.address}/private"),
            "/c": moved(f"{third.address}/b"),
            "/d": moved(f"{third.address}/c"),
        }
        follow(tmp_path, there)
        pages, problems = names(tmp_path)
    assert pages == ["/b", "/c"]
    assert problems == [
        f"{host.address}/private is left alone, as the site's robots.txt asks" for host in (there, other)
    ]
    assert other.paths == ["/robots.txt"]
    assert "/private" not in there.paths
    assert third.paths == ["/robots.txt", "/b", "/c"]
    assert 9 in [round(pause) for pause in pauses]


def test_a_site_whose_robots_cannot_be_had_is_left_for_another_time(tmp_path: Path) -> None:
    with site({"/robots.txt": Page(status=500), "/rss": rss("a"), "/a": STORY}) as there:
        follow(tmp_path, there)
        pages, (line,) = names(tmp_path)
        assert (pages, "/a" in there.paths) == ([], False)
        assert "robots.txt failed (HTTP 500)" in line
        there.pages["/robots.txt"] = Page(status=404)
        assert names(tmp_path) == (["/a"], [])


def test_hosts_are_waited_for_one_by_one(tmp_path: Path, pauses: list[float]) -> None:
    with site({"/rss": rss("a"), "/a": STORY}) as there:
        follow(tmp_path, there)
        with open_feeds(tmp_path) as feeds:
            feeds.add(there.address.replace("news.", "other.") + "/rss", "")
        assert len(names(tmp_path)[0]) == 2
    assert [round(pause) for pause in pauses] == [1, 1, 1, 1]
    assert gather_module.DELAY == 1


# Following


@pytest.mark.parametrize(
    "page",
    [
        rss("a", "b"),
        Page(b'<html><link rel="alternate" type="application/rss+xml" href="/feed">', "text/html"),
    ],
    ids=["feed", "page"],
)
def test_subscribing(page: Page) -> None:
    with site({"/": page, "/feed": rss("a", "b")}) as there:
        url, listing = subscribe(f"{there.address}/", client())
        assert url == there.address + ("/" if page.kind == "application/rss+xml" else "/feed")
    assert (listing.title, len(listing.entries)) == ("News", 2)


@pytest.mark.parametrize(
    ("page", "line"),
    [
        (Page(b"<html>", "text/html"), "is a page that names no feed"),
        (Page(b"nothing"), "is not a feed"),
        (Page(status=404), "is not there"),
    ],
)
def test_what_cannot_be_followed(page: Page, line: str) -> None:
    with site({"/": page}) as there, pytest.raises(FetchError, match=line):
        subscribe(f"{there.address}/", client())


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    with site({"/rss": rss("a", "b", etag='"1"'), "/a": STORY, "/b": STORY}) as there:
        follow(tmp_path, there)
        run = gather(tmp_path, client())
        next(run)
        run.close()  # type: ignore[attr-defined]
        assert names(tmp_path) == (["/b"], [])
