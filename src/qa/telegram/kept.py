"""Answers that were given, kept for what may come of them: more quotes, context, follow-ups, a verdict."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from qa.answer import Answer, Citation, Source
from qa.language.period import Period
from qa.telegram.state import State

DAYS = 30
MOST = 20_000
"""What is kept: answers of so many days, and no more than so many."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer by the name that its buttons carry; ``subject`` is the question that a follow-up carries on."""

    name: str
    answer: Answer
    subject: str


def write(db: sqlite3.Connection, name: str, body: str) -> None:
    db.execute("INSERT OR REPLACE INTO bot_kept (id, at, body) VALUES (?, ?, ?)", (name, time.time(), body))


def forget_old(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM bot_kept WHERE at < ?", (time.time() - DAYS * 86400,))
    db.execute(
        "DELETE FROM bot_kept WHERE id IN (SELECT id FROM bot_kept ORDER BY at DESC LIMIT -1 OFFSET ?)", (MOST,)
    )


class Shelf:
    """The kept answers in ``state``."""

    def __init__(self, state: State) -> None:
        self._state = state

    def keep(self, answer: Answer, subject: str) -> Kept:
        """Keeps ``answer`` under a new name; on disk before anything that is written to the state later."""
        name = secrets.token_urlsafe(6)
        body = json.dumps({"answer": asdict(answer), "subject": subject}, default=date.isoformat)
        self._state.submit(lambda db: write(db, name, body))
        return Kept(name, answer, subject)

    async def body(self, name: str) -> str | None:
        """What is kept under ``name``, if it still is."""
        query = "SELECT body FROM bot_kept WHERE id = ?"
        row = await self._state.run(lambda db: db.execute(query, (name,)).fetchone())
        return row[0] if row else None

    async def answer(self, name: str) -> Kept | None:
        body = await self.body(name)
        return _kept(name, body) if body else None

    async def shown_in(self, chat: int, message: int) -> Kept | None:
        """The answer that a message showed."""
        query = "SELECT kept, body FROM bot_messages JOIN bot_kept ON id = kept WHERE chat = ? AND message = ?"
        row = await self._state.run(lambda db: db.execute(query, (chat, message)).fetchone())
        return _kept(*row) if row else None

    async def drop(self, name: str) -> str | None:
        """What was kept under ``name``, which is forgotten; of two that ask at once only one gets it."""
        query = "DELETE FROM bot_kept WHERE id = ? RETURNING body"
        rows = await self._state.run(lambda db: db.execute(query, (name,)).fetchall())
        return rows[0][0] if rows else None

    async def judge(self, name: str, person: int, verdict: int) -> bool:
        """Notes what ``person`` thinks of an answer, 1 or -1; False if that is known already."""

        def note(db: sqlite3.Connection) -> bool:
            values = (name, person, verdict)
            if db.execute(
                "SELECT 1 FROM bot_verdicts WHERE (kept, person, verdict) = (?, ?, ?)", values
            ).fetchone():
                return False
            db.execute("INSERT OR REPLACE INTO bot_verdicts VALUES (?, ?, ?)", values)
            return True

        return await self._state.run(note)


def _kept(name: str, body: str) -> Kept | None:
    """The answer in ``body``; None where another release has written it in another shape."""
    try:
        data = json.loads(body)
        answer = data["answer"]
        answer["citations"] = tuple(_citation(c) for c in answer["citations"])
        answer["nearest"] = tuple(map(_source, answer["nearest"]))
        answer["preferred"] = _period(answer.get("preferred"))
        return Kept(name, Answer(**answer), data["subject"])
    except (KeyError, TypeError, ValueError):
        return None


def _citation(data: dict[str, Any]) -> Citation:
    spans: Sequence[Sequence[int]] = data["highlights"]
    return Citation(
        **data
        | {
            "article": _source(data["article"]),
            "highlights": tuple((start, end) for start, end in spans),
            "also": tuple(map(_source, data["also"])),
        }
    )


def _period(data: dict[str, Any] | None) -> Period | None:
    if not data:
        return None
    return Period(**data | {name: data[name] and date.fromisoformat(data[name]) for name in ("first", "last")})


def _source(data: dict[str, Any]) -> Source:
    return Source(**data | {"date": date.fromisoformat(data["date"]) if data["date"] else None})
