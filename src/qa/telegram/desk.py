"""What the handlers share: who writes, in which language, where the reply goes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from telegram import Message, Update, User
from telegram.constants import ChatType
from telegram.ext import ExtBot

from qa.errors import IsnadError
from qa.pace import Pace
from qa.reading import Reading
from qa.telegram import markup
from qa.telegram.access import Access
from qa.telegram.kept import Shelf
from qa.telegram.monitor import Monitor
from qa.telegram.phrases import say
from qa.telegram.plan import Place, Plan
from qa.telegram.render import render_line
from qa.telegram.send import Post
from qa.telegram.settings import Settings
from qa.told import told


@dataclass
class Desk:
    """One bot's parts. ``turns``: one question of each person at a time."""

    bot: ExtBot[Any]
    settings: Settings
    access: Access
    pace: Pace[int]
    post: Post
    shelf: Shelf
    reading: Reading
    monitor: Monitor
    turns: WeakValueDictionary[int, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def lang(self, update: Update) -> str:
        """The language to speak to the one whom ``update`` comes from."""
        user = update.effective_user
        return self.access.lang(user.id if user else 0, user.language_code if user else None)

    def place(self, update: Update) -> Place:
        """Where the answer to ``update`` goes: beneath its message, or the one whose button was pressed."""
        message, chat = update.effective_message, update.effective_chat
        assert message
        assert chat
        thread = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
        return Place(chat.id, thread, message.message_id, self.lang(update))

    async def reply(self, update: Update, *messages: markup.Message) -> None:
        await self.post.deliver(update.update_id, Plan(self.place(update), messages))

    async def say(self, update: Update, key: str, **values: object) -> None:
        await self.reply(update, render_line(say(key, self.lang(update), **values)))

    def error(self, update: Update, error: IsnadError) -> markup.Message:
        """What to tell the one whom ``update`` comes from."""
        return render_line(told(error, self.lang(update), most=self.settings.longest_question))


def person(update: Update) -> int:
    """Whose turn, pace and rights count: the user's, or the chat's that a message was sent in the name of."""
    if update.message and update.message.sender_chat:
        return update.message.sender_chat.id
    return update.effective_user.id if update.effective_user else 0


def private(message: Message) -> bool:
    return message.chat.type == ChatType.PRIVATE


def command(message: Message, me: User) -> tuple[str, str] | None:
    """The command that ``message`` gives this bot, in lower case, and what stands behind it."""
    text = message.text or ""
    if not (message.entities and message.entities[0].type == "bot_command" and message.entities[0].offset == 0):
        return None
    # The parts are ASCII: their length in UTF-16 units is that in characters.
    first, rest = text[: message.entities[0].length], text[message.entities[0].length :]
    name, _, to = first[1:].partition("@")
    if to and to.lower() != (me.username or "").lower():
        return None
    return name.lower(), rest.strip()


def addressed(message: Message, me: User) -> str | None:
    """What ``message`` asks this bot; None where it speaks to others.

    In a group the bot is meant when it is mentioned or when one of its messages is replied to.
    """
    text = message.text or ""
    if private(message):
        return text
    mentions = [
        part
        for entity, part in message.parse_entities(["mention", "text_mention"]).items()
        if part.lower() == f"@{(me.username or '').lower()}" or (entity.user and entity.user.id == me.id)
    ]
    replied = message.reply_to_message and message.reply_to_message.from_user
    if not mentions and not (replied and replied.id == me.id):
        return None
    for mention in mentions:
        text = text.replace(mention, " ")
    return " ".join(text.split())
