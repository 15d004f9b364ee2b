"""No update lost, none answered twice: duplicates, restarts, and a process that is killed."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from telegram import Update
from telegram.error import NetworkError
from telegram_api import TOKEN, TelegramApi
from telegram_people import QUOTE, People, Town
from telegram_server import Server

from qa.people import DATABASE
from qa.telegram.app import Service
from qa.telegram.plan import Place, Plan
from qa.telegram.render import render_line
from qa.telegram.state import State
from qa.telegram.updates import Inbox


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_an_update_delivered_twice_is_answered_once(town: Town) -> None:
    town.people.say("Which bridge?")
    town.api.repeat = 2
    town.talk()
    assert len(town.api.named("getUpdates")) >= 4
    assert len(town.api.sent) == 1


def test_an_update_delivered_again_after_a_restart_is_known(town: Town) -> None:
    town.people.say("Which bridge?")
    updates = list(town.api.updates)
    town.talk()
    town.api.updates[:] = updates
    assert town.talk() == []


def test_edited_messages_and_channel_posts_are_left_alone(town: Town) -> None:
    town.people.post({"text": "Which bridge?"}, kind="edited_message")
    town.people.post({"text": "Which bridge?"}, kind="channel_post", chat=-100)
    assert town.talk() == []
    assert town.api.named("getUpdates")[0]["allowed_updates"] == ["message", "callback_query", "inline_query"]


BROKEN = {"message": {"message_id": 1, "date": "not a time", "text": "secret words"}}
"""No message of Telegram's: it has no chat."""


