"""Articles: identity of content, and the way back to the file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qa.article import Article, Kept

RAW = "عنوان\r\n\r\n  Share this\r\nأولا.\r\nثانيا.\r\n\r\n  ثالثا.  \r\n"
ARTICLE = Article(
    id="a.txt",
    title="عنوان",
    text="أولا.\nثانيا.\n\nثالثا.",
    date=date(2021, 11, 24),
    lang="ar",
    source="",
    url="",
    headings=(),
    kept=(Kept(0, 23, 5), Kept(6, 30, 6), Kept(14, 42, 6)),
)


def test_fixture_keeps_its_promise() -> None:
    for run in ARTICLE.kept:
        clean = ARTICLE.text[run.start : run.start + run.length]
        assert clean == RAW[run.raw_start : run.raw_start + run.length]


@pytest.mark.parametrize("quote", ["أولا.", "ثانيا.", "ثالثا.", "ول", "."])
def test_raw_span_of_a_quote_in_one_line(quote: str) -> None:
    start = ARTICLE.text.index(quote)
    raw_start, raw_end = ARTICLE.raw_span(start, start + len(quote))
    assert RAW[raw_start:raw_end] == quote


def test_raw_span_across_lines_takes_the_line_end_of_the_file() -> None:
    raw_start, raw_end = ARTICLE.raw_span(0, ARTICLE.text.index("\n\n"))
    assert RAW[raw_start:raw_end] == "أولا.\r\nثانيا."


def test_raw_span_that_begins_on_a_separator_begins_where_the_run_before_it_ends() -> None:
    raw_start, raw_end = ARTICLE.raw_span(5, 12)
    assert RAW[raw_start:raw_end] == "\r\nثانيا."


def test_content_hash_is_of_all_that_passages_depend_on() -> None:
    same = replace(ARTICLE, id="b.txt", url="https://example.org/", source="X", kept=())
    assert same.content_hash == ARTICLE.content_hash
    assert len({a.content_hash for a in (
        ARTICLE,
        replace(ARTICLE, title="آخر"),
        replace(ARTICLE, text="أولا."),
        replace(ARTICLE, date=None),
        replace(ARTICLE, date=date(2021, 11, 25)),
        replace(ARTICLE, lang="fa"),
        replace(ARTICLE, headings=((0, 5),)),
    )}) == 7  # fmt: skip


def test_content_hash_takes_any_string() -> None:
    assert len(replace(ARTICLE, text="\ud800\0").content_hash) == 64
