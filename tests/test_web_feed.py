"""What feeds list, however well they are written."""

from __future__ import annotations

from datetime import date

import pytest

from qa.errors import FetchError
from qa.web import feed
from qa.web.feed import MOST, Entry, parse, read

ADDRESS = "https://news.test/rss/all.xml"

RSS = """\
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title> The
 News </title><link>https://news.test/</link>
<item><title>One</title><link>https://news.test/1</link><guid>n1</guid>
<pubDate>Wed, 24 Nov 2021 23:30:00 GMT</pubDate></item>
<item><title>خبر</title><link>../2?a=1&amp;b=2</link></item>
<item><title>no link</title></item>
</channel></rss>
"""
ATOM = """\
<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title>
<entry><id>tag:1</id><link href="https://news.test/1"/><updated>2021-11-24T10:00:00Z</updated>
<published>2021-11-20T10:00:00Z</published></entry></feed>
"""


def test_rss() -> None:
    listing = parse(RSS.encode(), ADDRESS)
    assert listing.title == "The News"
    assert listing.entries == (
        Entry("https://news.test/1", "n1", "Wed, 24 Nov 2021 23:30:00 GMT", date(2021, 11, 24)),
        Entry("https://news.test/2?a=1&b=2", "../2?a=1&b=2", "", None),
    )
    assert read(RSS.encode(), ADDRESS) == listing


def test_atom() -> None:
    listing = read(ATOM.encode(), ADDRESS)
    assert listing is not None
    assert listing.entries == (Entry("https://news.test/1", "tag:1", "2021-11-24T10:00:00Z", date(2021, 11, 20)),)


def test_an_arabic_feed_in_an_old_encoding() -> None:
    text = '<?xml version="1.0" encoding="windows-1256"?><rss version="2.0"><channel><title>أخبار</title>'
    listing = read(f"{text}</channel></rss>".encode("cp1256"), ADDRESS)
    assert listing is not None
    assert listing.title == "أخبار"


def test_a_feed_that_is_not_well_formed() -> None:
    listing = read(RSS.replace("One", "One & <b>two&nbsp;").encode(), ADDRESS)
    assert listing is not None
    assert [entry.url for entry in listing.entries] == ["https://news.test/1", "https://news.test/2?a=1&b=2"]


def test_entries_of_nonsense() -> None:
    items = "".join(f"<item><link>{link}</link><pubDate>{day}</pubDate></item>" for link, day in (
        ("http://[", "soon"), ("javascript:alert(1)", "Wed, 99 Nov 9999 00:00:00 GMT"), ("  ", ""),
    ))  # fmt: skip
    listing = read(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), ADDRESS)
    assert listing is not None
    assert [entry.url for entry in listing.entries] == ["http://[", "javascript:alert(1)"]
    assert all(entry.published is None or entry.published.year < 9999 for entry in listing.entries)


def test_no_more_entries_than_anyone_publishes() -> None:
    many = "".join(f"<item><link>/{n}</link></item>" for n in range(MOST + 100))
    listing = read(f'<rss version="2.0"><channel>{many}</channel></rss>'.encode(), ADDRESS)
    assert listing is not None
    assert len(listing.entries) == MOST
    assert listing.entries[0].url == "https://news.test/0"


@pytest.mark.parametrize(
    "body", [b"", b"plain text", b"<html><body>a page</body></html>", b"\0\xff", b"{}", b"/etc/passwd"]
)
def test_what_is_no_feed(body: bytes) -> None:
    assert read(body, ADDRESS) is None


def test_what_is_no_feed_is_told() -> None:
    with pytest.raises(FetchError, match=rf"^{ADDRESS} is not a feed: give the address of its RSS or Atom$"):
        parse(b"plain text", ADDRESS)


def test_a_title_controls_no_terminal() -> None:
    body = RSS.replace("The\n News", "The &#x1b;[2J\u202e News\x85").replace("&#x1b;", "\x1b")
    listing = read(body.encode(), ADDRESS)
    assert listing is not None
    assert listing.title.isprintable()
    assert listing.title.startswith("The ")


def test_a_billion_laughs() -> None:
    entities = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10 if n else 'ha'}'>" for n in range(12))
    body = f"<!DOCTYPE rss [{entities}]><rss version='2.0'><channel><title>&a11;</title></channel></rss>"
    listing = read(body.encode(), ADDRESS)
    assert listing is None or len(listing.title) <= 200


def test_a_feed_made_to_take_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_SECONDS", 1)
    with pytest.raises(FetchError, match=r"cannot be read as a feed: it takes more than 1 s or 1 GiB$"):
        parse(b"<rss version='2.0'><channel>" + b"<a>" * 1_000_000, ADDRESS)
