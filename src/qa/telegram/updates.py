"""What has come in: written down before it counts as received, and until its answer has gone out."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from telegram import Bot, Update
from telegram.error import NetworkError
from telegram.ext import ExtBot

from qa.errors import StoreError
from qa.telegram import kept
from qa.telegram.monitor import Monitor
from qa.telegram.state import State

_log = logging.getLogger(__name__)

REMEMBERED = 3 * 86400.0
"""Seconds for which a handled update is known again: Telegram repeats none older than a day."""


@dataclass(frozen=True, slots=True)
class Left:
    """What an earlier process left undone of an update.

    ``plan``: the messages it was sending, if it had come so far; ``next`` is the first of them that may not
    have gone out, and ``leaving`` whether it was on its way.
    """

    tries: int
    plan: str | None
    next: int
    leaving: bool


class Inbox(asyncio.Queue[object]):
    """The updates to be handled. None enters before it is on disk, and none a second time."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._fresh: set[int] = set()
        self.left: dict[int, Left] = {}

    async def receive(self, updates: Sequence[Update]) -> None:
        """Writes down those of ``updates`` that are new, in one commit.

        Raises NetworkError if that fails: then they count as not fetched, and come again.
        """
        now = time.time()
        rows = [(update.update_id, now, update.to_json()) for update in updates]
        insert = "INSERT OR IGNORE INTO bot_updates (id, received, body) VALUES (?, ?, ?)"
        try:
            self._fresh.update(
                await self._state.run(lambda db: [row[0] for row in rows if db.execute(insert, row).rowcount])
            )
        except StoreError as error:
            raise NetworkError(str(error)) from error

    async def put(self, item: object) -> None:
        if isinstance(item, Update):
            if _is_empty(item):
                return
            if item.update_id not in self._fresh:
                await self.receive([item])
            if item.update_id not in self._fresh:
                return
            self._fresh.discard(item.update_id)
        await super().put(item)

    async def restore(self, bot: Bot) -> int:
        """Queues what earlier processes left undone; gives how many updates that is."""
        await self._state.run(_forget_old)
        await self._state.run(kept.forget_old)
        await self._state.run(lambda db: db.execute("UPDATE bot_updates SET tries = tries + 1 WHERE body NOTNULL"))
        query = "SELECT id, body, tries, plan, next, leaving FROM bot_updates WHERE body NOTNULL ORDER BY id"
        rows = await self._state.run(lambda db: db.execute(query).fetchall())
        for id_, body, tries, plan, next_, leaving in rows:
            update = read_update(json.loads(body), bot)
            if update is None:  # written by another release
                await self.handled(id_)
                continue
            self.left[id_] = Left(tries, plan, next_, bool(leaving))
            await super().put(update)
        return self.qsize()

    async def leaving(self, id_: int, plan: str, n: int) -> None:
        """Notes that message ``n`` of ``plan`` is about to go out."""
        await self._note("plan = ?, next = ?, leaving = 1", plan, n, id_)

    async def waits(self, id_: int) -> None:
        """Notes that the message which was about to go out has certainly not."""
        await self._note("leaving = 0", id_)

    async def sent(self, id_: int, n: int, place: tuple[int, int, str] | None) -> None:
        """Notes that message ``n`` is out; ``place``: its chat and number, and the kept answer it belongs to."""

        def note(db: Any) -> None:
            db.execute("UPDATE bot_updates SET next = ?, leaving = 0 WHERE id = ?", (n + 1, id_))
            if place:
                db.execute("INSERT OR REPLACE INTO bot_messages SELECT ?, ?, id FROM bot_kept WHERE id = ?", place)

        await self._state.run(note)

    async def handled(self, id_: int) -> None:
        """Nothing is left to do for this update; its text is forgotten."""
        await self._note("body = NULL, plan = NULL, leaving = 0", id_)

    async def rest(self) -> None:
        """The process ends in peace: nothing that waits has brought it down."""
        await self._state.run(lambda db: db.execute("UPDATE bot_updates SET tries = 0 WHERE body NOTNULL"))

    async def waiting(self) -> int:
        """How many updates are not handled yet."""
        count = "SELECT count(*) FROM bot_updates WHERE body NOTNULL"
        return int(await self._state.run(lambda db: db.execute(count).fetchone()[0]))

    async def _note(self, what: str, *values: object) -> None:
        await self._state.run(lambda db: db.execute(f"UPDATE bot_updates SET {what} WHERE id = ?", values))


def _forget_old(db: Any) -> None:
    before = time.time() - REMEMBERED
    db.execute("DELETE FROM bot_updates WHERE body IS NULL AND received < ?", (before,))


def read_update(data: dict[str, Any], bot: Bot) -> Update | None:
    """The update in ``data``; ``None`` where the library cannot read it, which is logged under a reference."""
    try:
        return Update.de_json(data, bot)
    except Exception as error:  # whatever the library stumbles over
        reference = secrets.token_hex(3)
        kind = ",".join(key for key in data if key != "update_id")
        _log.error("update not readable, and passed over reference=%s update=%s kind=%s reason=%r",
                   reference, data.get("update_id"), kind, f"{type(error).__name__}: {error}")  # fmt: skip
        return None


class CarefulBot(ExtBot[Any]):
    """A bot whose fetched updates are on disk before it fetches, and so confirms, any further.

    An update that cannot be read is an empty one, which is confirmed with the others and not handled: else it would
    come again and again, and all others behind it never.
    """

    def __init__(self, inbox: Inbox, monitor: Monitor, token: str, **options: Any) -> None:
        super().__init__(token, **options)
        self._inbox = inbox
        self._monitor = monitor

    async def get_updates(self, *arguments: Any, **options: Any) -> tuple[Update, ...]:
        updates = await super().get_updates(*arguments, **options)
        self._monitor.hear()
        if readable := [update for update in updates if not _is_empty(update)]:
            await self._inbox.receive(readable)
        return updates

    async def _do_post(self, endpoint: str, *arguments: Any, **options: Any) -> Any:
        result: Any = await super()._do_post(endpoint, *arguments, **options)
        if endpoint != "getUpdates":
            return result
        return [one if read_update(one, self) else {"update_id": one["update_id"]} for one in result]


def _is_empty(update: Update) -> bool:
    return update.to_dict().keys() <= {"update_id"}
