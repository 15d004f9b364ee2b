"""Web pages to articles."""

from __future__ import annotations

from datetime import date

import pytest
from measures_of_reading import f1
from pages import pages
from stories import Story, stories

from qa.article import Article
from qa.errors import ReadError
from qa.readers.page import read

PAGES = list(pages())
PROSE = (
    "<p>The minister told reporters on Monday that the new law would take effect in spring, and that was all.</p>"
    "<p>Members of the opposition said that they had not been asked, and that they would vote against it.</p>"
)


def page(html: str) -> Article:
    return read(html.encode(), "page.html", "id")


@pytest.mark.parametrize(("story", "data"), [each[1:] for each in PAGES], ids=[name for name, *_ in PAGES])
def test_a_saved_page(story: Story, data: bytes) -> None:
    article = read(data, "page.html", "id")
    assert article.lang == story.lang
    assert f1(article.text, story.body) >= 0.95
    assert article.title == story.title
    assert article.date == story.day
    assert article.text[article.raw_span(3, 9)[0] : article.raw_span(3, 9)[1]] == article.text[3:9]


def test_all_saved_pages_together() -> None:
    assert len(PAGES) >= 30
    articles = [read(data, name, name) for name, _, data in PAGES]
    scores = [f1(article.text, story.body) for article, (_, story, _) in zip(articles, PAGES, strict=True)]
    assert sum(scores) / len(scores) >= 0.95
    named = [article for article, (name, *_) in zip(articles, PAGES, strict=True) if name.startswith("wordpress")]
    assert [article.author for article in named] == [stories(lang)[0].author for lang in ("en", "ar")]
    assert [article.source for article in named] == [stories(lang)[0].outlet for lang in ("en", "ar")]
    assert [article.url for article in named] == [stories(lang)[0].url for lang in ("en", "ar")]
    assert all(article.dated == "metadata" for article in named)


def test_headings_are_known() -> None:
    article = page(f"<article>{PROSE}<h2>A second try</h2>{PROSE.replace('minister', 'mayor')}</article>")
    assert [article.text[start:end] for start, end in article.headings] == ["A second try"]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>Law passed - The Post</title><meta property='og:site_name' content='The Post'>", "Law passed"),
        ("<title>Law passed today in the capital | The Post</title>", "Law passed today in the capital"),
        ("<title>North - South</title>", "North - South"),
        ("<meta property='og:title' content='Law &amp; order'><title>x</title>", "Law & order"),
        ("<meta name='twitter:title' content='A'><meta name='dc.title' content='By core'>", "A"),
        ("", "The minister told reporters on Monday that the new law would take effect in spring, and…"),
    ],
)
def test_titles(head: str, title: str) -> None:
    assert page(f"<head>{head}</head><body>{PROSE}").title == title


@pytest.mark.parametrize(
    ("head", "day", "dated"),
    [
        ("<meta property='article:published_time' content='2021-11-24T23:30:00-05:00'>", "2021-11-24", "metadata"),
        (
            "<meta name='pubdate' content='no day'><meta name='date' content='24/11/2021'>",
            "2021-11-24",
            "metadata",
        ),
        ("<meta property='og:updated_time' content='2021-11-24'>", "2021-11-24", "metadata"),
        ("<link rel='canonical' href='https://a.example/2021/11/24/law'>", "2021-11-24", "metadata"),
        ("<meta name='date' content='2999-01-01'>", "None", ""),
    ],
)
def test_dates(head: str, day: str, dated: str) -> None:
    article = page(f"<head>{head}</head><body>{PROSE}")
    assert (str(article.date), article.dated) == (day, dated)


def test_a_time_element_and_a_date_above_the_text() -> None:
    assert page(f"<article><time datetime='2020-02-03T10:00'>3 Feb</time>{PROSE}").date == date(2020, 2, 3)
    above = page(f"<div><h1>Law passed</h1><div>Tuesday 4 February 2020</div><div>{PROSE}</div></div>")
    assert (above.date, above.dated) == (date(2020, 2, 4), "text")


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ("<link rel='canonical' href='/l'><meta property='og:url' content='http://a.org'>", "http://a.org/l"),
        ("<link rel='canonical' href='javascript:alert(1)'>", ""),
        ("<link rel='canonical' href='http://[::1'>", ""),
        ("<meta property='og:url' content='https://a.example/a b'>", ""),
    ],
)  # fmt: skip
def test_addresses(head: str, url: str) -> None:
    assert page(f"<head>{head}</head><body>{PROSE}").url == url


