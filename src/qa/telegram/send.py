"""Messages out: patient with Telegram, never lost in silence, and never twice.

A message that certainly did not arrive is sent again, for hours if need be; so is one whose process was
killed before it left. Of one that was on its way when the connection, or the process, broke nobody can tell:
sending it again might say everything twice. The reader is told so, and can have it sent by a button.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import httpx
from telegram import LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import ExtBot

from qa.telegram import kept
from qa.telegram.buttons import Rows, button, keyboard, without_apps
from qa.telegram.markup import Message
from qa.telegram.monitor import Monitor
from qa.telegram.phrases import say
from qa.telegram.plan import Place, Plan
from qa.telegram.render import render_line
from qa.telegram.state import State
from qa.telegram.updates import Inbox, Left

LONGEST_WAIT = 60.0
"""Seconds between two tries while Telegram cannot be reached."""
TYPING = 4.0
"""Seconds between two "typing…": Telegram shows one for five."""

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Stopped(BaseException):
    """The bot stops: what is not done yet stays in the inbox. No Exception, which handlers may swallow."""


class Post:
    """Sends for one bot. ``stopping`` ends every wait: what has not left then stays in the ``inbox``."""

    def __init__(
        self,
        bot: ExtBot[Any],
        inbox: Inbox,
        state: State,
        monitor: Monitor,
        stopping: asyncio.Event,
        *,
        patience: float,
    ) -> None:
        self._bot = bot
        self._inbox = inbox
        self._state = state
        self._monitor = monitor
        self._stopping = stopping
        self._patience = patience

    async def deliver(self, update: int, plan: Plan, left: Left | None = None) -> None:
        """Sends ``plan`` in answer to ``update``, from where an earlier process ``left`` it.

        What Telegram refuses is logged, never raised. Raises Stopped.
        """
        start = left.next if left else 0
        if left and left.leaving:
            await self._doubt(plan, start)
            start += 1
        text = plan.as_json()
        for n in range(start, len(plan.messages)):

            async def leaving(n: int = n) -> None:
                await self._inbox.leaving(update, text, n)

            outcome = await self._send(plan, n, leaving, lambda: self._inbox.waits(update))
            if outcome is None:
                return
            place = (plan.place.chat, outcome, plan.kept) if plan.kept and outcome > 0 else None
            await self._inbox.sent(update, n, place)

    async def post(self, place: Place, message: Message) -> int | None:
        """Sends one message that no restart needs to know of; gives its number if it went out."""
        number = await self._send(Plan(place, (message,)), 0, None, _nothing)
        return number if number and number > 0 else None

    async def edit(self, chat: int, number: int, message: Message) -> None:
        """Makes a message that stands in ``chat`` look like ``message``; trying again can do no harm."""

        async def change() -> None:
            await self._bot.edit_message_text(
                message.html,
                chat,
                number,
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                reply_markup=keyboard(message.buttons),
            )

        await self._quietly(change, chat)

    async def mark(self, chat: int, number: int, buttons: Rows) -> None:
        """Changes the buttons below a message."""
        await self._quietly(
            lambda: self._bot.edit_message_reply_markup(chat, number, reply_markup=keyboard(buttons)), chat
        )

    async def _quietly(self, call: Callable[[], Awaitable[Any]], chat: int) -> None:
        try:
            await self._patiently(call, again=lambda _: True)
        except BadRequest as error:
            if "not modified" not in error.message.lower():
                _log.warning("edit refused chat=%s reason=%r", chat, error.message)
        except TelegramError as error:
            _log.warning("edit failed chat=%s reason=%r", chat, str(error))

    async def _send(
        self, plan: Plan, n: int, leaving: Any, waits: Callable[[], Awaitable[None]], *, doubtful: bool = True
    ) -> int | None:
        """The number of the message in its chat; 0 where it may or may not be out; None where it cannot be."""
        place, message = plan.place, plan.messages[n]
        chat, thread, html = place.chat, place.thread, True
        for _ in range(5):  # as HTML, as plain text, elsewhere, without Mini Apps: each of these is tried once
            call = partial(self._request, message, chat, thread, place.reply_to, leaving, html=html)
            try:
                number = await self._patiently(call, again=_undelivered, waits=waits)
            except ChatMigrated as error:
                chat = error.new_chat_id
            except BadRequest as error:
                reason = error.message.lower()
                if "parse entities" in reason and html:
                    html = False
                    _log.error("html refused, sent as plain text chat=%s reason=%r", chat, error.message)
                elif "button" in reason and (plain := without_apps(message.buttons)) != message.buttons:
                    message = Message(message.html, plain)
                    _log.error("button refused, sent without: look at public_url reason=%r", error.message)
                elif "thread not found" in reason and thread:
                    thread = None
                else:
                    self._unsent("refused", chat, error)
                    return None
            except Forbidden as error:
                self._unsent("forbidden", chat, error)
                return None
            except NetworkError as error:
                self._unsent("in doubt", chat, error)
                if doubtful:
                    await self._doubt(plan, n)
                return 0
            except TelegramError as error:
                self._unsent("failed", chat, error)
                return None
            else:
                self._monitor.sent()
                return number
        return None

    async def _request(
        self, message: Message, chat: int, thread: int | None, reply_to: int | None, leaving: Any, *, html: bool
    ) -> int:
        sent = await self._bot.send_message(
            chat,
            message.html if html else message.plain,
            parse_mode=ParseMode.HTML if html else None,
            message_thread_id=thread,
            link_preview_options=_NO_PREVIEW,
            reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None,
            reply_markup=keyboard(message.buttons),
            rate_limit_args=leaving,
        )
        return sent.message_id

    def _unsent(self, reason: str, chat: int, error: TelegramError) -> None:
        level = logging.INFO if reason == "forbidden" else logging.ERROR
        _log.log(level, "message %s chat=%s reason=%r", reason, chat, error.message)
        self._monitor.unsent(reason)

    async def _doubt(self, plan: Plan, n: int) -> None:
        """Tells the reader that message ``n`` may be missing, and keeps it for the button below."""
        name = secrets.token_urlsafe(6)
        alone = Plan(plan.place, (plan.messages[n],), plan.kept)
        await self._state.run(lambda db: kept.write(db, name, alone.as_json()))
        lang = plan.place.lang
        note = Message(render_line(say("doubt", lang)).html, ((button(say("doubt.button", lang), "s", name),),))
        await self._send(Plan(plan.place, (note,)), 0, None, _nothing, doubtful=False)

    async def _patiently(
        self,
        call: Callable[[], Awaitable[T]],
        *,
        again: Callable[[NetworkError], bool],
        waits: Callable[[], Awaitable[None]] | None = None,
    ) -> T:
        """Awaits ``call()`` until it succeeds, as long as Telegram asks for patience or ``again`` allows it."""
        began, tried = time.monotonic(), 0
        while True:
            try:
                return await call()
            except RetryAfter as error:
                asked = error.retry_after
                wait = asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
                last: TelegramError = error
            except BadRequest:
                raise
            except NetworkError as error:
                if not again(error):
                    raise
                wait, last = min(2.0**tried, LONGEST_WAIT), error
            tried += 1
            if time.monotonic() - began + wait > self._patience:
                raise TelegramError(f"given up after {tried} tries: {last}") from last
            _log.info("waiting seconds=%g reason=%r", wait, str(last))
            if waits:
                await waits()
            await self._pause(wait)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        if self._stopping.is_set():
            raise Stopped


@asynccontextmanager
async def typing(bot: ExtBot[Any], place: Place) -> AsyncIterator[None]:
    """Shows "typing…" in ``place`` as long as the block runs. A failure to show it is nobody's concern."""

    async def show() -> None:
        while True:
            with suppress(TelegramError):
                await bot.send_chat_action(place.chat, ChatAction.TYPING, message_thread_id=place.thread)
            await asyncio.sleep(TYPING)

    task = asyncio.create_task(show())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _nothing() -> None:
    """For a message of which no note is taken."""


def _undelivered(error: NetworkError) -> bool:
    """Whether Telegram certainly has not sent the message.

    It has not when it answered with a server error (a gateway's timeout aside), and when no connection came
    about. When the connection broke or fell silent after the request, it nearly always has.
    """
    if isinstance(error.__cause__, httpx.HTTPError):
        return isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    return not isinstance(error, TimedOut) and "timeout" not in error.message.lower()
