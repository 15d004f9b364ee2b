from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest
from telegram_api import refusing
from telegram_people import QUOTE, Town, answer

from qa.answer import Answer
from qa.errors import IndexMissing
from qa.telegram.app import Service
from qa.telegram.entities import check
from qa.telegram.render import PIECE


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_excerpts_to_insert_have_their_citation(town: Town) -> None:
    town.people.inline("Which bridge?")
    town.talk()
    [offer] = town.api.offered
    assert (offer["is_personal"], offer["cache_time"], len(offer["results"])) == (True, 30, 2)
    first = offer["results"][0]
    assert (first["title"], first["description"]) == (QUOTE, "Old bridge reopens · 24 November 2021")
    shown = check(first["input_message_content"]["message_text"], "HTML")
    assert shown.text.startswith(f"{QUOTE}\nOld bridge reopens · 24 November 2021")
    assert "button" not in offer


def test_where_the_articles_do_not_say_the_nearest_passages_are_offered_as_such(town: Town) -> None:
    said: list[str] = []

    def ask(question: str) -> Answer:
        said.append(question)
        return answer(question, *([QUOTE] if len(said) > 1 else []))

    town.ask = ask
    town.people.inline("من فاز بالكأس؟", language="ar")
    town.talk()
    [offer] = town.api.offered
    assert offer["button"]["text"] == "المقالات لا تجيب: هذه أقرب المقاطع"
    assert len(offer["results"]) == 1


def test_nothing_typed_yet_is_told_what_to_type(town: Town) -> None:
    town.people.inline(" ")
    town.talk()
    assert town.api.offered[0]["button"]["text"] == "Write a question after my name"


def test_only_the_last_of_what_is_being_typed_is_asked(town: Town) -> None:
    asked: list[str] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        return answer(question, QUOTE)

    town.ask = ask
    for text in ("Which", "Which bri", "Which bridge?"):
        town.people.inline(text)
    town.talk()
    assert asked == ["Which bridge?"]
    assert len(town.api.offered) == 1


def test_what_cannot_be_answered_offers_nothing(town: Town) -> None:
    def ask(_: str) -> Answer:
        raise IndexMissing("there is no index")

    town.ask = ask
    town.people.inline("Which bridge?")
    town.talk()
    assert town.api.offered[0]["button"]["text"] == "Nothing comes near this"


def test_one_who_types_too_fast_waits(town: Town) -> None:
    town.set(questions_per_minute=1)

    async def again(service: Service) -> None:
        await service.inbox.join()
        town.people.inline("Which bridge was it?")

    town.people.inline("Which bridge?")
    town.talk(again)
    assert [len(offer["results"]) for offer in town.api.offered] == [2, 0]


def test_a_quote_of_several_messages_cannot_be_inserted(town: Town) -> None:
    town.ask = lambda question: answer(question, "x " * PIECE, QUOTE)
    town.people.inline("Which bridge?")
    town.talk()
    assert [result["id"] for result in town.api.offered[0]["results"]] == ["2"]


def test_an_offer_that_comes_too_late_is_no_fault(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    town.api.faults["answerInlineQuery"] = deque([refusing(400, "Bad Request: query is too old")])
    town.people.inline("Which bridge?")
    town.talk()
    assert town.api.offered == []
    assert not [r for r in caplog.records if r.levelname == "ERROR"]
