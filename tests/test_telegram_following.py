"""The bot with `--watch`: what is in the folders and feeds is soon in its answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from corpora import BRIDGE, SNOW, emptied, write_files
from telegram_people import Town
from test_watch import PERMITTED, ids
from web_server import Page, site

from qa import watch
from qa.errors import IsnadError
from qa.store.writer import open_writer
from qa.telegram import following as module
from qa.telegram.app import Service
from qa.web.feeds import open_feeds


@pytest.fixture
def town(seed_index: Path, tmp_path: Path) -> Town:
    """A bot with an index of nothing beside ``seeds/`` with one article."""
    index = emptied(seed_index, tmp_path / "index")
    with open_writer(index) as writer:
        writer.set(corpora="[]")
        writer.commit()
    write_files(tmp_path / "seeds", {"bridge.txt": BRIDGE})
    town = Town(index, ask=None)
    town.set(watch=True)
    return town


async def soon(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.05)


def test_answers_come_from_the_folders_and_feeds_as_they_are(
    town: Town, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_CHILD", PERMITTED)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", town.settings.token)
    caplog.set_level(logging.INFO)
    seeds, index = town.folder.parent / "seeds", town.folder
    page = Page(SNOW.encode())
    rss = Page(b'<rss version="2.0"><channel><item><link>/snow</link></item></channel></rss>')

    async def during(_: Service) -> None:
        await soon(lambda: len(ids(index)) == 2)
        town.people.say("When did the old bridge reopen?")
        await soon(lambda: len(town.api.sent) == 1)
        (seeds / "bridge.txt").rename(seeds / "old.txt")
        (seeds / "bad.txt").touch()
        await soon(lambda: "seeds/old.txt" in ids(index))

    with site({"/rss": rss, "/snow": page}) as there:
        with open_feeds(index) as feeds:
            feeds.add(f"{there.address}/rss", "News")
        [sent] = town.talk(during)
    assert "12 March 2019" in sent.shown.text
    told = {(r.levelname, r.getMessage()) for r in caplog.records if r.name == module.__name__}
    assert ("INFO", f"watch fetched {there.address}/snow") in told
    assert any(level == "WARNING" and "skipped" in line and "bad.txt" in line for level, line in told)
    write_files(seeds, {"more.txt": SNOW.replace("Tuesday", "Friday")})
    assert "seeds/more.txt" not in ids(index)  # it ended with the bot


def test_what_stops_it_is_logged_and_the_bot_goes_on(
    town: Town, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = watch.watch, [RuntimeError("a fault"), IsnadError("no such disk")]

    def failing(*arguments: object, **options: object) -> None:
        if failures:
            raise failures.pop()
        real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "watch", failing)
    monkeypatch.setattr(module, "AGAIN", 0.01)

    async def during(_: Service) -> None:
        await soon(lambda: len(ids(town.folder)) == 1)
        town.people.say("When did the old bridge reopen?")
        await soon(lambda: len(town.api.sent) == 1)

    assert len(town.talk(during)) == 1
    stops = [r for r in caplog.records if "watching stopped" in r.getMessage()]
    assert [bool(r.exc_info) for r in stops] == [False, True]
    assert "no such disk" in stops[0].getMessage()
