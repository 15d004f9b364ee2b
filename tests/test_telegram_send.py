"""Messages out, through every failure that Telegram and the network know."""

from __future__ import annotations

import logging
from collections import deque
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram_api import breaking, refusing
from telegram_people import QUOTE, Town, cited, long_winded

from qa.answer import Answer
from qa.people import DATABASE
from qa.telegram.app import Service
from qa.telegram.entities import check
from qa.telegram.send import Post


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Records how long the bot would wait before it sends again, and does not wait."""
    taken: list[float] = []

    async def nap(_: Post, seconds: float) -> None:
        taken.append(seconds)

    monkeypatch.setattr(Post, "_pause", nap)
    return taken


def test_too_many_requests_are_waited_out(town: Town, naps: list[float]) -> None:
    town.api.faults["sendMessage"] = deque([refusing(429, "Too Many Requests: retry after 7", retry_after=7)] * 2)
    town.people.say("Which bridge?")
    assert len(town.talk()) == 1
    assert naps == [7, 7]


def test_server_errors_are_tried_again_until_they_end(town: Town, naps: list[float]) -> None:
    town.api.faults["sendMessage"] = deque([refusing(502, "Bad Gateway"), refusing(500, "Internal")] * 5)
    town.people.say("Which bridge?")
    assert len(town.talk()) == 1
    assert naps == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_what_nobody_waits_for_any_more_is_given_up(
    town: Town, naps: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    town.api.faults["sendMessage"] = deque([refusing(429, "Too Many Requests", retry_after=7 * 3600)])
    town.people.say("Which bridge?")
    assert town.talk() == []
    assert naps == []
    assert "message failed chat=7" in caplog.text


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
def test_what_never_left_is_sent_again(town: Town, naps: list[float], error: type[httpx.TransportError]) -> None:
    town.api.faults["sendMessage"] = deque([breaking(error)] * 3)
    town.people.say("Which bridge?")
    assert len(town.talk()) == 1
    assert naps == [1, 2, 4]


IN_DOUBT = [httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError]


@pytest.mark.parametrize("error", IN_DOUBT)
def test_what_has_arrived_unconfirmed_is_not_sent_twice(
    town: Town, naps: list[float], error: type[httpx.TransportError]
) -> None:
    town.api.lost["sendMessage"] = deque([breaking(error)])
    town.ask = long_winded
    town.people.say("Which bridge?")
    sent = town.talk()
    assert [s.shown.text[:2] for s in sent] == ["1.", "Th", "2."]
    assert sent[1].shown.text.startswith("The connection broke")
    assert naps == []


@pytest.mark.parametrize("error", IN_DOUBT)
def test_what_was_lost_is_there_at_the_press_of_a_button_and_once(
    town: Town, error: type[httpx.TransportError]
) -> None:
    town.api.faults["sendMessage"] = deque([breaking(error)])
    number = town.people.say("Which bridge?", language="ar")
    [note] = town.talk()
    assert note.shown.text.startswith("انقطع الاتصال")
    assert note.labels == ["أرسلها"]
    town.people.press(note, "أرسلها")
    town.people.press(note, "أرسلها")
    [sent] = town.talk()
    assert QUOTE in sent.shown.text
    assert sent.reply_to == number
    assert note.labels == []
    town.people.press(sent, "👍")
    town.people.reply(sent, "Which bridge?")
    assert len(town.talk()) == 1
    assert "👍 ✓" in sent.labels


def test_a_gateways_timeout_leaves_doubt_too(town: Town) -> None:
    town.api.lost["sendMessage"] = deque([refusing(504, "Gateway Timeout")])
    town.people.say("Which bridge?")
    assert [QUOTE in s.shown.text for s in town.talk()] == [True, False]


def test_a_note_that_is_lost_itself_is_not_followed_by_another(town: Town) -> None:
    town.api.lost["sendMessage"] = deque([breaking(httpx.ReadTimeout)] * 5)
    town.people.say("Which bridge?")
    assert len(town.talk()) == 2


def test_one_who_blocked_the_bot_is_left_alone(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    town.api.faults["sendMessage"] = deque([refusing(403, "Forbidden: bot was blocked by the user")] * 9)
    town.ask = long_winded
    town.people.say("Which bridge?")
    town.talk()
    assert len(town.api.named("sendMessage")) == 1
    [record] = [r for r in caplog.records if r.name == "qa.telegram.send"]
    assert record.levelno == logging.INFO
    assert "blocked" in record.getMessage()


def test_refused_html_goes_out_as_plain_text(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    refusal = refusing(400, 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0')
    town.api.faults["sendMessage"] = deque([refusal])
    number = town.people.say("Which bridge?")
    [sent] = town.talk()
    assert (sent.parse_mode, sent.shown.entities, sent.reply_to) == (None, (), number)
    assert QUOTE in sent.shown.text
    assert "<" not in sent.shown.text
    assert sent.labels[-1] == "👎"
    assert "html refused" in caplog.text


def test_other_refusals_are_logged_and_not_repeated(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    town.people.say("Which bridge?", chat=9)
    town.talk()
    assert len(town.api.named("sendMessage")) == 1
    assert "message refused chat=9 reason='Chat not found'" in caplog.text


def test_a_group_that_became_a_supergroup_is_followed(town: Town) -> None:
    moved = refusing(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-100)
    town.api.faults["sendMessage"] = deque([moved])
    town.people.say("/ask Which bridge?", chat=-5, who=7)
    assert [s.chat for s in town.talk()] == [-100]


def test_an_answer_in_a_topic_that_is_gone_goes_to_the_group(town: Town) -> None:
    town.people.say("/ask Which bridge?", chat=-100, who=7, message_thread_id=56, is_topic_message=True)
    assert [s.thread for s in town.talk()] == [None]


def test_edits_are_tried_again_and_an_unchanged_one_is_no_error(
    town: Town, naps: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    town.people.say("/lang")
    [sent] = town.talk()
    town.api.lost["editMessageText"] = deque([breaking(httpx.ReadTimeout)])
    town.people.press(sent, "العربية")
    town.talk()
    assert sent.shown.text == "سأخاطبك بالعربية."
    assert len(town.api.named("editMessageText")) == 2
    assert naps == [1]
    town.people.press_data(sent, "l:ar")
    town.api.faults["editMessageText"] = deque([refusing(400, "Bad Request: message can't be edited")])
    town.talk()
    assert caplog.text.count("edit refused") == 1
    town.people.press_data(sent, "l:en")
    town.api.faults["editMessageText"] = deque([refusing(403, "Forbidden: bot was blocked by the user")])
    town.talk()
    assert "edit failed" in caplog.text


def test_a_burst_keeps_to_telegrams_limits(town: Town) -> None:
    for n in range(45):
        town.people.say(f"Which bridge, number {n}?", chat=7 + n % 2)
    sent = town.talk()
    assert len(sent) == 45
    assert len(town.api.named("sendMessage")) == 45
    for chat in town.api.people:
        replies = [s.reply_to or 0 for s in sent if s.chat == chat]
        assert replies == sorted(replies)


def test_messages_are_what_the_checker_accepts(town: Town) -> None:
    town.ask = long_winded
    town.people.say("Which bridge?")
    for sent in town.talk():
        assert check(sent.markup, sent.parse_mode) == sent.shown


def test_an_answer_that_waits_for_the_network_is_sent_by_the_next_process(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """The bot stops while Telegram cannot be reached: what it owes is on disk."""
    caplog.set_level(logging.INFO)
    asked: list[str] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        return cited(question)

    town.ask = ask
    town.api.faults["sendMessage"] = deque([breaking(httpx.ConnectError)] * 50)
    town.people.say("Which bridge?")

    async def stop(service: Service) -> None:
        service.stopping.set()

    town.talk(stop)
    assert "left for the next start" in caplog.text
    assert town.api.sent == []
    assert (town.folder / DATABASE).is_file()
    town.api.faults.clear()
    assert [QUOTE in s.shown.text for s in town.talk()] == [True]
    assert town.talk() == []
    assert asked == ["Which bridge?"]


def test_updates_that_the_stopping_bot_did_not_take_up_come_first_next_time(town: Town) -> None:
    async def stop(service: Service) -> None:
        service.stopping.set()
        for n in range(3):
            town.people.say(f"Which bridge, number {n}?")

    assert town.talk(stop) == []
    assert len(town.talk()) == 3
    assert town.talk() == []


def test_a_fault_in_a_handler_is_told_with_its_number(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def torn(*_: Any) -> None:
        raise RuntimeError("torn")

    monkeypatch.setattr("qa.telegram.browse.spoken", torn)
    town.people.say("/start")
    town.people.say("Which bridge?")
    sent = town.talk()
    assert len(sent) == 2
    [reference] = [s.shown.text.rsplit(" ", 1)[1] for s in sent if "went wrong" in s.shown.text]
    [record] = [r for r in caplog.records if reference in r.getMessage()]
    assert record.exc_info
