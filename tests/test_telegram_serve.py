"""Running: the start, polling and webhook, the log, the status port, the end."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import re
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram_api import BOT, TOKEN, breaking, refusing
from telegram_people import OPEN, QUOTE, Canned, Town, cited

from qa.answer import Answer
from qa.errors import ConfigError
from qa.telegram import checkup, serve
from qa.telegram.app import Service, build
from qa.telegram.logs import log_to
from qa.telegram.settings import Settings
from qa.web.feeds import open_feeds


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (refusing(401, "Unauthorized"), "Telegram does not know this bot token"),
        (refusing(404, "Not Found"), "Telegram does not know this bot token"),
        (breaking(httpx.ConnectError), "Telegram cannot be reached"),
        (breaking(httpx.ConnectTimeout), "Telegram cannot be reached"),
    ],
)
def test_a_start_that_cannot_succeed_says_why_in_one_line(town: Town, fault: Any, line: str) -> None:
    town.api.faults["getMe"] = deque([fault])
    with pytest.raises(ConfigError, match=line) as error:
        town.talk()
    assert "\n" not in str(error.value)
    assert TOKEN not in str(error.value)


def test_a_start_that_fails_half_way_is_told_too(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    town.api.faults["deleteWebhook"] = deque([refusing(502, "Bad Gateway")])
    with pytest.raises(ConfigError, match="Telegram cannot be reached"):
        town.talk()
    assert TOKEN not in caplog.text


def test_polling_outlasts_failures_of_the_network(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("telegram.ext._utils.networkloop.asyncio.sleep", instantly(asyncio.sleep))
    town.api.faults["getUpdates"] = deque(
        [
            refusing(502, "Bad Gateway"),
            refusing(409, "Conflict: terminated by other getUpdates request"),
            breaking(httpx.ReadTimeout),
            refusing(429, "Too Many Requests", retry_after=1),
        ]
    )
    town.people.say("Which bridge?")
    assert len(town.talk()) == 1
    assert "trying again reason='Bad Gateway'" in caplog.text
    assert "another program fetches" in caplog.text


def instantly(sleep: Callable[[float], Any]) -> Callable[[float], Any]:
    async def nap(_: float) -> None:
        await sleep(0)

    return nap


def test_the_menu_is_set_in_both_languages_and_its_refusal_is_no_fault(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    town.talk()
    assert [call.get("language_code") for call in town.api.named("setMyCommands")] == [None, "ar"]
    town.api.faults["setMyCommands"] = deque([refusing(400, "Bad Request: no")])
    town.people.say("Which bridge?")
    assert len(town.talk()) == 1
    assert "menu not set" in caplog.text


def test_the_token_stands_in_no_log_record(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx")
    town.api.faults["getUpdates"] = deque([refusing(502, "Bad Gateway")])
    town.api.faults["sendMessage"] = deque([breaking(httpx.ReadTimeout)])
    town.people.say("Which bridge?")
    town.talk()
    assert any("/bot<token>/getUpdates" in r.getMessage() for r in caplog.records if r.name == "httpx")
    assert TOKEN not in caplog.text


@pytest.mark.usefixtures("logging_as_it_was")
@pytest.mark.parametrize("as_json", [True, False])
def test_a_line_an_event_without_the_token_even_in_tracebacks(as_json: bool) -> None:
    out = io.StringIO()
    log_to(out, "token of an odd form", as_json=as_json)
    log = logging.getLogger("qa.test")
    try:
        raise ValueError(f"https://api.telegram.org/bot{TOKEN}/getMe and token of an odd form")
    except ValueError:
        log.exception("fault with=%s\nand a line", TOKEN)
    logging.getLogger("httpx").info("of no interest")
    text = out.getvalue()
    assert TOKEN not in text
    assert "odd form" not in text
    assert "bot<token>/getMe and <token>" in text
    if as_json:
        [event] = map(json.loads, text.splitlines())
        assert (event["level"], event["logger"], event["event"]) == (
            "error",
            "qa.test",
            "fault with=<token>\nand a line",
        )
        assert "ValueError" in event["traceback"]
    else:
        assert " level=error logger=qa.test fault with=<token> and a line\nTraceback" in text


@pytest.mark.usefixtures("logging_as_it_was")
@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_bot_after_the_answer_it_owes(
    town: Town, monkeypatch: pytest.MonkeyPatch, name: signal.Signals
) -> None:
    def ask(question: str) -> Answer:
        os.kill(os.getpid(), name)
        return cited(question)

    monkeypatch.setattr("qa.telegram.app._connection", lambda _: town.api.request())
    monkeypatch.setattr(serve, "Reading", lambda folder, workers: Canned(folder, ask))  # noqa: ARG005
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    number = town.people.say("Which bridge?")
    serve.run(Settings(token=TOKEN, public=True, index=str(town.folder)))
    assert len(town.api.sent) == 1
    assert town.api.named("getUpdates")[-1]["offset"] == 1001 + number


def test_without_a_token_it_does_not_start() -> None:
    with pytest.raises(ConfigError, match="@BotFather"):
        serve.run(Settings())


def webhook(**values: Any) -> dict[str, Any]:
    url = "https://bot.example/hooks/isnad"
    return {"webhook_url": url, "webhook_secret": "s" * 20, "webhook_port": free_port()} | values


def test_updates_come_by_webhook_with_the_secret_only(town: Town) -> None:
    town.set(**webhook(status_port=free_port()))

    async def call(service: Service) -> None:
        at = f"http://127.0.0.1:{service.settings.webhook_port}/hooks/isnad"
        town.people.say("Which bridge?")
        [update] = town.api.updates
        async with httpx.AsyncClient() as client:
            for secret, status in (("wrong", 403), ("s" * 20, 200), ("s" * 20, 200)):
                header = {"X-Telegram-Bot-Api-Secret-Token": secret}
                answer = await client.post(at, json=update, headers=header)
                assert answer.status_code == status
            health = await client.get(f"http://127.0.0.1:{service.settings.status_port}/health")
            assert health.json()["ok"] is True
        await service.inbox.join()
        town.api.drained.set()

    town.api.drained.set()
    asyncio.run(_until(town, call))
    assert [QUOTE in s.shown.text for s in town.api.sent] == [True]
    assert town.api.webhook["secret_token"] == "s" * 20
    assert town.api.named("getUpdates") == []


def test_what_a_webhook_cannot_read_is_noted_and_taken(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """Else Telegram would bring it again and again; what is none of Telegram's is refused."""
    town.set(**webhook())
    town.people.say("Which bridge?")
    [update] = town.api.updates
    broken = {"update_id": 7, "message": {"message_id": 1, "date": "not a time", "text": "secret words"}}

    async def call(service: Service) -> None:
        at = f"http://127.0.0.1:{service.settings.webhook_port}/hooks/isnad"
        header = {"X-Telegram-Bot-Api-Secret-Token": "s" * 20}
        async with httpx.AsyncClient(headers=header) as client:
            for body, status in ((broken, 200), ([], 400), (update, 200)):
                assert (await client.post(at, json=body)).status_code == status
            assert (await client.post(at, content=b"{")).status_code == 400
            assert (await client.get(at)).status_code == 405
            assert (await client.post(at + "/else", json=update)).status_code == 404
        await service.inbox.join()
        town.api.drained.set()

    town.api.drained.set()
    asyncio.run(_until(town, call))
    assert [QUOTE in s.shown.text for s in town.api.sent] == [True]
    [noted] = [r.getMessage() for r in caplog.records if r.levelname in ("ERROR", "CRITICAL")]
    assert re.match(r"update not readable, and passed over reference=[0-9a-f]{6} update=7 kind=message", noted)
    assert "secret" not in noted


