from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections import deque
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest
from telegram_api import TOKEN, TelegramApi, breaking, refuse, refusing

from qa.answer import Answer, Citation, Source
from qa.errors import ConfigError, IndexMissing, QueryError
from qa.telegram import send as sending
from qa.telegram.app import Ask, build, run, serve
from qa.telegram.entities import check

ARTICLE = Source(
    id="bridge.html",
    title="Old bridge reopens",
    date=date(2021, 11, 24),
    source="The Valley Herald",
    url="https://herald.example/bridge",
    lang="en",
)
QUOTE = "The bridge reopened on Monday."


def cited(question: str) -> Answer:
    """Quotes the bridge for every question that names it, and abstains else."""
    quotes = [QUOTE, "It had been closed for two years."] if "bridge" in question else []
    citations = tuple(
        Citation(n, quote, ARTICLE, "bridge.html", 0, len(quote), 5, 5 + len(quote), 0.9, ())
        for n, quote in enumerate(quotes, 1)
    )
    return Answer(question, bool(citations), 0.9, citations, (ARTICLE,), {})


def long_winded(question: str) -> Answer:
    """Quotes that need two messages."""
    quote = "The bridge is long. " * 120
    citations = tuple(
        Citation(n, quote, ARTICLE, "bridge.html", 0, len(quote), 5, 5 + len(quote), 0.9, ()) for n in (1, 2)
    )
    return Answer(question, True, 0.9, citations, (), {})


def talk(api: TelegramApi, ask: Ask = cited) -> TelegramApi:
    """Runs the bot until it has fetched and answered all that was said to it."""

    async def conversation() -> None:
        await asyncio.wait_for(serve(build(TOKEN, ask, request=api.request()), api.drained), 20)

    asyncio.run(conversation())
    return api


