"""`qa bot --check`: whether the bot would run, before it does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from telegram import Bot
from telegram.error import InvalidToken, TelegramError
from telegram.request import BaseRequest

from qa.config import index_folder
from qa.errors import IsnadError
from qa.index import corpora
from qa.reading import Reading
from qa.telegram.serve import UNKNOWN_TOKEN
from qa.telegram.settings import NO_TOKEN, Settings
from qa.telegram.state import State
from qa.watch import first_paths
from qa.web.feeds import followed, open_feeds


def check(settings: Settings, *, request: BaseRequest | None = None) -> tuple[bool, str]:
    """Whether all is good, and a line for each thing that was looked at."""
    lines = [*_index(settings), *asyncio.run(_token(settings, request)), _people(settings)]
    return all(good for good, _ in lines), "\n".join(
        f"{'ok  ' if good else 'FAIL'}  {line}" for good, line in lines
    )


def _index(settings: Settings) -> Iterator[tuple[bool, str]]:
    folder = index_folder(settings.folder)
    try:
        with closing(Reading(folder)) as reading, reading.library().view() as view:
            count = view.passage_count()
            yield True, f"index     {folder}: {count:,} passage{'' if count == 1 else 's'}"
    except IsnadError as error:
        yield False, f"index     {error}"
    if settings.watch:
        yield _watch(folder)
    try:
        State(folder).close()
    except IsnadError as error:
        yield False, f"people    {error}"


def _watch(folder: Path) -> tuple[bool, str]:
    """What is followed besides what comes by chat."""
    try:
        named = [str(path) for path in corpora(folder)[1] or first_paths(folder)]
        if followed(folder):
            with open_feeds(folder) as feeds:
                named += [feed.url for feed in feeds.all()]
    except IsnadError as error:
        return False, f"watch     {error}"
    return True, f"watch     {', '.join(named) or 'nothing yet but what comes by chat'}"


async def _token(settings: Settings, request: BaseRequest | None) -> list[tuple[bool, str]]:
    if not settings.token:
        return [(False, f"token     {NO_TOKEN}")]
    try:
        async with Bot(settings.token, base_url=f"{settings.api_url}/bot", request=request) as bot:
            me, hook = bot.bot, await bot.get_webhook_info()
    except InvalidToken:
        return [(False, f"token     {UNKNOWN_TOKEN}")]
    except TelegramError as error:
        return [(False, f"token     Telegram cannot be reached ({error}): check the network")]
    inline = "" if me.supports_inline_queries else "; inline mode is off: @BotFather's /setinline turns it on"
    lines = [(True, f"token     @{me.username}{inline}")]
    if settings.webhook_url:
        lines.append((True, f"updates   by webhook at {settings.webhook_listen}:{settings.webhook_port}"))
    elif hook.url:
        lines.append((True, "updates   by polling; the webhook that is set now will be taken away"))
    else:
        lines.append((True, "updates   by polling"))
    return lines


def _people(settings: Settings) -> tuple[bool, str]:
    if settings.public:
        return True, "access    anyone may ask"
    named = len(settings.allowed | settings.admins)
    return True, f"access    {named} named in the settings, and who brings a code of `qa bot pair`"