def test_where_a_page_came_from_fills_what_it_does_not_say() -> None:
    article = read(f"<body>{PROSE}".encode(), "a", "a", url="https://www.a.example/2021/11/24/x")
    assert (article.url, article.source) == ("https://www.a.example/2021/11/24/x", "a.example")
    assert article.date == date(2021, 11, 24)


def test_json_ld_in_a_list_broken_or_wrapped() -> None:
    broken = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": </script>'
    listed = (
        '<script type="application/ld+json"><!-- [{"@type": "WebSite"}, {"@type": "schema:NewsArticle",'
        ' "headline": "Law &amp; <b>order</b>", "author": [{"name": "A"}, {"name": "http://a.org"}],'
        ' "datePublished": ["2021-11-24"], "mainEntityOfPage": {"@id": "https://a.org/law"}}] --></script>'
    )
    article = page(f"<head>{broken}{listed}</head><body>{PROSE}")
    assert article.title == "Law & order"
    assert (article.date, article.url) == (date(2021, 11, 24), "https://a.org/law")
    assert article.author == ""


def test_a_page_that_its_scripts_fill_in_is_read_from_what_it_states() -> None:
    stated = "First paragraph of the story, as long as it is.\\n\\nSecond paragraph of it; it ends here, after all."
    data = f'{{"@type": "Article", "headline": "T", "articleBody": "{stated}"}}'
    article = page(f'<script type="application/ld+json">{data}</script><div id="app">Loading the app…</div>')
    assert article.text == stated.replace("\\n", "\n")


@pytest.mark.parametrize("charset", ["utf-8", "windows-1256", "utf-16", "iso-8859-6"])
@pytest.mark.parametrize("declared", [True, False])
def test_encodings(charset: str, declared: bool) -> None:
    if charset == "iso-8859-6" and not declared:
        pytest.skip("nothing but its declaration tells it from Windows-1256")
    prose = "<p>وقال الوزير للصحفيين يوم الاثنين إن القانون الجديد سيدخل حيز التنفيذ في الربيع المقبل.</p>" * 2
    head = f"<meta charset={charset}>" if declared else ""
    article = read(f"<html><head>{head}</head><body>{prose}".encode(charset), "a.html", "a")
    assert article.text.startswith("وقال الوزير للصحفيين")


def test_a_declaration_that_lies_and_one_of_the_server() -> None:
    prose = "<p>وقال الوزير للصحفيين يوم الاثنين إن القانون الجديد سيدخل حيز التنفيذ في الربيع المقبل.</p>"
    lying = f"<meta charset=utf-8><body>{prose}".encode("cp1256")
    assert read(lying, "a", "a").text.startswith("وقال الوزير")
    served = f"<body>{prose}".encode("iso-8859-6")
    assert read(served, "a", "a", charset="iso-8859-6").text.startswith("وقال الوزير")
    assert read(f"<body>{prose}".encode(), "a", "a", charset="no-such-thing").text.startswith("وقال الوزير")


def test_hidden_text_and_preformatted_text() -> None:
    hidden = "<p style='display: none'>You must not read this, says the page to all.</p><p hidden>Nor this.</p>"
    article = page(f"<pre>{PROSE[3:90]}\n\n  One line.\nAnother line of it that ends.</pre>{hidden}{PROSE}")
    assert "must not" not in article.text
    assert "Nor this" not in article.text
    assert "One line.\nAnother line" in article.text


@pytest.mark.parametrize(
    "html", ["", "   ", "<html></html>", "<p></p>", "<!-- only a comment -->", "<nav><a>Home</a></nav>"]
)
def test_a_page_with_nothing_to_quote(html: str) -> None:
    with pytest.raises(ReadError, match=r"^page\.html "):
        page(html)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + PROSE,
        "<b><i>" * 50_000 + PROSE,
        "<table><tr><td>" * 5_000 + PROSE,
        f"<p>{'word ' * 400_000}</p>",
        f"<body>{PROSE}" + "<a href='/'>x</a>" * 50_000,
        f"<body>{PROSE}<p {'a=b ' * 50_000}>",
        f"<body class='{'share-' * 50_000}'>{PROSE}",
        PROSE.replace("law", "l\0aw\x0b\ufffe"),
        PROSE + "&#0;&#xD800;&#x110000;" * 1000,
        PROSE + "\u202e\u2066\u200b" * 10_000,
        f'<script type="application/ld+json">{"[" * 100_000}</script>{PROSE}',
        f"<body>{PROSE}<svg><foreignObject><p>inside</p></svg>",
    ],
    ids=range(12),
)
def test_hostile_pages_give_an_article_or_say_why_not(html: str) -> None:
    try:
        article = page(html)
    except ReadError:
        return
    assert article.text.encode()
    assert "\0" not in article.text
