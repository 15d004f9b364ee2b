"""Administration from the chat, with the real `qa` in processes of its own."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import deque
from pathlib import Path

import pytest
from corpora import BRIDGE, index_of
from telegram_api import refusing
from telegram_people import Town
from web_server import Page, site

from qa.encoder import Encoder
from qa.store.lock import writing
from qa.store.writer import open_writer
from qa.telegram import admin, administration
from qa.telegram.administration import Administration
from qa.telegram.app import Service
from qa.telegram.send import Stopped

STORY = """\
Lighthouse keeper retires after forty years

The keeper of the Skerry lighthouse retired on Friday after forty years. He had climbed its 212 steps every day.
"""


@pytest.fixture(scope="module")
def index(seed_index: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = tmp_path_factory.mktemp("admin")
    index = index_of({"bridge.txt": BRIDGE}, seed_index, encoder, at)
    with open_writer(index) as writer:  # the index that this one was copied from knew of other articles
        writer.set(corpora=json.dumps([str(at / "articles")]))
        writer.commit()
    return index


@pytest.fixture
def town(index: Path) -> Town:
    town = Town(index, ask=None)
    town.set(admins=frozenset({7}))
    return town


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Children run ``code`` instead of `qa`."""
    script = folder / "stand_in.py"
    script.write_text(code, encoding="utf-8")
    monkeypatch.setattr(administration, "COMMAND", (sys.executable, str(script)))


def test_a_file_is_indexed_with_progress_and_answers_at_once(
    town: Town, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin, "EVERY", 0.0)
    town.people.upload("../Light house.txt", STORY.encode())
    [told] = town.talk()
    assert told.shown.text.startswith("Done: _Light house.txt\n")
    assert "1 added" in told.shown.text
    edits = [call["text"] for call in town.api.named("editMessageText")]
    assert "Indexing _Light house.txt: 1 of 1" in edits
    assert str(index) not in told.shown.text
    town.people.say("How many steps has the lighthouse?")
    [sent] = town.talk()
    assert "212 steps" in sent.shown.text
    assert "inbox/_Light house.txt" in sent.shown.text
    town.people.upload("../Light house.txt", (STORY + "He will be missed.").encode())
    town.talk()
    assert sorted(p.name for p in (index / "inbox").iterdir()) == ["_Light house.txt", "_Light house~2.txt"]


def test_a_file_that_cannot_be_read_does_not_stay(town: Town, index: Path) -> None:
    town.people.upload("picture.txt", b"\0\1\2\3" * 100)
    [told] = town.talk()
    assert told.shown.text.startswith("Not done: picture.txt\nskipped picture.txt:")
    assert not (index / "inbox" / "picture.txt").exists()


@pytest.mark.parametrize(
    ("name", "size", "told"),
    [
        ("a.exe", 10, "I cannot read files of this kind"),
        ("", 10, "I cannot read"),
        ("a.txt", 30 << 20, "The file is over 20 MB"),
    ],
)
def test_files_of_other_kinds_and_sizes_are_refused(town: Town, name: str, size: int, told: str) -> None:
    document = {"file_id": "f", "file_unique_id": "f", "file_name": name, "file_size": size}
    town.people.post({"document": document})
    assert town.talk()[0].shown.text.startswith(told)


def test_a_download_that_fails_is_told(town: Town, index: Path) -> None:
    town.people.upload("a.txt", b"text")
    town.api.faults["getFile"] = deque([refusing(400, "Bad Request: file is temporarily unavailable")])
    assert town.talk()[0].shown.text.startswith("I could not download the file")
    assert not list((index / "inbox").glob(".*.part"))


def test_files_of_others_are_not_taken(town: Town) -> None:
    town.people.upload("a.txt", b"text", chat=8)
    assert town.talk()[0].shown.text.startswith("I can read written questions only")


def test_reindex_takes_in_what_has_changed(town: Town, index: Path) -> None:
    (index.parent / "articles" / "story.txt").write_text(STORY.replace("Skerry", "Northern"), encoding="utf-8")
    town.people.say("/reindex", language="ar")
    [told] = town.talk()
    assert told.shown.text.startswith("تم: كل المقالات")
    assert "1 added" in told.shown.text


def test_links_go_to_qa_add(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "import sys; print('added', *sys.argv[1:3])")
    town.people.say("https://x.example/story")
    town.people.say("/add https://x.example/more")
    town.people.say("/add nonsense")
    town.people.say("https://x.example/story", chat=8)
    texts = sorted(s.shown.text for s in town.talk() if s.chat == 7)
    assert texts[:2] == [f"Done: https://x.example/{n}\nadded add https://x.example/{n}" for n in ("more", "story")]
    assert texts[2].startswith("I don't know this command")


