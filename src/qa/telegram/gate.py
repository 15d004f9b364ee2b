"""Who and what comes through: the bot's own concern, from people who may ask; before every handler."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from telegram import InlineQueryResultsButton, Update
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop

from qa.telegram.access import Pairing
from qa.telegram.desk import Desk, addressed, command, person, private
from qa.telegram.phrases import say

FREE = frozenset({"start", "help", "lang", "pair"})
"""What anyone may say to the bot in private."""


class Gate:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def check(self, update: Update, _: Any) -> None:
        """Lets ``update`` pass, or answers it and stops it here."""
        if not await self._passes(update):
            raise ApplicationHandlerStop

    async def _passes(self, update: Update) -> bool:
        desk = self._desk
        who = person(update)
        chat = update.effective_chat.id if update.effective_chat else None
        if (query := update.callback_query) and not desk.access.allowed(who, chat):
            with suppress(TelegramError):
                await query.answer(say("denied.button", desk.lang(update)), show_alert=True)
            return False
        if (inline := update.inline_query) and not desk.access.allowed(who):
            button = InlineQueryResultsButton(say("denied.button", desk.lang(update)), start_parameter="start")
            with suppress(TelegramError):
                await inline.answer([], cache_time=0, is_personal=True, button=button)
            return False
        if update.message is None:
            return bool(query or inline)
        return await self._hears(update, who, chat)

    async def _hears(self, update: Update, who: int, chat: int | None) -> bool:
        desk, message = self._desk, update.message
        assert message
        me = desk.bot.bot
        if message.via_bot or (message.from_user and message.from_user.is_bot and not message.sender_chat):
            return False
        said = command(message, me)
        if private(message):
            free = said is not None and said[0] in FREE
        else:
            free = False
            if message.text is None or (said is None and addressed(message, me) is None):
                return False
            if said is None and message.text.startswith(
                "/"
            ):  # another bot's command, in reply to a message of ours
                return False
        if free or desk.access.allowed(who, chat):
            return True
        if not desk.pace.too_fast(who):
            await desk.say(update, "denied" if private(message) else "denied.group", id=who)
        return False

    async def pair(self, update: Update, code: str) -> None:
        """/pair CODE, in private."""
        desk = self._desk
        user = update.effective_user
        assert user
        if not code:
            return await desk.say(update, "pair.usage")
        if desk.access.allowed(user.id):
            return await desk.say(update, "pair.known")
        outcome, left = await desk.access.pair(user.id, user.full_name, code)
        key = {Pairing.DONE: "pair.done", Pairing.WRONG: "pair.wrong", Pairing.BLOCKED: "pair.blocked"}[outcome]
        return await desk.say(update, key, n=left, id=user.id)
