"""The pages in a real browser: Chromium, without a window."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sites import Site

from qa.library import Library

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: apt-get install chromium")

ASKED = {
    "en": ("When did the old stone bridge reopen to traffic?", "Ask"),
    "ar": ("متى أعيد افتتاح الجسر الحجري القديم؟", "اسأل"),
}
PHONE = {"width": 320, "height": 640}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@contextmanager
def opened(browser: Browser, site: Site, path: str = "/", **options: Any) -> Iterator[Page]:
    """A page in a context of its own; fails where the browser complains or asks anybody else for anything."""
    context, complaints = browser.new_context(**options), list[str]()
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.extend([request.url] * (not request.url.startswith(site.url))))
    page.goto(site.url + path)
    yield page
    context.close()
    assert not complaints


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_from_the_question_to_the_quoted_words_and_back(
    browser: Browser, site: Site, news_index: Path, lang: str, scripts: bool
) -> None:
    question, button = ASKED[lang]
    [first, *_] = Library(news_index).ask(question, limit=8).citations
    with opened(browser, site, locale=lang, java_script_enabled=scripts) as page:
        assert page.locator("html").get_attribute("dir") == ("rtl" if lang == "ar" else "ltr")
        page.locator("#q").fill(question)
        page.get_by_role("button", name=button).click()
        assert page.locator("blockquote").first.text_content() == first.quote
        page.locator(".card .title a").first.click()
        assert page.locator("mark#quote").text_content() == first.quote
        expect(page.locator("mark#quote")).to_be_in_viewport(ratio=1)
        assert page.locator("h1").text_content() == first.article.title
        page.go_back()
        assert page.locator("#q").input_value() == question
        assert page.locator("blockquote").first.text_content() == first.quote


def test_an_article_longer_than_the_screen_is_scrolled_to_the_quote(browser: Browser, site: Site) -> None:
    question = urlencode({"q": "Where must lorries above twelve tonnes go?"})
    small = {"width": 320, "height": 300}
    with opened(browser, site, f"/?{question}", viewport=small, bypass_csp=True) as page:
        quote = page.locator("blockquote").first.text_content()
        assert quote
        assert "motorway" in quote
        page.locator(".card .title a").first.click()
        assert page.locator("mark#quote").text_content() == quote
        expect(page.locator("mark#quote")).to_be_in_viewport(ratio=1)
        assert page.evaluate("scrollY") > 300
        page.locator("body").press("Home")
        expect(page.locator("mark#quote")).not_to_be_in_viewport()
        page.get_by_role("link", name="To the quote").click()
        expect(page.locator("mark#quote")).to_be_in_viewport(ratio=1)


def test_what_is_copied_is_the_quote_alone(browser: Browser, site: Site) -> None:
    with opened(browser, site, f"/?{urlencode({'q': ASKED['ar'][0]})}", bypass_csp=True) as page:
        page.locator(".card .title a").first.click()
        copied = page.evaluate(
            "getSelection().selectAllChildren(document.querySelector('#quote')), String(getSelection())"
        )
        assert copied == page.locator("#quote").text_content()


PATHS = {
    "first": "/",
    "answer": f"/?{urlencode({'q': ASKED['en'][0]})}",
    "silence": "/?q=Who+is+the+president+of+Peru",
    "article": "/articles/news/bridge.txt?start=0&end=60#quote",
    "browse": "/browse?lang=en",
    "status": "/status",
    "login": "/login",
    "passages": "/search?q=tram",
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_axe_finds_no_barrier_and_a_phone_scrolls_one_way(browser: Browser, site: Site, path: str) -> None:
    with opened(browser, site, path, locale="ar", bypass_csp=True, viewport=PHONE, color_scheme="dark") as page:
        assert page.evaluate(SIDEWAYS) == 0
        assert barriers(page) == []
        page.set_viewport_size({"width": 1000, "height": 640})
        page.emulate_media(color_scheme="light")
        assert barriers(page) == []


def barriers(page: Page) -> list[tuple[str, str]]:
    """What axe-core finds to be in people's way, be it serious or not: the rule, and where."""
    return [(v["id"], v["nodes"][0]["html"]) for v in Axe().run(page).response["violations"]]


def test_a_question_that_the_field_cuts_off_is_read_above_it(browser: Browser, site: Site) -> None:
    for question, on_phone, on_desk in (
        ("Which trams?", False, False),
        (ASKED["ar"][0], True, False),
        (f"{ASKED['en'][0]} {ASKED['en'][0]}", True, True),
    ):
        with opened(browser, site, f"/?{urlencode({'q': question})}", viewport=PHONE) as page:
            assert page.locator("h1").text_content() == question
            assert _seen(page) == on_phone
            page.set_viewport_size({"width": 1000, "height": 640})
            assert _seen(page) == on_desk


def _seen(page: Page) -> bool:
    """Whether the first heading is there for others than screen readers."""
    box = page.locator("h1").bounding_box()
    return box is not None and box["height"] > 1


def test_by_keyboard_alone(browser: Browser, site: Site) -> None:
    focused = "document.activeElement"
    with opened(browser, site, bypass_csp=True) as page:
        assert page.evaluate(f"{focused}.id") == "q"
        page.keyboard.type(ASKED["en"][0])
        page.keyboard.press("Enter")
        page.wait_for_selector("blockquote")
        page.keyboard.press("Tab")
        assert page.evaluate(f"{focused}.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate(f"{focused}.id") == "main"
        for _ in range(3):
            page.keyboard.press("Tab")
        assert "/articles/news/" in page.evaluate(f"{focused}.href")
        page.keyboard.press("Enter")
        page.wait_for_selector("mark#quote")


def test_on_paper_there_is_the_article_and_nothing_to_press(browser: Browser, site: Site) -> None:
    with opened(browser, site, "/articles/news/trams.jsonl%2342?start=0&end=9") as page:
        page.emulate_media(media="print")
        for hidden in ("nav", ".actions", ".bottom", ".switch"):
            assert not page.locator(hidden).first.is_visible()
        assert page.locator("mark").is_visible()
