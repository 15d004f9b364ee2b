"""The feeds that are followed, and what of them has been taken."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from qa.errors import StoreError
from qa.web.feed import Entry
from qa.web.feeds import Feed, followed, open_feeds

URL = "https://news.test/rss"
ENTRY = Entry("https://news.test/1", "n1", "Monday", date(2021, 11, 24))


def test_following_and_no_longer(tmp_path: Path) -> None:
    assert not followed(tmp_path / "index")
    with open_feeds(tmp_path / "index") as feeds:
        assert feeds.add(URL, "News")
        assert not feeds.add(URL, "Other")
        assert feeds.add("https://other.test/rss", "")
        assert [feed.title for feed in feeds.all()] == ["News", ""]
        assert feeds.remove(URL)
        assert not feeds.remove(URL)
    assert followed(tmp_path / "index")
    with open_feeds(tmp_path / "index") as feeds:
        assert feeds.all() == [Feed("https://other.test/rss", "")]


def test_what_has_been_taken_is_not_fresh_until_it_changes(tmp_path: Path) -> None:
    updated = Entry(ENTRY.url, ENTRY.id, "Tuesday", None)
    with open_feeds(tmp_path) as feeds:
        feeds.add(URL, "News")
        assert feeds.fresh(URL, [ENTRY]) == [ENTRY]
        feeds.taken(URL, ENTRY)
    with open_feeds(tmp_path) as feeds:
        assert feeds.fresh(URL, [ENTRY, updated]) == [updated]
        feeds.taken(URL, updated)
        assert feeds.fresh(URL, [updated]) == []
        assert feeds.fresh("https://other.test/rss", [ENTRY]) == [ENTRY]


def test_a_feed_that_is_removed_while_it_is_fetched(tmp_path: Path) -> None:
    with open_feeds(tmp_path) as ours, open_feeds(tmp_path) as theirs:
        ours.add(URL, "News")
        theirs.remove(URL)
        ours.taken(URL, ENTRY)
        ours.fetched(Feed(URL, "News", etag='"1"'))
        assert ours.all() == []
        theirs.add(URL, "News")
        assert ours.fresh(URL, [ENTRY]) == [ENTRY]


def test_how_the_last_fetch_went_is_kept(tmp_path: Path) -> None:
    feed = Feed(URL, "News", '"1"', "Monday", "it failed")
    with open_feeds(tmp_path) as feeds:
        feeds.add(URL, "")
        feeds.fetched(feed)
        assert feeds.all() == [feed]


def test_a_file_that_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "feeds.sqlite").write_bytes(b"not a database" * 100)
    with (
        pytest.raises(StoreError, match=r"^the feeds in .*feeds.sqlite cannot be used \(.*\): check or move away"),
        open_feeds(tmp_path),
    ):
        pass
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be used"), open_feeds(tmp_path / "file"):
        pass
