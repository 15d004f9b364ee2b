from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from telegram_people import QUOTE, answer

from qa import people
from qa.errors import IndexMismatch, StoreError
from qa.people import DATABASE
from qa.telegram import kept
from qa.telegram.access import Access, Pairing, new_code
from qa.telegram.kept import Shelf
from qa.telegram.settings import Settings
from qa.telegram.state import State


def test_what_comes_in_together_is_committed_together(tmp_path: Path) -> None:
    opened = State(tmp_path)
    begun: list[str] = []
    opened._db.set_trace_callback(begun.append)
    works: list[Future[Any]] = [opened.submit(lambda _: time.sleep(0.05))]
    works += [opened.submit(lambda db, n=n: kept.write(db, str(n), "x")) for n in range(50)]  # type: ignore[misc]
    for work in works:
        work.result(10)
    assert len([line for line in begun if line.startswith("BEGIN")]) <= 3
    opened.close()
    again = State(tmp_path)
    assert again.submit(lambda db: db.execute("SELECT count(*) FROM bot_kept").fetchone()).result() == (50,)
    again.close()


def test_one_work_that_fails_spoils_no_other(tmp_path: Path) -> None:
    opened = State(tmp_path)
    opened.submit(lambda _: time.sleep(0.05))
    first = opened.submit(lambda db: kept.write(db, "a", "x"))
    torn = opened.submit(lambda db: db.execute("SELECT * FROM nowhere"))
    fault = opened.submit(lambda _: 1 / 0)
    last = opened.submit(lambda db: kept.write(db, "b", "x"))
    first.result(10)
    last.result(10)
    with pytest.raises(StoreError, match="cannot be used"):
        torn.result(10)
    with pytest.raises(ZeroDivisionError):
        fault.result(10)
    assert opened.submit(lambda db: db.execute("SELECT count(*) FROM bot_kept").fetchone()).result() == (2,)
    opened.close()


def test_a_commit_that_fails_is_told_to_all_who_wait(tmp_path: Path) -> None:
    opened = State(tmp_path)
    blocker = sqlite3.connect(tmp_path / DATABASE, isolation_level=None)
    opened.submit(lambda db: db.execute("PRAGMA busy_timeout = 10")).result()
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked"):
        opened.submit(lambda db: kept.write(db, "a", "x")).result(10)
    blocker.execute("ROLLBACK")
    blocker.close()
    opened.submit(lambda db: kept.write(db, "a", "x")).result(10)
    opened.close()


def test_a_work_that_nobody_waits_for_any_more_is_not_done(tmp_path: Path) -> None:
    opened = State(tmp_path)
    begun, go_on = threading.Event(), threading.Event()

    def hold(_: sqlite3.Connection) -> None:
        begun.set()
        assert go_on.wait(10)

    opened.submit(hold)
    assert begun.wait(10)
    assert opened.submit(lambda db: kept.write(db, "a", "x")).cancel()
    go_on.set()
    assert opened.submit(lambda db: db.execute("SELECT count(*) FROM bot_kept").fetchone()).result() == (0,)
    opened.close()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_text("not a database, though it is long enough to look like one" * 20)
    with pytest.raises(StoreError, match=r"people\.sqlite cannot be used"):
        State(tmp_path)


def test_a_file_of_a_newer_release_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "MIGRATIONS", (*people.MIGRATIONS, ("CREATE TABLE bot_new (x)",)))
    State(tmp_path).close()
    monkeypatch.undo()
    with pytest.raises(IndexMismatch, match="format 3"):
        State(tmp_path)


def test_old_answers_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def keep() -> None:
        opened = State(tmp_path)
        shelf = Shelf(opened)
        names = [shelf.keep(answer(f"Question {n}?", QUOTE), "s").name for n in range(4)]
        await opened.run(lambda db: db.execute("UPDATE bot_kept SET at = 0 WHERE id = ?", (names[0],)))
        monkeypatch.setattr(kept, "MOST", 2)
        await opened.run(kept.forget_old)
        found = [await shelf.answer(name) for name in names]
        assert [bool(f) for f in found] == [False, False, True, True]
        assert found[3]
        assert found[3].answer == answer("Question 3?", QUOTE)
        await opened.run(lambda db: kept.write(db, "other", '{"answer": {"question": "of another release"}}'))
        assert await shelf.answer("other") is None
        opened.close()

    asyncio.run(keep())


def test_codes_expire_and_all_together_have_so_many_tries() -> None:
    async def guess() -> None:
        opened = State(None)
        access = Access(Settings(), opened)
        stale = await opened.run(lambda db: new_code(db, -1))
        assert (await access.pair(7, "R", stale)) == (Pairing.WRONG, 4)
        for person in range(100, 199):
            await access.pair(person, "R", "guess")
        good = await access.invite()
        assert (await access.pair(8, "R", good)) == (Pairing.BLOCKED, 0)
        await opened.run(lambda db: db.execute("UPDATE bot_tries SET at = at - 90000"))
        assert (await access.pair(8, "R", good)) == (Pairing.DONE, 0)
        assert access.allowed(8)
        hashes = await opened.run(lambda db: db.execute("SELECT hash FROM bot_codes").fetchall())
        assert good not in str(hashes)
        opened.close()

    asyncio.run(guess())
