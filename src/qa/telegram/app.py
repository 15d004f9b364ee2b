"""The application: who is answered, and how. From an update to the messages that answer it."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import signal
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import WeakValueDictionary

import telegram
from telegram import Update
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError
from telegram.ext import (
    Application,
    ApplicationHandlerStop,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    TypeHandler,
    filters,
)
from telegram.request import BaseRequest, HTTPXRequest

from qa.answer import Answer
from qa.errors import ConfigError, IsnadError, QueryError
from qa.language.script import language
from qa.telegram.render import Message, render, render_error, render_fault, render_hint, render_welcome
from qa.telegram.send import send, typing

Ask = Callable[[str], Answer]
"""Answers a question; blocking, safe to call from several threads, raises ``IsnadError`` for the asker."""

App = Application[Any, Any, Any, Any, Any, Any]
Context = ContextTypes.DEFAULT_TYPE

_log = logging.getLogger(__name__)


def build(
    token: str,
    ask: Ask,
    *,
    request: BaseRequest | None = None,
    base_url: str = "https://api.telegram.org/bot",
) -> App:
    """The bot that answers with ``ask``, not yet started; ``request`` stands in for the way to Telegram."""
    for name in ("httpx", "telegram.Bot", "telegram.ext.ExtBot"):
        logging.getLogger(name).addFilter(_without_token)
    # Answers to a send come late rather than never; five seconds, the default, would leave many in doubt.
    request = request or HTTPXRequest(connect_timeout=10, read_timeout=20, write_timeout=20, pool_timeout=20)
    builder = Application.builder().token(token).base_url(base_url).concurrent_updates(True)
    app: App = builder.request(request).get_updates_request(request).build()
    desk = _Desk(ask)
    # Only new messages: an edited question is not answered again. Only private chats, so far.
    private = filters.UpdateType.MESSAGE & filters.ChatType.PRIVATE
    app.add_handler(TypeHandler(Update, desk.once), group=-1)
    app.add_handler(CommandHandler(["start", "help"], desk.welcome, filters=private))
    app.add_handler(MessageHandler(private & filters.TEXT & ~filters.COMMAND, desk.question))
    app.add_handler(MessageHandler(private & ~filters.StatusUpdate.ALL, desk.hint))
    app.add_error_handler(_report)
    return app


async def serve(app: App, stop: asyncio.Event) -> None:
    """Runs ``app`` until ``stop`` is set; every update fetched till then is answered first.

    Raises ``ConfigError`` when Telegram does not know the token or cannot be reached at the start. Later
    failures of the network are waited out.
    """
    updater = app.updater
    assert updater
    try:
        async with app:
            try:
                await updater.start_polling(allowed_updates=[Update.MESSAGE], error_callback=_polling_failed)
                await app.start()
                await stop.wait()
            finally:
                if updater.running:
                    await updater.stop()
                if app.running:
                    await app.stop()
    except InvalidToken:
        # Not chained: the library's message contains the token.
        raise ConfigError(
            "Telegram does not know this bot token: copy it again from @BotFather into TELEGRAM_BOT_TOKEN"
        ) from None
    except NetworkError as error:
        raise ConfigError(f"Telegram cannot be reached: check the network and start again ({error})") from error


def run(token: str, ask: Ask) -> None:
    """Serves ``ask`` on Telegram until Ctrl-C or SIGTERM; raises what ``serve`` raises."""

    async def main() -> None:
        stop = asyncio.Event()
        with suppress(NotImplementedError):  # Windows has no signal handlers in its event loop
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await serve(build(token, ask), stop)

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with suppress(KeyboardInterrupt):
        asyncio.run(main())


class _Desk:
    """The handlers, and what they remember: the updates seen, and whose turn it is in each chat."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._seen: deque[int] = deque(maxlen=1024)
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def once(self, update: Update, _: Context) -> None:
        """Lets an update pass the first time only: Telegram repeats what it believes undelivered."""
        if update.update_id in self._seen:
            raise ApplicationHandlerStop
        self._seen.append(update.update_id)

    async def welcome(self, update: Update, _: Context) -> None:
        await send(_message(update), [render_welcome(_tongue(update))])

    async def hint(self, update: Update, _: Context) -> None:
        await send(_message(update), [render_hint(_tongue(update))])

    async def question(self, update: Update, _: Context) -> None:
        """Answers in the order of asking within a chat, so that no chat takes all threads from the others."""
        message = _message(update)
        async with self._turns.setdefault(message.chat_id, asyncio.Lock()):
            async with typing(message.chat):
                messages = await self._answer(message.text or "")
            await send(message, messages)

    async def _answer(self, question: str) -> list[Message]:
        try:
            return render(await asyncio.to_thread(self._ask, question))
        except QueryError as error:  # the asker's, and nothing for the operator
            return [render_error(str(error))]
        except IsnadError as error:
            _log.warning("%s", error)
            return [render_error(str(error))]
        except Exception:
            reference = secrets.token_hex(3)
            _log.exception("Reference %s: a question failed", reference)
            return [render_fault(language(question), reference)]


def _message(update: Update) -> telegram.Message:
    assert update.message  # by the handlers' filters
    return update.message


def _tongue(update: Update) -> str:
    """The language of the person's Telegram, as an IETF tag, where it is known."""
    return (update.effective_user and update.effective_user.language_code) or ""


def _polling_failed(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        _log.error("Another program fetches the messages of this bot: stop it, or use another token")
    else:
        _log.warning("Telegram cannot be reached, trying again: %s", error)


async def _report(_: object, context: Context) -> None:
    _log.error("An update could not be handled", exc_info=context.error)


def _without_token(record: logging.LogRecord) -> bool:
    """A filter for loggers that name URLs: the path's ``/bot<token>/`` loses its token."""
    record.msg, record.args = re.sub(r"(?<=/bot)[^/\s]+", "<token>", record.getMessage()), None
    return True
