"""Metadata at the head of a file."""

from __future__ import annotations

import pytest

from qa.readers.metadata import find_metadata
from qa.readers.text import article

BODY = "The harbour was closed on Monday, the mayor said.\n"


def test_front_matter() -> None:
    raw = (
        "\n---\n"
        "# a remark\n"
        'title: "Storm: the coast is hit"\n'
        "date: 2021-11-24T10:00:00Z\n"
        "source: 'Coast  Daily'\n"
        "canonical_url: https://example.org/a\n"
        "lang: EN-gb\n"
        "author: Jane Doe\n"
        "weather:\n"
        "  title: not this\n"
        "tags:\n"
        "- storm\n"
        "\n"
        "---\n"
    )
    page = article(raw + "\n# Storm: the coast is hit\n\n" + BODY, name="a.md", id="a")
    assert page.title == "Storm: the coast is hit"
    assert page.date is not None
    assert page.date.isoformat() == "2021-11-24"
    assert (page.source, page.url, page.lang) == ("Coast Daily", "https://example.org/a", "en")
    assert page.text == BODY.strip()
    assert find_metadata(raw + BODY).end == len(raw)


def test_labelled_lines() -> None:
    raw = (
        "Title: Storm\r\nDate: 24 November 2021\r\n\r\nSource: Coast Daily\r\nURL: https://example.org/a\r\n\r\n"
        + BODY
    )
    page = article(raw, name="a.txt", id="a")
    assert (page.title, page.source, page.url) == ("Storm", "Coast Daily", "https://example.org/a")
    assert str(page.date) == "2021-11-24"
    assert page.text == BODY.strip()


def test_arabic_labels() -> None:
    labels = "العنوان: عاصفة\nتاريخ النشر: ٢٤ نوفمبر ٢٠٢١\nالمصدر: جريدة الساحل\nالرابط: https://example.org/a\n"
    raw = labels + "أغلق الميناء يوم الاثنين."
    page = article(raw, name="a.txt", id="a")
    assert (page.title, page.source, page.url) == ("عاصفة", "جريدة الساحل", "https://example.org/a")
    assert str(page.date) == "2021-11-24"
    assert page.text == "أغلق الميناء يوم الاثنين."


@pytest.mark.parametrize(
    "raw",
    [
        "---\nA scene break opens this text.\n---\n" + BODY,
        "---\ntitle: never closed\n" + BODY.strip(),
        "---\ntitle: " + "x" * 3000 + "\n---\n" + BODY,
        "Source: the mayor resigns\n" + BODY,
        "Storm: the coast is hit\n" + BODY,
        "Date\n" + BODY,
        "",
        "\n",
    ],
)
def test_what_is_no_metadata(raw: str) -> None:
    assert find_metadata(raw).fields == {}
    assert find_metadata(raw).end == 0


def test_the_first_value_counts_and_empty_ones_do_not() -> None:
    assert find_metadata("title:\nTitle: a\ntitle: b\nauthor: c\n").fields == {"title": "a", "author": "c"}
    assert find_metadata("title: a").end == len("title: a")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "example.org", "https://example.org/a b", ""])
def test_only_web_addresses_are_links(url: str) -> None:
    assert article(f"Title: a\nURL: {url}\n{BODY}", name="a", id="a").url == ""


@pytest.mark.parametrize(
    ("given", "body", "lang"),
    [
        ("fr", "Le port est fermé depuis lundi.", "fr"),
        ("fa_IR", "بندر از دوشنبه بسته است.", "fa"),
        ("en", "أغلق الميناء يوم الاثنين.", "ar"),
        ("Arabic", "أغلق الميناء يوم الاثنين.", "ar"),
        ("", BODY, "en"),
        ("ar", "Порт закрыт с понедельника.", "und"),
    ],
)
def test_language(given: str, body: str, lang: str) -> None:
    assert article(f"Title: a\nlang: {given}\n{body}", name="a", id="a").lang == lang


def test_a_given_title_leaves_another_first_line_in_the_text() -> None:
    assert (
        article(f"Title: a\n\nAnother line\n\n{BODY}", name="a", id="a").text == f"Another line\n\n{BODY.strip()}"
    )