@pytest.fixture
def api() -> TelegramApi:
    return TelegramApi()


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Records how long the bot would wait before it sends again, and does not wait."""
    taken: list[float] = []

    async def nap(seconds: float) -> None:
        taken.append(seconds)

    monkeypatch.setattr(sending, "sleep", nap)
    return taken


def test_a_question_is_answered_with_quotes_in_a_reply(api: TelegramApi) -> None:
    number = api.say("When did the bridge reopen?")
    talk(api)
    [sent] = api.sent
    assert QUOTE in sent.shown.text
    assert (sent.chat, sent.reply_to, sent.parse_mode) == (7, number, "HTML")
    assert {e.type for e in sent.shown.entities} == {"bold", "blockquote", "text_link", "code"}
    assert api.named("sendMessage")[0]["link_preview_options"] == {"is_disabled": True}


def test_silence_of_the_articles_is_said(api: TelegramApi) -> None:
    api.say("من فاز بالكأس؟")
    assert talk(api).sent[0].shown.text.startswith("المقالات لا تجيب عن هذا السؤال.")


def test_typing_is_shown_while_the_answer_is_sought(api: TelegramApi) -> None:
    api.say("When did the bridge reopen?")
    typing = threading.Event()

    def shown(_: httpx.Request) -> httpx.Response:
        typing.set()
        return refuse(502, "Bad Gateway")

    api.lost["sendChatAction"] = deque([shown])

    def ask(question: str) -> Answer:
        assert typing.wait(10)
        return cited(question)

    talk(api, ask)
    methods = [name for name, _ in api.calls if name.startswith("send")]
    assert methods[0] == "sendChatAction"
    assert methods[-1] == "sendMessage"
    assert api.named("sendChatAction")[0] == {"chat_id": 7, "action": "typing"}


@pytest.mark.parametrize(("language", "first"), [("ar", "اسأل"), ("de", "Ask a question")])
def test_start_and_help_greet_in_both_languages(api: TelegramApi, language: str, first: str) -> None:
    api.say("/start", language=language)
    api.say("/help ref", language=language)
    talk(api)
    assert len(api.sent) == 2
    for sent in api.sent:
        assert sent.shown.text.lstrip("\u200f").startswith(first)
        assert "اسأل" in sent.shown.text
        assert "Ask a question" in sent.shown.text


def test_what_is_no_question_gets_a_hint(api: TelegramApi) -> None:
    api.say("/unknown")
    api.post({"location": {"latitude": 33.9, "longitude": -6.8}})
    api.post({"group_chat_created": True})
    talk(api)
    assert [s.shown.text.split(":")[0] for s in api.sent] == ["I can read written questions only"] * 2


def test_edited_messages_groups_and_channels_are_left_alone(api: TelegramApi) -> None:
    api.say("Which bridge?", kind="edited_message")
    api.say("Which bridge?", chat=-100)
    api.say("Which bridge?", kind="channel_post")
    assert talk(api).sent == []


def test_an_update_delivered_twice_is_answered_once(api: TelegramApi) -> None:
    api.say("Which bridge?")
    api.repeat = 2
    talk(api)
    assert len(api.named("getUpdates")) >= 4
    assert len(api.sent) == 1


def test_everything_fetched_is_answered_before_the_bot_stops(api: TelegramApi) -> None:
    numbers = [api.say(f"Which bridge, number {n}?", chat=7 + n % 2) for n in range(120)]
    talk(api)
    assert sorted(sent.reply_to or 0 for sent in api.sent) == numbers
    for chat in api.people:
        replies = [sent.reply_to or 0 for sent in api.sent if sent.chat == chat]
        assert replies == sorted(replies)


def test_questions_asked_before_the_start_are_answered(api: TelegramApi) -> None:
    api.post({"text": "Which bridge?", "date": 1_600_000_000})
    assert len(talk(api).sent) == 1


def test_a_long_question_blocks_nobody_else(api: TelegramApi) -> None:
    """Chat 7 floods the bot with questions that end only when chat 8 has its answer."""
    for _ in range(40):
        api.say("slow bridge", chat=7)
    api.say("quick bridge", chat=8)
    answered = threading.Event()

    def ask(question: str) -> Answer:
        if "slow" in question:
            assert answered.wait(10)
        return cited(question)

    async def conversation() -> None:
        serving = asyncio.create_task(serve(build(TOKEN, ask, request=api.request()), api.drained))
        while not api.sent:
            await asyncio.sleep(0.01)
        answered.set()
        await serving

    asyncio.run(asyncio.wait_for(conversation(), 20))
    assert api.sent[0].chat == 8
    assert len(api.sent) == 41


def test_a_users_error_is_told_in_its_own_line(api: TelegramApi, caplog: pytest.LogCaptureFixture) -> None:
    def ask(_: str) -> Answer:
        raise QueryError("The question is too long: ask in at most <1000> characters")

    api.say("x " * 2000)
    [sent] = talk(api, ask).sent
    assert sent.shown.text == "The question is too long: ask in at most <1000> characters"
    assert not caplog.text


def test_a_missing_index_is_told_and_logged(api: TelegramApi, caplog: pytest.LogCaptureFixture) -> None:
    def ask(_: str) -> Answer:
        raise IndexMissing("There is no index: run `qa add`")

    api.say("Which bridge?")
    assert talk(api, ask).sent[0].shown.text == "There is no index: run `qa add`"
    assert "There is no index" in caplog.text


def test_an_unforeseen_error_gives_a_number_that_stands_in_the_log(
    api: TelegramApi, caplog: pytest.LogCaptureFixture
) -> None:
    def ask(_: str) -> Answer:
        raise ZeroDivisionError("secret detail")

    api.say("Which bridge?")
    [sent] = talk(api, ask).sent
    assert "secret" not in sent.shown.text
    assert "ZeroDivision" not in sent.shown.text
    reference = sent.shown.text.rsplit(" ", 1)[1]
    [record] = [r for r in caplog.records if reference in r.getMessage()]
    assert record.exc_info
    assert record.exc_info[0] is ZeroDivisionError


def test_too_many_requests_are_waited_out(api: TelegramApi, naps: list[float]) -> None:
    api.faults["sendMessage"] = deque([refusing(429, "Too Many Requests: retry after 7", retry_after=7)] * 2)
    api.say("Which bridge?")
    assert len(talk(api).sent) == 1
    assert naps == [7, 7]


def test_a_ban_is_not_waited_out(api: TelegramApi, naps: list[float], caplog: pytest.LogCaptureFixture) -> None:
    api.faults["sendMessage"] = deque([refusing(429, "Too Many Requests", retry_after=4000)])
    api.say("Which bridge?")
    assert talk(api).sent == []
    assert naps == []
    assert "Chat 7 lacks a message: Flood control exceeded" in caplog.text


def test_server_errors_are_tried_again_a_few_times(
    api: TelegramApi, naps: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    api.faults["sendMessage"] = deque([refusing(502, "Bad Gateway"), refusing(500, "Internal Server Error")])
    api.say("Which bridge?")
    assert len(talk(api).sent) == 1
    assert naps == [1, 2]
    api.faults["sendMessage"] = deque([refusing(502, "Bad Gateway")] * 10)
    api.drained = asyncio.Event()
    api.say("Which bridge?")
    assert len(talk(api).sent) == 1
    assert len(api.named("sendMessage")) == 3 + sending.TRIES
    assert "lacks a message: Bad Gateway" in caplog.text


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
def test_what_never_left_is_sent_again(
    api: TelegramApi, naps: list[float], error: type[httpx.TransportError]
) -> None:
    api.faults["sendMessage"] = deque([breaking(error)])
    api.say("Which bridge?")
    assert len(talk(api).sent) == 1
    assert naps == [1]


@pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError])
def test_what_may_have_arrived_is_not_sent_twice(
    api: TelegramApi, naps: list[float], error: type[httpx.TransportError], caplog: pytest.LogCaptureFixture
) -> None:
    api.lost["sendMessage"] = deque([breaking(error)])
    api.say("Which bridge?")
    talk(api, long_winded)
    assert [sent.shown.text[:2] for sent in api.sent] == ["1.", "2."]
    assert naps == []
    assert "lack" in caplog.text


def test_one_who_blocked_the_bot_is_left_alone(api: TelegramApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    api.faults["sendMessage"] = deque([refusing(403, "Forbidden: bot was blocked by the user")] * 9)
    api.say("Which bridge?")
    talk(api, long_winded)
    assert len(api.named("sendMessage")) == 1
    [record] = [r for r in caplog.records if r.name == "qa.telegram.send"]
    assert record.levelno == logging.INFO
    assert "blocked" in record.getMessage()


def test_refused_html_goes_out_as_plain_text(api: TelegramApi, caplog: pytest.LogCaptureFixture) -> None:
    refusal = refusing(400, 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0')
    api.faults["sendMessage"] = deque([refusal])
    number = api.say("Which bridge?")
    [sent] = talk(api).sent
    assert (sent.parse_mode, sent.shown.entities, sent.reply_to) == (None, (), number)
    assert QUOTE in sent.shown.text
    assert "<" not in sent.shown.text
    assert "Telegram refused our HTML" in caplog.text


def test_other_refusals_are_logged_and_not_repeated(api: TelegramApi, caplog: pytest.LogCaptureFixture) -> None:
    api.say("Which bridge?", chat=9)
    talk(api)
    assert len(api.named("sendMessage")) == 1
    assert "Chat 9 lacks a message: Chat not found" in caplog.text


def test_a_fault_of_a_handler_is_logged_and_the_next_update_served(
    api: TelegramApi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def torn(_: str) -> None:
        raise RuntimeError("torn")

    monkeypatch.setattr("qa.telegram.app.render_welcome", torn)
    api.say("/start")
    api.say("Which bridge?")
    assert len(talk(api).sent) == 1
    [record] = [r for r in caplog.records if r.getMessage() == "An update could not be handled"]
    assert record.exc_info


def test_polling_outlasts_failures_of_the_network(
    api: TelegramApi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("telegram.ext._utils.networkloop.asyncio.sleep", instantly(asyncio.sleep))
    api.faults["getUpdates"] = deque(
        [
            refusing(502, "Bad Gateway"),
            refusing(409, "Conflict: terminated by other getUpdates request"),
            breaking(httpx.ReadTimeout),
            refusing(429, "Too Many Requests", retry_after=1),
        ]
    )
    api.say("Which bridge?")
    assert len(talk(api).sent) == 1
    assert "trying again: Bad Gateway" in caplog.text
    assert "Another program fetches" in caplog.text


def instantly(sleep: Callable[[float], Any]) -> Callable[[float], Any]:
    async def nap(_: float) -> None:
        await sleep(0)

    return nap


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (refusing(401, "Unauthorized"), "Telegram does not know this bot token"),
        (refusing(404, "Not Found"), "Telegram does not know this bot token"),
        (breaking(httpx.ConnectError), "Telegram cannot be reached"),
        (breaking(httpx.ConnectTimeout), "Telegram cannot be reached"),
    ],
)
def test_a_start_that_cannot_succeed_says_why_in_one_line(api: TelegramApi, fault: Any, line: str) -> None:
    api.faults["getMe"] = deque([fault])
    with pytest.raises(ConfigError, match=line) as error:
        talk(api)
    assert "\n" not in str(error.value)
    assert TOKEN not in str(error.value)


def test_the_token_stands_in_no_log_record(api: TelegramApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api.faults["getUpdates"] = deque([refusing(502, "Bad Gateway")])
    api.faults["sendMessage"] = deque([breaking(httpx.ReadTimeout)])
    api.say("Which bridge?")
    talk(api)
    assert any("/bot<token>/getUpdates" in r.getMessage() for r in caplog.records if r.name == "httpx")
    assert TOKEN not in caplog.text
    assert not [r for r in caplog.records if TOKEN in r.getMessage()]


def test_messages_are_what_the_checker_accepts(api: TelegramApi) -> None:
    api.say("Which bridge?")
    for sent in talk(api, long_winded).sent:
        assert check(sent.markup, sent.parse_mode) == sent.shown


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_bot_after_the_answer_it_owes(
    api: TelegramApi, monkeypatch: pytest.MonkeyPatch, name: signal.Signals
) -> None:
    def ask(question: str) -> Answer:
        os.kill(os.getpid(), name)
        return cited(question)

    monkeypatch.setattr("qa.telegram.app.HTTPXRequest", lambda **_: api.request())
    api.say("Which bridge?")
    run(TOKEN, ask)
    assert len(api.sent) == 1
    assert api.named("getUpdates")[-1]["offset"] == 1002


def test_a_start_that_fails_half_way_is_told_too(api: TelegramApi, caplog: pytest.LogCaptureFixture) -> None:
    api.faults["deleteWebhook"] = deque([refusing(502, "Bad Gateway")])
    with pytest.raises(ConfigError, match="Telegram cannot be reached"):
        talk(api)
    assert TOKEN not in caplog.text
