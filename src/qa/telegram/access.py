"""Who may ask: nobody, unless the settings name them or an admin's code lets them in."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from enum import Enum

from qa.language.phrases import spoken
from qa.telegram.settings import Settings
from qa.telegram.state import State

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
TRIES = 5
"""Wrong codes that one person may send in a day."""
ALL_TRIES = 100
"""Wrong codes that all together may send in a day: guessing with many accounts is guessing too."""
DAY = 86400.0


class Pairing(Enum):
    """What came of a code."""

    DONE = "done"
    WRONG = "wrong"
    BLOCKED = "blocked"


class Access:
    """The settings' lists, and the people that ``state`` knows."""

    def __init__(self, settings: Settings, state: State) -> None:
        self._settings = settings
        self._state = state
        self._let_in: set[int] = set()
        self._langs: dict[int, str] = {}

    async def load(self) -> None:
        rows = await self._state.run(lambda db: db.execute("SELECT id, let_in, lang FROM bot_people").fetchall())
        self._let_in = {id_ for id_, let_in, _ in rows if let_in is not None}
        self._langs = {id_: lang for id_, _, lang in rows if lang}

    def admin(self, person: int) -> bool:
        return person in self._settings.admins

    def allowed(self, person: int, chat: int | None = None) -> bool:
        """Whether ``person`` may ask, for themselves or because everyone in ``chat`` may."""
        named = self._settings.allowed | self._settings.admins | self._let_in
        return self._settings.public or person in named or chat in self._settings.allowed

    async def invite(self) -> str:
        """A new code, for one person and for a while; only its hash is kept."""
        return await self._state.run(lambda db: new_code(db, self._settings.code_minutes))

    async def pair(self, person: int, name: str, code: str) -> tuple[Pairing, int]:
        """Lets ``person`` in if ``code`` is good; with how many tries are left if it is not."""
        outcome, left = await self._state.run(lambda db: _pair(db, person, name, code))
        if outcome is Pairing.DONE:
            self._let_in.add(person)
        return outcome, left

    async def people(self) -> list[tuple[int, str]]:
        """Who was let in by a code, with their names."""
        query = "SELECT id, name FROM bot_people WHERE let_in NOTNULL ORDER BY let_in"
        return await self._state.run(lambda db: db.execute(query).fetchall())

    async def revoke(self, person: int) -> bool:
        """Takes a code's welcome back; False if there was none."""
        change = "UPDATE bot_people SET let_in = NULL WHERE id = ? AND let_in NOTNULL"
        self._let_in.discard(person)
        return bool(await self._state.run(lambda db: db.execute(change, (person,)).rowcount))

    def lang(self, person: int, telegram: str | None) -> str:
        """The language to speak to ``person``: the one they chose, or that of their Telegram."""
        return self._langs.get(person) or spoken(telegram or "")

    async def choose_lang(self, person: int, lang: str) -> None:
        """From now on ``lang``; the empty one means that of their Telegram."""
        self._langs[person] = lang
        change = (
            "INSERT INTO bot_people (id, lang) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET lang = excluded.lang"
        )
        await self._state.run(lambda db: db.execute(change, (person, lang)))


def new_code(db: sqlite3.Connection, minutes: int) -> str:
    code = "".join(secrets.choice(LETTERS) for _ in range(10))
    db.execute("DELETE FROM bot_codes WHERE expires < ?", (time.time(),))
    db.execute("INSERT INTO bot_codes VALUES (?, ?)", (_hash(code), time.time() + minutes * 60))
    return f"{code[:5]}-{code[5:]}"


def _pair(db: sqlite3.Connection, person: int, name: str, code: str) -> tuple[Pairing, int]:
    now = time.time()
    db.execute("DELETE FROM bot_tries WHERE at < ?", (now - DAY,))
    (mine, all_) = db.execute(
        "SELECT count(*) FILTER (WHERE person = ?), count(*) FROM bot_tries", (person,)
    ).fetchone()
    if mine >= TRIES or all_ >= ALL_TRIES:
        return Pairing.BLOCKED, 0
    if not db.execute("DELETE FROM bot_codes WHERE hash = ? AND expires >= ?", (_hash(code), now)).rowcount:
        db.execute("INSERT INTO bot_tries VALUES (?, ?)", (person, now))
        left = TRIES - mine - 1
        return (Pairing.WRONG, left) if left else (Pairing.BLOCKED, 0)
    db.execute(
        "INSERT INTO bot_people (id, name, let_in) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET let_in = excluded.let_in, name = excluded.name",
        (person, name, now),
    )
    return Pairing.DONE, 0


def _hash(code: str) -> str:
    typed = "".join(char for char in code.upper() if char.isalnum())
    return hashlib.sha256(typed.encode(errors="replace")).hexdigest()