PERMITTED = f"""\
import sys
from functools import partial
sys.path.insert(0, {str(Path(__file__).parent)!r})
import qa.web.client
from web_server import here
qa.web.client.Guard = partial(qa.web.client.Guard, resolve=here, loopback=True)
from qa.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_a_page_is_fetched_indexed_and_answered_from(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, PERMITTED)

    async def during(service: Service) -> None:
        await service.inbox.join()
        town.people.say("How many crossings has the ferry made?")

    ferry = (
        "The ferry crosses\n\nThe ferry to the mainland made its 9,017th crossing on Sunday, its captain said.\n"
    )
    with site({"/story": Page(ferry.encode())}) as there:
        town.people.say(f"{there.address}/story")
        told, answered = town.talk(during)
    assert told.shown.text.startswith(f"Done: {there.address}/story")
    assert "1 added" in told.shown.text
    assert "9,017th" in answered.shown.text
    assert f"{there.address}/story" in answered.markup


def test_a_link_into_the_operators_network_is_not_followed(town: Town) -> None:
    """By the real `qa add`, whose guard nothing in the chat can turn off."""
    for address in ("http://127.0.0.1/admin", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd"):
        town.people.say(f"/add {address}")
    texts = [sent.shown.text for sent in town.talk()]
    assert len(texts) == 3
    assert not any(text.startswith("Done") for text in texts)


def test_a_command_that_this_version_lacks_is_told_kindly(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = "import sys; sys.stderr.write(\"qa: argument COMMAND: invalid choice: 'add'\\n\"); sys.exit(2)"
    stand_in(tmp_path, monkeypatch, lacking)
    town.people.say("https://x.example/story")
    town.people.say("/status")
    assert [s.shown.text for s in town.talk()] == ["This command is not part of this version."] * 2


def test_status_shows_what_qa_status_says(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status = {
        "articles": 3,
        "copies": 1,
        "passages": 9,
        "languages": {"ar": 1, "en": 2},
        "model": "m",
        "folder": "/srv",
    }
    stand_in(tmp_path, monkeypatch, f"print({json.dumps(status)!r})")
    town.people.say("/status")
    [sent] = town.talk()
    assert sent.shown.text.splitlines() == [
        "The index",
        "articles: 3",
        "copies of them from other sources: 1",
        "passages: 9",
        "languages: ar 1, en 2",
        "model: m",
    ]
    stand_in(tmp_path, monkeypatch, "print('no JSON')")
    town.people.say("/status")
    assert town.talk()[0].shown.text.startswith("This command is not")


def test_an_article_is_removed_when_the_admin_is_sure(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, "import sys; print('removed', sys.argv[2])")
    for text in ("/remove", "/remove nothing.txt"):
        town.people.say(text)
    assert [s.shown.text.split(";")[0] for s in town.talk()] == [
        "Send the article's id after the command",
        "There is no article with this id.",
    ]
    town.people.say("/remove articles/bridge.txt")
    [sure] = town.talk()
    assert sure.shown.text.startswith("Take this article out of the index?\nOld bridge reopens")
    assert sure.labels == ["Yes", "No"]
    town.people.press(sure, "Yes", who=8)  # no admin: nothing happens
    town.talk()
    assert sure.labels == ["Yes", "No"]
    yes = sure.buttons[0][0]["callback_data"]
    town.people.press(sure, "Yes")
    town.talk()
    assert sure.shown.text == "Done: articles/bridge.txt\nremoved articles/bridge.txt"
    town.people.press_data(sure, yes)
    town.talk()
    assert town.api.told[-1]["text"] == "This message is too old: please ask again."
    town.people.say("/remove articles/bridge.txt")
    [sure] = town.talk()
    town.people.press(sure, "No")
    town.talk()
    assert sure.shown.text == "The article stays."


def test_an_index_that_another_process_writes_is_waited_for(
    town: Town, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(administration, "BUSY", 0.05)
    monkeypatch.setattr(admin, "EVERY", 0.0)

    async def free(service: Service) -> None:
        while not any("Waiting" in call["text"] for call in town.api.named("editMessageText")):
            await asyncio.sleep(0.05)
        held.__exit__(None, None, None)
        await service.inbox.join()

    held = writing(index)
    held.__enter__()
    town.people.say("/reindex")
    [told] = town.talk(free)
    assert told.shown.text.startswith("Done: all articles")


def test_the_bot_stops_in_the_midst_of_a_job_and_does_it_next_time(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "started"
    code = (
        f"import pathlib, time; p = pathlib.Path({str(mark)!r}); before = p.exists(); p.touch(); "
        "before or time.sleep(60); print('12 articles')"
    )
    stand_in(tmp_path, monkeypatch, code)

    async def stop(service: Service) -> None:
        while not mark.exists():
            await asyncio.sleep(0.02)
        service.stopping.set()

    town.people.say("/reindex")
    [told] = town.talk(stop)
    assert told.shown.text == "Indexing all articles…"
    assert town.talk()[-1].shown.text == "Done: all articles\n12 articles"


def test_a_job_that_waits_for_another_process_stops_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(
        tmp_path, monkeypatch, "import sys; sys.stderr.write('qa: x is being written by process 1'); sys.exit(2)"
    )

    async def wait() -> None:
        stopping = asyncio.Event()

        async def progress(_: int, __: int) -> None:
            stopping.set()

        with pytest.raises(Stopped):
            await Administration(tmp_path, stopping).index(None, progress)

    asyncio.run(wait())


def test_children_are_told_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:secret")
    monkeypatch.setenv("ISNAD_BOT_WEBHOOK_SECRET", "secret")
    code = "import os, json; print(json.dumps({k: 1 for k in os.environ if 'BOT' in k} or {'none': 1}))"
    stand_in(tmp_path, monkeypatch, code)

    async def ask() -> dict[str, object] | None:
        return await Administration(tmp_path, asyncio.Event()).status()

    assert asyncio.run(ask()) == {"none": 1}


def test_a_progress_message_that_cannot_be_sent_does_not_stop_the_job(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, "print('12 articles')")
    town.api.faults["sendMessage"] = deque([refusing(400, "Bad Request: something new")])
    town.people.say("/reindex")
    assert [s.shown.text for s in town.talk()] == ["Done: all articles\n12 articles"]


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("a/b\\c.TXT", "a_b_c.txt"),
        ("...x.md", "x.md"),
        (".txt", "txt"),
        ("\0\n.txt", "__.txt"),
        ("س" * 200 + ".txt", "س" * 75 + ".txt"),
    ],
)
def test_file_names_are_made_safe(given: str, safe: str) -> None:
    assert admin._safe(given) == safe
