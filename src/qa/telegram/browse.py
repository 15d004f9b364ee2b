"""Greetings, and ways into the articles other than a question."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from telegram import Update
from telegram.error import TelegramError

from qa import readers
from qa.language.phrases import spoken
from qa.telegram.buttons import button
from qa.telegram.desk import Desk, person
from qa.telegram.markup import Message, lines
from qa.telegram.pages import PAGE, render_latest, render_passages, render_sources
from qa.telegram.phrases import say
from qa.telegram.send import typing

FOUND = 5
"""Passages that /search shows."""


class Browse:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def welcome(self, update: Update) -> None:
        """The greeting in both languages, that of the reader first; then what the bot can do."""
        desk = self._desk
        lang = spoken(desk.lang(update))
        parts = [say("welcome", code) for code in (lang, "en" if lang == "ar" else "ar")]
        parts.append(say("help", lang, me=desk.bot.username))
        if desk.access.admin(person(update)):
            parts.append(say("help.admin", lang, kinds=" ".join(sorted(readers.SUFFIXES))))
        await desk.reply(update, Message("\n\n".join(map(lines, parts))))

    async def search(self, update: Update, text: str) -> None:
        desk = self._desk
        if not text:
            return await desk.say(update, "hint.search")
        if desk.pace.too_fast(person(update)):
            return await desk.say(update, "slow", n=desk.settings.questions_per_minute)
        place = desk.place(update)
        async with desk.turns.setdefault(person(update), asyncio.Lock()), typing(desk.bot, place):
            found = await desk.reading.search(text[: desk.settings.longest_question], limit=FOUND)
        if not found.passages:
            return await desk.say(update, "found.none")
        page = render_passages(found.passages, say("found", place.lang), site=desk.settings.site)
        return await desk.reply(update, *page)

    async def latest(self, update: Update) -> None:
        desk = self._desk
        entries = await desk.reading.newest(PAGE + 1, 0)
        if not entries:
            return await desk.say(update, "empty")
        return await desk.reply(update, render_latest(entries, 0, desk.lang(update), site=desk.settings.site))

    async def page(self, update: Update, offset: str) -> None:
        """Turns a page of the newest, in place."""
        desk, query = self._desk, update.callback_query
        assert query
        entries = await desk.reading.newest(PAGE + 1, int(offset))
        await _answered(update)
        if query.message and entries:
            page = render_latest(entries, int(offset), desk.lang(update), site=desk.settings.site)
            await desk.post.edit(query.message.chat.id, query.message.message_id, page)

    async def sources(self, update: Update) -> None:
        found = await self._desk.reading.sources()
        await self._desk.reply(update, *render_sources(found, self._desk.lang(update)))

    async def lang(self, update: Update, wanted: str) -> None:
        """/lang, and /lang ar."""
        if wanted in ("ar", "en"):
            await self._desk.access.choose_lang(person(update), wanted)
            return await self._desk.say(update, "lang.set")
        now = self._desk.lang(update)
        choice = (
            (button("العربية", "l", "ar"), button("English", "l", "en")),
            (button(say("lang.auto", now), "l", "auto"),),
        )
        return await self._desk.reply(update, Message(lines(say("lang", now)), choice))

    async def choose(self, update: Update, wanted: str) -> None:
        desk, query = self._desk, update.callback_query
        assert query
        await desk.access.choose_lang(person(update), wanted if wanted in ("ar", "en") else "")
        await _answered(update)
        if query.message:
            chosen = Message(lines(say("lang.set", desk.lang(update))))
            await desk.post.edit(query.message.chat.id, query.message.message_id, chosen)


async def _answered(update: Update) -> None:
    if update.callback_query:
        with suppress(TelegramError):
            await update.callback_query.answer()
