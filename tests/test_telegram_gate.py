"""Who comes through, and what of a group's talk is meant for the bot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from telegram_api import BOT
from telegram_people import QUOTE, Town, cited

from qa.answer import Answer

ME = f"@{BOT['username']}"
GROUP: dict[str, Any] = {"chat": -100, "who": 7}


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


@pytest.fixture
def closed(town: Town) -> Town:
    town.set(public=False)
    return town


def test_group_talk_is_nobodys_question(town: Town) -> None:
    town.people.say("Which bridge?", **GROUP)
    town.people.say("@somebody Which bridge?", **GROUP)
    town.people.say("/ask@another_bot Which bridge?", **GROUP)
    town.people.say("/unknown", **GROUP)
    town.people.post({"location": {"latitude": 1.0, "longitude": 2.0}, "caption": ME}, **GROUP)
    town.people.post({"group_chat_created": True}, **GROUP)
    town.people.say("Which bridge?", chat=-100, who=9, via_bot=BOT)
    assert town.talk() == []


def test_a_mention_a_command_and_a_reply_are_meant_for_the_bot(town: Town) -> None:
    asked: list[str] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        return cited(question)

    town.ask = ask
    town.people.say(f"{ME} Which bridge?", **GROUP)
    town.people.say(f"Tell us, {ME}: which bridge?", **GROUP)
    town.people.say("/ask Which bridge is it?", **GROUP)
    town.people.say(f"/ask{ME.upper()} Which bridge was it?", **GROUP)
    first = town.talk()
    town.people.reply(first[0], "And which bridge is old?", who=8)
    town.talk()
    assert sorted(asked) == sorted(
        [
            "Which bridge?",
            "Tell us, : which bridge?",
            "Which bridge is it?",
            "Which bridge was it?",
            "And which bridge is old?",
        ]
    )
    assert all(QUOTE in s.shown.text for s in first)


def test_answers_stay_in_their_topic(town: Town) -> None:
    town.people.say("/ask Which bridge?", message_thread_id=55, is_topic_message=True, **GROUP)
    [sent] = town.talk()
    assert sent.thread == 55
    assert town.api.named("sendChatAction")[0]["message_thread_id"] == 55


def test_a_mention_without_a_question_gets_a_hint(town: Town) -> None:
    town.people.say(ME, **GROUP)
    town.people.say("/ask", **GROUP)
    assert [s.shown.text.split(":")[0] for s in town.talk()] == [
        "I can read written questions only",
        "Write the question after the command",
    ]


def test_what_is_no_question_gets_a_hint_in_private(town: Town) -> None:
    town.people.say("/unknown")
    town.people.post({"location": {"latitude": 33.9, "longitude": -6.8}})
    town.people.post({"pinned_message": None, "group_chat_created": True})
    assert [s.shown.text.split(":")[0] for s in town.talk()] == [
        "I don't know this command",
        "I can read written questions only",
    ]


def test_what_the_bot_itself_inserted_is_no_question(town: Town) -> None:
    town.people.say("Which bridge?", via_bot=BOT)
    assert town.talk() == []


def test_strangers_learn_how_to_be_let_in_and_nothing_else(closed: Town) -> None:
    closed.people.say("Which bridge?")
    closed.people.say("/latest", language="ar")
    closed.people.post({"document": {"file_id": "f", "file_unique_id": "f"}}, chat=8)
    closed.people.say("Which bridge?", chat=-100, who=8)  # not addressed
    closed.people.say("/ask Which bridge?", chat=-100, who=8)
    texts = [s.shown.text for s in closed.talk()]
    assert texts[0].startswith("This bot is for those who were let in. Your number is 7:")
    assert texts[1].startswith("هذا البوت لمن أُذن لهم فقط. رقمك 7")
    assert "Your number is 8" in texts[2]
    assert texts[3] == "I answer only those who were let in: write to me in private to see how."
    assert len(texts) == 4


def test_a_flood_of_strangers_messages_is_not_answered(closed: Town) -> None:
    closed.set(questions_per_minute=2)
    for _ in range(6):
        closed.people.say("Which bridge?")
    assert len(closed.talk()) == 2


def test_strangers_may_greet_and_choose_a_language(closed: Town) -> None:
    for text in ("/start", "/help", "/lang"):
        closed.people.say(text)
    sent = closed.talk()
    assert len(sent) == 3
    assert not any("let in" in s.shown.text for s in sent)


def test_strangers_press_no_buttons_and_see_nothing_inline(town: Town) -> None:
    town.people.say("Which bridge?")
    [sent] = town.talk()
    town.set(public=False)
    town.people.press(sent, "Context", who=8)
    town.people.inline("Which bridge?", who=8, language="ar")
    assert town.talk() == []
    assert town.api.told[0]["show_alert"] is True
    assert town.api.offered[0]["results"] == []
    assert town.api.offered[0]["button"] == {"text": "لم يؤذن لك بعد: اضغط هنا", "start_parameter": "start"}


def test_people_and_groups_that_the_settings_name_may_ask(closed: Town) -> None:
    closed.set(allowed=frozenset({7, -100}), admins=frozenset({8}))
    closed.people.say("Which bridge?", chat=7)
    closed.people.say("Which bridge?", chat=8)
    closed.people.say("/ask Which bridge?", chat=-100, who=99)
    group = {"id": -100, "type": "supergroup", "title": "G"}
    closed.people.say("/ask Which bridge?", chat=-100, who=1087968824, sender_chat=group)
    sent = closed.talk()
    assert len(sent) == 4
    assert all(QUOTE in s.shown.text for s in sent)


def test_a_code_lets_one_person_in_once(closed: Town) -> None:
    closed.set(admins=frozenset({8}))
    closed.people.say("/invite", chat=8)
    [invited] = closed.talk()
    code = invited.shown.text.rsplit(" ", 1)[1]
    assert "60 minutes" in invited.shown.text
    closed.people.say("/pair")
    closed.people.say(f"/pair {code.lower().replace('-', ' ')}")
    closed.people.say("Which bridge?")
    closed.people.say(f"/pair {code}")
    texts = [s.shown.text for s in closed.talk()]
    assert sorted(texts) == sorted([texts[0], *texts[1:]])
    assert any(text.startswith("Send the code") for text in texts)
    assert "Welcome: you may ask now." in texts
    closed.people.say("Which bridge?")
    assert QUOTE in closed.talk()[0].shown.text  # after a restart too
    closed.people.say("/people", chat=8)
    assert closed.talk()[0].shown.text == "Let in by a code:\n7 Reader <7>"
    for text in ("/revoke x", "/revoke 7", "/revoke 7", "/people"):
        closed.people.say(text, chat=8)
        closed.talk()
    assert [text.split(":")[0] for text in closed.texts[-4:]] == [
        "Send the number after the command",
        "7 is out.",
        "7 was not let in by a code",
        "Nobody was let in by a code yet.",
    ]
    closed.people.say("Which bridge?")
    assert "Your number is 7" in closed.talk()[0].shown.text


def test_guessing_ends_after_five_tries(closed: Town) -> None:
    for n in range(7):
        closed.people.say(f"/pair AAAAA-0000{n}")
        closed.talk()
    assert [text.split(":")[0] for text in closed.texts] == [
        "This code is wrong or has expired. Tries left"
    ] * 4 + ["Too many wrong codes"] * 3


def test_commands_of_admins_are_theirs(town: Town) -> None:
    for text in ("/status", "/reindex", "/remove x", "/invite", "/people", "/revoke 8", "/add https://x.example/"):
        town.people.say(text)
    assert [s.shown.text for s in town.talk()] == ["This command is for admins."] * 7
