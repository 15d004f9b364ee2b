"""The bot's ways to the articles' pages, where `public_url` says that there are some."""

from __future__ import annotations

import asyncio
import io
import logging
from collections import deque
from dataclasses import replace
from pathlib import Path

import pytest
from telegram_api import Sent, refusing
from telegram_people import ARTICLE, OPEN, QUOTE, Canned, Town, answer
from test_telegram_render import ENGLISH, cite, shown
from test_telegram_render import answer as answered

from qa.answer import Answer
from qa.errors import ConfigError
from qa.link import article_path, citation_path
from qa.telegram import console
from qa.telegram.app import build
from qa.telegram.console import Terminal
from qa.telegram.render import render
from qa.telegram.settings import Settings
from qa.telegram.state import State

SITE = "https://news.example"
PAGE = SITE + citation_path(ARTICLE.id, 0, len(QUOTE), QUOTE)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path)
    town.set(public_url=f"{SITE}/")
    return town


def links(sent: Sent) -> dict[str, str]:
    text = sent.shown.text
    return {text[e.start : e.end]: e.url or "" for e in sent.shown.entities if e.type == "text_link"}


def apps(sent: Sent) -> dict[str, str]:
    return {b["text"]: b["web_app"]["url"] for row in sent.buttons for b in row if "web_app" in b}


@pytest.mark.parametrize(
    "url",
    [
        "news.example",
        "ftp://news.example",
        "https://",
        "https://a.example/?x=1",
        "https://a b",
        "https://a.example/b",
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="public_url must be where `qa serve` is reached"):
        Settings(public_url=url)
    assert Settings(public_url="https://a.example:8443/").site == "https://a.example:8443"


def test_the_place_of_a_quote_links_to_its_page_and_the_title_to_where_it_came_from(town: Town) -> None:
    town.people.say("When did the bridge reopen?")
    [sent] = town.talk()
    assert links(sent) == {
        ARTICLE.title: ARTICLE.url,
        "characters 5–35": PAGE,
        "characters 5–38": SITE + citation_path(ARTICLE.id, 0, 33, "It had been closed for two years."),
    }


def test_the_title_of_an_article_without_an_address_links_to_its_page_too() -> None:
    local = replace(ENGLISH, url="", id="news/جسر #1.txt")
    [parsed] = shown(render(answered(cite("It rained.", local)), site=SITE))
    assert [e.url for e in parsed.entities if e.url] == [
        SITE + article_path(local.id),
        SITE + citation_path(local.id, 10, 20, "It rained."),
    ]
    [parsed] = shown(render(answered(nearest=(local,)), site=SITE))
    assert [e.url for e in parsed.entities if e.url] == [SITE + article_path(local.id)]
    [parsed] = shown(render(answered(cite("It rained.", local))))
    assert not [e.url for e in parsed.entities if e.url]


def test_in_private_the_articles_open_inside_telegram(town: Town) -> None:
    town.people.say("When did the bridge reopen?")
    [sent] = town.talk()
    assert sent.labels == ["Context 1", "Context 2", "Article 1", "Article 2", "👍", "👎"]
    assert apps(sent)["Article 1"] == PAGE
    town.people.press(sent, "👍")
    town.talk()
    assert apps(sent)["Article 1"] == PAGE
    assert "👍 ✓" in sent.labels


def test_in_groups_and_without_https_there_are_only_links(town: Town) -> None:
    town.people.say("/ask When did the bridge reopen?", chat=-100, who=7)
    [sent] = town.talk()
    assert not apps(sent)
    assert "characters 5–35" in links(sent)
    town.set(public_url="http://news.example")
    town.people.say("When did the bridge reopen?")
    [sent] = town.talk()
    assert not apps(sent)
    assert "characters 5–35" in links(sent)


def test_an_article_whose_address_is_too_long_has_no_button(town: Town) -> None:
    def deep(question: str) -> Answer:
        [citation] = answer(question, QUOTE).citations
        far = replace(citation, article=replace(ARTICLE, id="جسر/" * 60 + "a.txt"))
        return replace(answer(question), answered=True, citations=(far,), nearest=())

    town.ask = deep
    town.people.say("Which bridge?")
    [sent] = town.talk()
    assert QUOTE in sent.shown.text
    assert not apps(sent)


def test_an_answer_whose_buttons_telegram_refuses_goes_out_without_them(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    town.api.faults["sendMessage"] = deque([refusing(400, "Bad Request: BUTTON_URL_INVALID")])
    town.people.say("When did the bridge reopen?")
    with caplog.at_level(logging.ERROR):
        [sent] = town.talk()
    assert sent.labels == ["Context 1", "Context 2", "👍", "👎"]
    assert "look at public_url" in caplog.text


def test_passages_and_lists_link_to_pages_as_well(town: Town) -> None:
    town.people.say("/search bridge")
    town.people.say("Who won the cup?")
    found, silent = town.talk()
    assert links(found)["characters 5–35"] == PAGE
    assert links(silent) == {ARTICLE.title: ARTICLE.url}


def test_inline_excerpts_carry_the_link(town: Town) -> None:
    town.people.inline("which bridge")
    town.talk()
    [offer] = town.api.offered
    assert PAGE.replace("&", "&amp;") in offer["results"][0]["input_message_content"]["message_text"]


@pytest.mark.usefixtures("logging_as_it_was")
def test_at_a_terminal_the_button_says_what_it_would_open(tmp_path: Path) -> None:
    out = io.StringIO()

    async def conversation() -> None:
        terminal = Terminal(out, echo=False, ansi=False)
        settings = replace(OPEN, token="1:x", public_url=SITE)
        service = build(settings, Canned(tmp_path), State(None), request=terminal)
        lines = [b"which bridge?\n", b":3\n"]
        reading = asyncio.to_thread(terminal.read, lines, asyncio.get_running_loop())
        await asyncio.gather(reading, console.talk(service, terminal))

    asyncio.run(asyncio.wait_for(conversation(), 20))
    assert f"· opens {PAGE}\n" in out.getvalue()
