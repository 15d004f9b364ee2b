"""Running the bot: polling or webhook, until it is told to stop; then what runs is finished."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from telegram import BotCommand, Update
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError

from qa.config import index_folder
from qa.errors import ConfigError
from qa.reading import Reading
from qa.telegram.app import Service, build
from qa.telegram.following import following
from qa.telegram.logs import log_to
from qa.telegram.monitor import bound, listen
from qa.telegram.phrases import say
from qa.telegram.settings import NO_TOKEN, Settings
from qa.telegram.state import State

if TYPE_CHECKING:
    from tornado.httpserver import HTTPServer

UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY]
MENU = ("ask", "search", "latest", "sources", "lang", "help")

UNKNOWN_TOKEN = "Telegram does not know this bot token: copy it again from @BotFather into TELEGRAM_BOT_TOKEN"

_log = logging.getLogger(__name__)


async def serve(service: Service, stop: Callable[[], Awaitable[object]]) -> None:
    """Runs ``service`` until ``stop()`` returns; questions that are being answered then are finished.

    What was not taken up, or could not be sent, is on disk and comes first at the next start. Raises
    ConfigError when Telegram does not know the token or cannot be reached at the start. Later failures of
    the network are waited out.
    """
    app, updater, settings = service.app, service.app.updater, service.settings
    assert updater
    hook = None
    try:
        with ExitStack() as opened:
            async with app:
                try:
                    await service.desk.access.load()
                    if waiting := await service.inbox.restore(app.bot):
                        _log.info("restored updates=%d", waiting)
                    await app.start()
                    if settings.status_port:
                        address, port = settings.status_listen, settings.status_port
                        opened.callback(listen(service.monitor, address, port, service.inbox.waiting))
                    if settings.watch:
                        opened.enter_context(following(service.desk.reading.folder))
                    menu = asyncio.create_task(_menu(service))
                    hook = await _listen_to_telegram(service)
                    _log.info("running bot=@%s", app.bot.username)
                    await stop()
                    await menu
                finally:
                    if updater.running:
                        await updater.stop()
                    if hook:
                        hook.stop()
                        await hook.close_all_connections()
                    service.stopping.set()
                    if app.running:
                        await app.stop()
                    await service.inbox.rest()
    except InvalidToken:
        # Not chained: the library's message contains the token.
        raise ConfigError(UNKNOWN_TOKEN) from None
    except NetworkError as error:
        raise ConfigError(f"Telegram cannot be reached: check the network and start again ({error})") from error


async def _listen_to_telegram(service: Service) -> HTTPServer | None:
    """Begins to poll, or gives the server that Telegram will call."""
    updater, settings = service.app.updater, service.settings
    assert updater
    if not settings.webhook_url:
        await updater.start_polling(allowed_updates=UPDATES, error_callback=_polling_failed)
        return None
    service.monitor.polls = False
    bound(settings.webhook_listen, settings.webhook_port, "webhook_port").close()  # a clear error, if it is taken
    from qa.telegram.webhook import open_webhook

    return await open_webhook(settings, service.app.bot, service.inbox, UPDATES)


async def _menu(service: Service) -> None:
    """The commands that Telegram's clients offer, in both languages."""
    try:
        for lang, code in (("en", None), ("ar", "ar")):
            commands = [BotCommand(name, say(f"menu.{name}", lang)) for name in MENU]
            await service.app.bot.set_my_commands(commands, language_code=code)
    except TelegramError as error:
        _log.warning("menu not set reason=%r", str(error))


def run(settings: Settings) -> None:
    """Serves until Ctrl-C or SIGTERM; raises what ``serve`` raises, and ConfigError where there is no token."""
    if not settings.token:
        raise ConfigError(NO_TOKEN)
    log_to(sys.stderr, settings.token, as_json=settings.log_format == "json")
    folder = index_folder(settings.folder)
    state, reading = State(folder), Reading(folder, workers=settings.workers)

    async def main() -> None:
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # Windows has no signal handlers in its event loop
                asyncio.get_running_loop().add_signal_handler(name, stop.set)
        await serve(build(settings, reading, state), stop.wait)

    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(main())
    finally:
        state.close()
        reading.close()


def _polling_failed(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        _log.error("conflict: another program fetches the messages of this bot; stop it, or use another token")
    else:
        _log.warning("Telegram cannot be reached, trying again reason=%r", str(error))
