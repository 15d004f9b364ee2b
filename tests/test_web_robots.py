"""robots.txt as RFC 9309 has it."""

from __future__ import annotations

import time

import pytest

from qa.web.robots import LONGEST_DELAY, Robots, parse


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/fish", "/fish", True),
        ("/fish", "/fish/salmon.html", True),
        ("/fish", "/Fish", False),
        ("/fish", "/a/fish", False),
        ("/fish*", "/fishheads", True),
        ("/*.php", "/folder/file.php?x=1", True),
        ("/*.php", "/windows.PHP", False),
        ("/*.php$", "/file.php", True),
        ("/*.php$", "/file.php?x", False),
        ("/fish*.php", "/fish/a.php", True),
        ("/fish*.php", "/a.php", False),
        ("/a*b*c$", "/aXbXbc", True),
        ("/a*bc$", "/abc", True),
        ("/ab*b$", "/ab", False),
        ("/page$", "/page", True),
        ("/page$", "/page/", False),
        ("/*?", "/a?b", True),
        ("/*?", "/a", False),
        ("/أخبار", "/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/1", True),
        ("/a%2Db", "/a-b", True),
    ],
)
def test_patterns(pattern: str, path: str, matches: bool) -> None:
    assert parse(f"User-agent: *\nDisallow: {pattern}", "isnad-qa").allows(path) is not matches


def test_the_longest_rule_counts_and_the_kinder_of_two() -> None:
    rules = parse("user-agent: *\ndisallow: /\nallow: /news/\ndisallow: /news/private\nallow: /news/private", "x")
    assert rules.allows("/news/a")
    assert rules.allows("/news/private")
    assert not rules.allows("/other")
    assert rules.allows("/robots.txt")


ROBOTS = """\
\ufeff# every program
User-agent: *
Disallow: /all   # but not these
Crawl-delay: 5

User-Agent: Isnad-QA/2.0
User-agent: other
Disallow: /ours
Disallow:
crawl-delay: 0.5

Sitemap: https://news.test/sitemap.xml
User-agent: other
Disallow: /theirs
no colon
"""


def test_groups() -> None:
    ours = parse(ROBOTS, "isnad-qa")
    assert (ours.allows("/ours"), ours.allows("/all"), ours.allows("/theirs"), ours.delay) == (
        False,
        True,
        True,
        0.5,
    )
    other = parse(ROBOTS, "other")
    assert (other.allows("/ours"), other.allows("/theirs")) == (False, False)
    every = parse(ROBOTS, "third")
    assert (every.allows("/all"), every.allows("/ours"), every.delay) == (False, True, 5.0)


@pytest.mark.parametrize("text", ["", "<html>not found</html>", "Disallow: /", "\0\xff", "User-agent: isnad-qa"])
def test_nothing_is_asked(text: str) -> None:
    assert parse(text, "isnad-qa") == Robots()
    assert Robots().allows("/")


def test_no_delay_is_longer_than_a_visit_is_worth() -> None:
    assert parse("User-agent: *\nCrawl-delay: 86400", "x").delay == LONGEST_DELAY
    for nonsense in ("soon", "-1", "1e9", "٣", "nan"):
        assert parse(f"User-agent: *\nCrawl-delay: {nonsense}", "x").delay == 0


def test_a_pattern_that_is_meant_to_take_for_ever() -> None:
    began = time.process_time()
    parse("User-agent: *\nDisallow: /" + "*a" * 2000 + "b", "x").allows("/" + "a" * 2000)
    assert time.process_time() - began < 1
