"""Updates that Telegram brings: one request each, answered once the update is on disk.

What cannot be read is noted and taken, as polling does: what is refused Telegram would bring again and again.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from urllib.parse import urlsplit

from telegram import Bot
from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError, RequestHandler

from qa.telegram.settings import Settings
from qa.telegram.updates import Inbox, read_update

LARGEST = 1 << 20
"""Bytes of an update."""


async def open_webhook(settings: Settings, bot: Bot, inbox: Inbox, kinds: Sequence[str]) -> HTTPServer:
    """Listens where ``settings`` say, and then tells Telegram to bring updates of ``kinds`` to the webhook.

    Raises TelegramError if that cannot be told.
    """
    path = urlsplit(settings.webhook_url).path.strip("/")
    shared = {"bot": bot, "inbox": inbox, "secret": settings.webhook_secret}
    server = HTTPServer(
        Application([(rf"/{path}/?", _Hook, shared)], log_function=lambda _: None), max_buffer_size=LARGEST
    )
    server.listen(settings.webhook_port, settings.webhook_listen)
    await bot.set_webhook(settings.webhook_url, secret_token=settings.webhook_secret, allowed_updates=kinds)
    return server


class _Hook(RequestHandler):
    def initialize(self, *, bot: Bot, inbox: Inbox, secret: str) -> None:
        self._bot, self._inbox, self._secret = bot, inbox, secret

    async def post(self) -> None:
        given = self.request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._secret.encode()):
            raise HTTPError(403)
        try:
            data = json.loads(self.request.body)
        except ValueError:
            data = None
        if not isinstance(data, dict):  # nothing that Telegram sends
            raise HTTPError(400)
        if update := read_update(data, self._bot):
            await self._inbox.put(update)
