"""Messages out: patient with Telegram, and never twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import httpx
import telegram
from telegram import LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from qa.telegram.render import Message

TRIES = 5
PATIENCE = 120.0
"""Seconds: a longer "retry after" is no pacing but a ban, and nobody waits for the answer any more."""
TYPING = 4.0
"""Seconds between two "typing…": Telegram shows one for five."""

_log = logging.getLogger(__name__)
sleep = asyncio.sleep


async def send(question: telegram.Message, messages: Iterable[Message]) -> None:
    """Sends ``messages`` as replies to ``question``; what cannot be delivered is logged, never raised."""
    for message in messages:
        try:
            await _send(question, message)
        except Forbidden as error:
            _log.info("Chat %s cannot be written to any more: %s", question.chat_id, error)
            return
        except TimedOut as error:
            _log.warning("Chat %s may lack a message, not sent again: %s", question.chat_id, error)
        except TelegramError as error:
            _log.error("Chat %s lacks a message: %s", question.chat_id, error)


@asynccontextmanager
async def typing(chat: telegram.Chat) -> AsyncIterator[None]:
    """Shows "typing…" in ``chat`` as long as the block runs. A failure to show it is nobody's concern."""

    async def show() -> None:
        while True:
            with suppress(TelegramError):
                await chat.send_action(ChatAction.TYPING)
            await asyncio.sleep(TYPING)

    task = asyncio.create_task(show())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _send(question: telegram.Message, message: Message) -> None:
    async def reply(text: str, parse_mode: str | None) -> None:
        await question.reply_text(
            text,
            parse_mode=parse_mode,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_parameters=ReplyParameters(question.message_id, allow_sending_without_reply=True),
        )

    try:
        await _patiently(lambda: reply(message.html, ParseMode.HTML))
    except BadRequest as error:
        if "can't parse entities" not in error.message.lower():
            raise
        _log.error("Telegram refused our HTML, sent as plain text instead: %s", error)
        await _patiently(lambda: reply(message.plain, None))


async def _patiently(call: Callable[[], Awaitable[None]]) -> None:
    """Awaits ``call()`` again while Telegram asks for it and wherever nothing can have been delivered."""
    for tried in range(TRIES - 1):
        try:
            return await call()
        except RetryAfter as error:
            asked = error.retry_after
            wait = asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
            if wait > PATIENCE:
                raise
        except NetworkError as error:
            wait = 2.0**tried
            if not _undelivered(error):
                raise
        await sleep(wait)
    return await call()


def _undelivered(error: NetworkError) -> bool:
    """Whether Telegram certainly has not sent the message.

    It has not when it answered with a server error, and when no connection came about. When the connection
    broke or fell silent after the request, it nearly always has: sending again would say everything twice.
    """
    if isinstance(error, BadRequest):
        return False
    if isinstance(error.__cause__, httpx.HTTPError):
        return isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    return not isinstance(error, TimedOut)