async def _until(town: Town, during: Callable[[Service], Any]) -> None:
    """Runs the bot for as long as ``during`` takes."""
    from qa.telegram.state import State

    state, reading = State(town.folder), Canned(town.folder)
    service = build(town.settings, reading, state, request=town.api.request())
    running = asyncio.Event()
    started = service.app.start

    async def start() -> None:
        await started()
        running.set()

    service.app.start = start  # type: ignore[method-assign]

    async def visit() -> None:
        await running.wait()
        await asyncio.sleep(0.2)
        await during(service)

    await asyncio.wait_for(serve.serve(service, visit), 20)
    state.close()
    reading.close()


def test_health_and_metrics_tell_how_the_bot_does(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.set(status_port=free_port())
    told: dict[str, Any] = {}

    async def look(service: Service) -> None:
        await service.inbox.join()
        at = f"http://127.0.0.1:{service.settings.status_port}"
        async with httpx.AsyncClient() as client:
            told["health"] = await client.get(f"{at}/health")
            told["metrics"] = (await client.get(f"{at}/metrics")).text
            monkeypatch.setattr("qa.telegram.monitor.SILENT", 0.0)
            told["silent"] = await client.get(f"{at}/health")

    town.people.say("Which bridge?")
    town.people.say("Who won?", chat=8)
    town.people.say("Which bridge?", chat=9)  # no such chat
    town.talk(look)
    assert told["health"].json()["ok"] is True
    assert (told["silent"].status_code, told["silent"].json()["ok"]) == (503, False)
    lines = told["metrics"].splitlines()
    for line in (
        "isnad_bot_updates_total 3",
        'isnad_bot_questions_total{outcome="answered"} 2',
        'isnad_bot_questions_total{outcome="silent"} 1',
        "isnad_bot_messages_sent_total 2",
        'isnad_bot_messages_unsent_total{reason="refused"} 1',
        'isnad_bot_answer_seconds_bucket{le="+Inf"} 3',
        "isnad_bot_answer_seconds_count 3",
        "isnad_bot_waiting 0",
    ):
        assert line in lines


def test_ports_that_are_taken_are_named(town: Town) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        town.set(status_port=port)
        with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{port}.* another status_port"):
            town.talk()
        town.set(status_port=0, **webhook(webhook_port=port))
        with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{port}.* another webhook_port"):
            town.talk()


# qa bot --check


def checked(town: Town, **values: Any) -> tuple[bool, list[str]]:
    town.set(index=str(town.folder), **values)
    good, report = checkup.check(town.settings, request=town.api.request())
    return good, report.splitlines()


def test_a_check_looks_at_index_token_and_access(seed_index: Path, tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.folder = tmp_path / "index"
    os.symlink(seed_index, town.folder)
    good, lines = checked(town)
    assert good
    assert lines[0].startswith(f"ok    index     {town.folder}: ")
    assert lines[1:] == [
        f"ok    token     @{BOT['username']}",
        "ok    updates   by polling",
        "ok    access    anyone may ask",
    ]
    town.api.webhook = {"url": "https://x.example/"}
    _, lines = checked(town, public=False, admins=frozenset({7}))
    assert "will be taken away" in lines[2]
    assert "1 named in the settings" in lines[3]
    _, lines = checked(town, webhook_url="https://x.example/", webhook_secret="s" * 16)
    assert lines[2] == "ok    updates   by webhook at 127.0.0.1:8081"


def test_a_check_names_what_will_be_followed(town: Town) -> None:
    _, lines = checked(town, watch=True)
    assert lines[1] == "ok    watch     nothing yet but what comes by chat"
    town.folder = town.folder / "index"
    seeds = town.folder.parent / "seeds"
    seeds.mkdir()
    with open_feeds(town.folder) as feeds:
        feeds.add("https://news.example/rss", "News")
    _, lines = checked(town, watch=True)
    assert lines[1] == f"ok    watch     {seeds}, https://news.example/rss"
    (town.folder / "feeds.sqlite").write_text("no database " * 1000)
    assert checked(town, watch=True)[1][1].startswith("FAIL  watch     the feeds in ")


def test_a_check_names_all_that_is_wrong(town: Town) -> None:
    good, lines = checked(town, token="")
    assert not good
    assert lines[0].startswith("FAIL  index     there is no index in")
    assert lines[1].startswith("FAIL  token     TELEGRAM_BOT_TOKEN is not set")
    (town.folder / "people.sqlite").write_text("no database " * 1000)
    town.api.faults["getMe"] = deque([refusing(401, "Unauthorized"), breaking(httpx.ConnectError)])
    _, lines = checked(town, token=OPEN.token)
    assert lines[1].startswith("FAIL  people")
    assert "does not know this bot token" in lines[2]
    _, lines = checked(town)
    assert "cannot be reached" in lines[2]


def test_a_bot_without_inline_mode_is_told_how_to_turn_it_on(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BOT, "supports_inline_queries", False)
    assert any("/setinline" in line for line in checked(town)[1])
