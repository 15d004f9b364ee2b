"""One address for one page, and the file it is saved in."""

from __future__ import annotations

import httpx
import pytest

from qa.web.canonical import canonical, file_stem
from qa.web.links import feed_link


@pytest.mark.parametrize(
    ("url", "page", "address"),
    [
        ("https://News.test:443/a?utm_source=x&id=3&fbclid=y#top", "", "https://news.test/a?id=3"),
        ("https://news.test/a?utm_source=x", "", "https://news.test/a"),
        ("https://news.test/a?x=utm_source", "", "https://news.test/a?x=utm_source"),
        ("https://news.test/a?ref=1", '<LINK href="/a" rel=canonical>', "https://news.test/a"),
        ("https://news.test/a", "<link rel='canonical' href='https://www.news.test/b?c=1&amp;d=2'>", "https://www.news.test/b?c=1&d=2"),
        ("https://news.test/a", '<link rel="canonical" href="http://news.test/b">', "https://news.test/b"),
        ("https://news.test/a", '<link rel="canonical" href="https://other.test/b">', "https://news.test/a"),
        ("https://news.test/a", '<link rel="canonical" href="https://news.test.evil.test/b">', "https://news.test/a"),
        ("https://news.test/a", '<link rel="canonical" href="https://x:y@news.test/b">', "https://news.test/b"),
        ("https://news.test/a", '<link rel="canonical" href="https://news.test/">', "https://news.test/a"),
        ("https://news.test/a", '<link rel="canonical" href="javascript:alert(1)">', "https://news.test/a"),
        ("https://news.test/a", '<link rel="canonical" href="http://news.test:x/">', "https://news.test/a"),
        ("https://news.test/a", '<link rel="canonical">', "https://news.test/a"),
        ("https://news.test/a", '<link rel="icon" href="/b">', "https://news.test/a"),
        ("https://news.test/a", "<link " * 50_000, "https://news.test/a"),
        ("https://news.test/a", " " * 300_000 + '<link rel="canonical" href="/b">', "https://news.test/a"),
    ],
    ids=range(16),
)  # fmt: skip
def test_an_address(url: str, page: str, address: str) -> None:
    assert canonical(httpx.URL(url), page.encode()) == address


def test_the_name_of_a_file() -> None:
    stems = [
        file_stem(url)
        for url in (
            "https://www.news.test/2021/11/the-old-bridge.html",
            "https://news.test/%D8%A7%D9%84%D8%AC%D8%B3%D8%B1-%D8%A7%D9%84%D9%82%D8%AF%D9%8A%D9%85/",
            "https://news.test/",
            "https://news.test/..%2f..%2fetc%2fpasswd",
            "https://news.test/" + "a" * 500,
            "https://news.test/?id=1",
            "https://news.test/?id=2",
        )
    ]
    assert [stem.rpartition("-")[0] for stem in stems[:2]] == ["news.test/the-old-bridge", "news.test/الجسر-القديم"]
    assert len(set(stems)) == len(stems)
    for stem in stems:
        assert stem.count("/") == 1
        assert ".." not in stem
        assert len(stem.encode()) < 200
    assert file_stem("https://news.test/a") == file_stem("https://news.test/a")


def test_the_feed_that_a_page_names() -> None:
    page = b"""<head><link rel=alternate hreflang=en href=/en><link rel="alternate" type="application/rss+xml"
    href="http://["><link rel="alternate home" type="application/atom+xml" title="x" href="feed?a=1&amp;b=2">"""
    assert feed_link(page, "https://news.test/a/") == "https://news.test/a/feed?a=1&b=2"
    assert feed_link(b"<p>nothing", "https://news.test/") == ""
