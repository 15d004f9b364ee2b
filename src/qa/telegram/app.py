"""The application: which update goes to which handler, and what becomes of those left undone."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    BaseUpdateProcessor,
    CallbackQueryHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)
from telegram.request import BaseRequest, HTTPXRequest

from qa.errors import IsnadError
from qa.pace import Pace
from qa.reading import Reading
from qa.telegram.access import Access
from qa.telegram.admin import URL, Admin
from qa.telegram.administration import Administration
from qa.telegram.asking import Asking
from qa.telegram.browse import Browse
from qa.telegram.desk import Desk, addressed, command, private
from qa.telegram.gate import Gate
from qa.telegram.inline import Inline
from qa.telegram.kept import Shelf
from qa.telegram.limiter import Limiter
from qa.telegram.logs import without_token
from qa.telegram.monitor import Monitor
from qa.telegram.plan import Plan
from qa.telegram.render import render_fault
from qa.telegram.send import Post, Stopped
from qa.telegram.settings import Settings
from qa.telegram.state import State
from qa.telegram.updates import CarefulBot, Inbox

App = Application[Any, Any, Any, Any, Any, Any]
Context = ContextTypes.DEFAULT_TYPE

CONCURRENT = 256
"""Updates handled at once."""
CONNECTIONS = 32
"""To Telegram, at most: enough for its thirty messages a second, and few enough to be opened at once."""
TRIES = 3
"""Processes that an update may bring down before it is given up."""

_log = logging.getLogger(__name__)


@dataclass
class Service:
    """A bot, not yet started: its application, and what runs beside it."""

    app: App
    settings: Settings
    desk: Desk
    inbox: Inbox
    state: State
    monitor: Monitor
    stopping: asyncio.Event


def build(settings: Settings, reading: Reading, state: State, *, request: BaseRequest | None = None) -> Service:
    """The bot that answers from ``reading``; ``request`` stands in for the way to Telegram.

    To be called where an event loop runs.
    """
    for name in ("httpx", "telegram.Bot", "telegram.ext.ExtBot"):
        logging.getLogger(name).addFilter(without_token)
    inbox, monitor, stopping = Inbox(state), Monitor(), asyncio.Event()
    bot = CarefulBot(
        inbox,
        monitor,
        settings.token,
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.api_url}/file/bot",
        request=request or _connection(CONNECTIONS),
        get_updates_request=request or _connection(1),
        rate_limiter=Limiter(),
    )
    patience = settings.answer_within_hours * 3600.0
    post = Post(bot, inbox, state, monitor, stopping, patience=patience)
    access = Access(settings, state)
    pace = Pace[int](settings.questions_per_minute)
    desk = Desk(bot, settings, access, pace, post, Shelf(state), reading, monitor)
    turns = _Turns(desk, inbox, stopping)
    app: App = Application.builder().bot(bot).update_queue(inbox).concurrent_updates(turns).build()
    admin = Admin(desk, state, Administration(reading.folder, stopping))
    routes = _Routes(desk, admin)
    app.add_handler(TypeHandler(Update, routes.gate.check), group=-1)
    # Only new messages: an edited question is not answered again.
    chats = filters.UpdateType.MESSAGE & (filters.ChatType.PRIVATE | filters.ChatType.GROUPS)
    app.add_handler(MessageHandler(chats & ~filters.StatusUpdate.ALL, routes.message))
    app.add_handler(CallbackQueryHandler(routes.pressed))
    app.add_handler(InlineQueryHandler(routes.inline))
    app.add_error_handler(routes.failed)
    return Service(app, settings, desk, inbox, state, monitor, stopping)


def _connection(pool: int) -> BaseRequest:
    """Answers to a send come late rather than never; five seconds, the default, would leave many in doubt."""
    return HTTPXRequest(pool, connect_timeout=10, read_timeout=20, write_timeout=20, pool_timeout=60)


class _Routes:
    def __init__(self, desk: Desk, admin: Admin) -> None:
        self._desk = desk
        self.gate = Gate(desk)
        asking, browse, offers = Asking(desk), Browse(desk), Inline(desk)
        self._asking, self._admin, self._offers = asking, admin, offers
        self._told_away: set[int] = set()
        self._commands: dict[str, Callable[[Update, str], Awaitable[None]]] = {
            "start": lambda update, _: browse.welcome(update),
            "help": lambda update, _: browse.welcome(update),
            "ask": self._ask,
            "search": browse.search,
            "latest": lambda update, _: browse.latest(update),
            "sources": lambda update, _: browse.sources(update),
            "lang": browse.lang,
            "pair": self.gate.pair,
        }
        self._admins: dict[str, Callable[[Update, str], Awaitable[None]]] = {
            "add": admin.add,
            "status": lambda update, _: admin.status(update),
            "reindex": lambda update, _: admin.reindex(update),
            "remove": admin.remove,
            "invite": lambda update, _: admin.invite(update),
            "people": lambda update, _: admin.people(update),
            "revoke": admin.revoke,
        }
        self._buttons: dict[str, Callable[..., Awaitable[None]]] = {
            "m": asking.more,
            "p": asking.near,
            "c": asking.context,
            "o": asking.opening,
            "a": asking.article,
            "u": lambda update, name: asking.verdict(update, name, good=True),
            "d": lambda update, name: asking.verdict(update, name, good=False),
            "s": asking.again,
            "n": browse.page,
            "l": browse.choose,
            "r": lambda update, name: admin.removed(update, name, sure=True),
            "k": lambda update, name: admin.removed(update, name, sure=False),
        }

    async def message(self, update: Update, _: Context) -> None:
        desk, message = self._desk, update.message
        assert message
        me = desk.bot.bot
        alone = private(message)
        if datetime.now(UTC) - message.date > timedelta(hours=desk.settings.answer_within_hours):
            if message.chat.id not in self._told_away:
                self._told_away.add(message.chat.id)
                await desk.say(update, "away")
            return None
        if said := command(message, me):
            return await self._command(update, *said, alone=alone)
        if message.text is not None:
            text = addressed(message, me) or ""
            if alone and URL.fullmatch(text) and desk.access.admin(message.chat.id):
                return await self._admin.add(update, text)
            return await (self._asking.question(update, text) if text else desk.say(update, "hint"))
        if alone and message.document and desk.access.admin(message.chat.id):
            return await self._admin.upload(update, message.document)
        return await desk.say(update, "hint")

    async def _command(self, update: Update, name: str, rest: str, *, alone: bool) -> None:
        if handler := self._commands.get(name):
            await handler(update, rest)
        elif handler := self._admins.get(name):
            if await self._admin.may(update):
                await handler(update, rest)
        elif alone:
            await self._desk.say(update, "hint.unknown")

    async def _ask(self, update: Update, text: str) -> None:
        await (self._asking.question(update, text) if text else self._desk.say(update, "hint.ask"))

    async def pressed(self, update: Update, _: Context) -> None:
        query = update.callback_query
        assert query
        kind, *arguments = (query.data or "").split(":")
        handler = self._buttons.get(kind)
        if handler is None or query.message is None:  # from another release, or below an inline result
            await query.answer()
        elif kind not in "rk" or self._desk.access.admin(query.from_user.id):
            await handler(update, *arguments)

    async def inline(self, update: Update, _: Context) -> None:
        await self._offers.offer(update)

    async def failed(self, update: object, context: Context) -> None:
        """What a handler could not do: an error is told, a fault of ours gets the number it has in the log."""
        error, reference = context.error, secrets.token_hex(3)
        if isinstance(error, IsnadError):
            _log.warning("update failed reason=%r", str(error))
        else:
            _log.error("update failed reference=%s", reference, exc_info=error)
        if isinstance(update, Update) and update.effective_message:
            told = self._desk.error(update, error) if isinstance(error, IsnadError) else None
            await self._desk.reply(update, told or render_fault(self._desk.lang(update), reference))


class _Turns(BaseUpdateProcessor):
    """Runs the handlers, and tells the inbox once an update needs nothing more."""

    def __init__(self, desk: Desk, inbox: Inbox, stopping: asyncio.Event) -> None:
        super().__init__(CONCURRENT)
        self._desk = desk
        self._inbox = inbox
        self._stopping = stopping

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_process_update(self, update: object, coroutine: Any) -> None:
        assert isinstance(update, Update)
        if self._stopping.is_set():
            coroutine.close()  # it stays in the inbox
            return
        monitor = self._desk.monitor
        monitor.running += 1
        try:
            await self._handle(update, coroutine)
            await self._inbox.handled(update.update_id)
        except Stopped:
            _log.info("left for the next start update=%s", update.update_id)
        finally:
            monitor.running -= 1

    async def _handle(self, update: Update, coroutine: Any) -> None:
        """Handles ``update``, or goes on where an earlier process came to its end."""
        self._desk.monitor.update()
        left = self._inbox.left.pop(update.update_id, None)
        if left is None or (left.plan is None and left.tries <= TRIES and not update.inline_query):
            await coroutine
            return
        coroutine.close()
        if left.plan:
            await self._desk.post.deliver(update.update_id, Plan.from_json(left.plan), left)
        elif update.effective_message:
            reference = secrets.token_hex(3)
            _log.error("update given up reference=%s update=%s tries=%s", reference, update.update_id, left.tries)
            await self._desk.reply(update, render_fault(self._desk.lang(update), reference))