def test_an_update_that_cannot_be_read_is_passed_over(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """Alone, it must be confirmed all the same; among others, they are answered."""
    town.api.add(BROKEN)
    assert town.talk() == []
    assert town.api.updates == []
    town.people.say("Which bridge?")
    town.api.add(BROKEN)
    town.people.say("Which bridge is it?")
    assert [sent.shown.text.split("\n")[1] for sent in town.talk()] == [QUOTE, QUOTE]
    passed_over = [r.getMessage() for r in caplog.records if r.levelname in ("ERROR", "CRITICAL")]
    assert len(passed_over) == 2
    assert all(
        re.match(r"update not readable, .* reference=[0-9a-f]{6} update=\d+ kind=message", m) for m in passed_over
    )
    assert "secret words" not in caplog.text


def test_an_update_left_by_another_release_that_cannot_be_read_is_passed_over(town: Town) -> None:
    town.people.say("Which bridge?")
    town.talk()
    with closing(sqlite3.connect(town.folder / DATABASE)) as db:
        broken = json.dumps(BROKEN | {"update_id": 1})
        db.execute("INSERT INTO bot_updates (id, received, body) VALUES (1, ?, ?)", (time.time(), broken))
        db.commit()
    assert town.talk() == []
    with closing(sqlite3.connect(town.folder / DATABASE)) as db:
        assert db.execute("SELECT count(*) FROM bot_updates WHERE body NOTNULL").fetchone() == (0,)


def test_very_old_questions_get_one_kind_note_for_each_chat(town: Town) -> None:
    for chat in (7, 7, 8):
        town.people.post({"text": "Which bridge?", "date": int(time.time()) - 7 * 3600}, chat=chat)
    town.people.post({"text": "Which bridge?", "date": int(time.time()) - 5 * 3600})
    texts = [s.shown.text for s in town.talk()]
    assert sum(text.startswith("I was away") for text in texts) == 2
    assert sum(QUOTE in text for text in texts) == 1


def _prepared(folder: Path, *works: tuple[str, tuple[object, ...]]) -> None:
    state = State(folder)
    for query, values in works:
        state.submit(lambda db, q=query, v=values: db.execute(q, v)).result()  # type: ignore[misc]
    state.close()


UPDATE = {
    "update_id": 5,
    "message": {
        "message_id": 50,
        "date": int(time.time()),
        "chat": {"id": 7, "type": "private"},
        "from": {"id": 7, "is_bot": False, "first_name": "R"},
        "text": "Which bridge?",
    },
}
_LEFT = "INSERT INTO bot_updates (id, received, body, tries, plan, next, leaving) VALUES (5, ?, ?, ?, ?, ?, ?)"


def test_what_a_killed_process_was_sending_goes_on_where_it_was(town: Town) -> None:
    plan = Plan(Place(7, None, 50), tuple(render_line(f"part {n}") for n in range(3)))
    values = (time.time(), json.dumps(UPDATE), 0, plan.as_json(), 1, 0)
    _prepared(town.folder, (_LEFT, values))
    assert [s.shown.text for s in town.talk()] == ["part 1", "part 2"]
    assert town.talk() == []


def test_what_was_on_its_way_when_the_process_was_killed_is_in_doubt(town: Town) -> None:
    plan = Plan(Place(7, None, 50), tuple(render_line(f"part {n}") for n in range(3)))
    values = (time.time(), json.dumps(UPDATE), 0, plan.as_json(), 1, 1)
    _prepared(town.folder, (_LEFT, values))
    sent = town.talk()
    assert [s.shown.text[:6] for s in sent] == ["The co", "part 2"]
    town.people.press(sent[0], "Send it")
    assert [s.shown.text for s in town.talk()] == ["part 1"]


def test_an_update_that_brings_the_process_down_again_and_again_is_given_up(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    _prepared(town.folder, (_LEFT, (time.time(), json.dumps(UPDATE), 3, None, 0, 0)))
    [sent] = town.talk()
    assert "went wrong" in sent.shown.text
    assert "update given up" in caplog.text
    assert town.talk() == []


def test_an_end_in_peace_does_not_count_as_a_failure(town: Town) -> None:
    _prepared(town.folder, (_LEFT, (time.time(), json.dumps(UPDATE), 2, None, 0, 0)))

    async def stop(service: Service) -> None:
        service.stopping.set()
        town.people.say("Which bridge?")

    assert len(town.talk(stop)) == 1
    with closing(sqlite3.connect(town.folder / DATABASE)) as db:
        assert db.execute("SELECT tries FROM bot_updates WHERE body NOTNULL").fetchall() == [(0,)]
    assert len(town.talk()) == 1


def test_an_inline_question_from_before_the_restart_is_dropped(town: Town) -> None:
    query = {"id": "1", "from": UPDATE["message"]["from"], "query": "bridge", "offset": ""}  # type: ignore[index]
    body = json.dumps({"update_id": 5, "inline_query": query})
    _prepared(town.folder, (_LEFT, (time.time(), body, 0, None, 0, 0)))
    assert town.talk() == []
    assert town.api.offered == []


def test_what_cannot_be_written_down_counts_as_not_fetched(tmp_path: Path) -> None:
    async def receive() -> None:
        state = State(tmp_path)
        inbox = Inbox(state)
        await state.run(lambda db: db.execute("DROP TABLE bot_updates"))
        with pytest.raises(NetworkError, match="cannot be used"):
            await inbox.put(Update.de_json(UPDATE, None))
        assert inbox.empty()
        state.close()

    asyncio.run(receive())


# A process of its own, over HTTP, that is killed.

CHILD = """\
import sys, time, pathlib
sys.path.insert(0, sys.argv[1])
from telegram_people import Canned, cited
from qa.telegram import serve
from qa.telegram.settings import Settings
def slowly(question):
    time.sleep(0.02)
    return cited(question)
serve.Reading = lambda folder, workers: Canned(folder, slowly)
token, index, api = sys.argv[2:]
serve.run(Settings(token=token, public=True, index=index, api_url=api, questions_per_minute=999))
"""


def _start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", CHILD, here, TOKEN, str(folder), f"http://127.0.0.1:{port}"]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ | {"OMP_NUM_THREADS": "1"})


def test_a_bot_that_is_killed_at_any_moment_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Each question has in the end its answer, once, or a note that it may be missing and a button for it."""
    people = People(TelegramApi(people=tuple(range(1, 21))))
    api = people.api
    server = Server(api)
    dice = random.Random(5)
    numbers: list[int] = []

    def ask() -> None:
        numbers.extend(people.say("Which bridge?", chat=chat) for chat in range(1, 21))

    child = _start(tmp_path, server.port)
    try:
        for _ in range(3):
            before = len(api.sent)
            server.do(ask)
            deadline = time.monotonic() + 20
            while len(api.sent) < before + dice.randint(1, 12) and time.monotonic() < deadline:
                time.sleep(0.005)
            child.send_signal(signal.SIGKILL)
            child.wait(10)
            child = _start(tmp_path, server.port)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            time.sleep(0.3)
            done = {s.reply_to for s in list(api.sent)}
            if len(done) == 60:
                break
        child.send_signal(signal.SIGTERM)
        assert child.wait(30) == 0
    finally:
        child.kill()
        child.wait(10)
    answers = Counter(s.reply_to for s in api.sent if QUOTE in s.shown.text)
    notes = Counter(s.reply_to for s in api.sent if s.shown.text.startswith("The connection broke"))
    assert set(answers) | set(notes) == set(numbers)
    assert max(answers.values()) == 1
    assert len(numbers) == 60
    assert sum(notes.values()) <= 3 * 20
