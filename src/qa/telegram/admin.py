"""What admins do by chat: files and links become articles, articles go, people are let in."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from telegram import Document, Update
from telegram.constants import FileSizeLimit
from telegram.error import TelegramError

from qa import readers
from qa.telegram import kept
from qa.telegram.administration import Administration, Done, Progress
from qa.telegram.buttons import button
from qa.telegram.desk import Desk, person
from qa.telegram.markup import Message, clip, escape, lines
from qa.telegram.pages import as_source
from qa.telegram.phrases import say
from qa.telegram.render import article_line, render_line
from qa.telegram.state import State

EVERY = 3.0
"""Seconds between two edits of a progress message."""

URL = re.compile(r"https?://\S+", re.IGNORECASE)
_STATUS = ("articles", "copies", "passages", "languages", "model", "generation", "updated")


class Admin:
    def __init__(self, desk: Desk, state: State, administration: Administration) -> None:
        self._desk = desk
        self._state = state
        self._do = administration

    async def may(self, update: Update) -> bool:
        """Whether an admin writes; others are told that it takes one."""
        if self._desk.access.admin(person(update)):
            return True
        await self._desk.say(update, "admins.only")
        return False

    async def upload(self, update: Update, document: Document) -> None:
        """Takes a file into the inbox and indexes it."""
        desk = self._desk
        name = _safe(document.file_name or "")
        if not readers.readable(Path(name)):
            return await desk.say(update, "file.kind", kinds=" ".join(sorted(readers.SUFFIXES)))
        if (document.file_size or 0) > FileSizeLimit.FILESIZE_DOWNLOAD:
            return await desk.say(update, "file.large")
        part = self._do.inbox / f".{secrets.token_hex(8)}.part"
        self._do.inbox.mkdir(parents=True, exist_ok=True)
        try:
            await (await document.get_file()).download_to_drive(part)
            file = _take(part, self._do.inbox / name)
        except (TelegramError, OSError):
            return await desk.say(update, "file.failed")
        finally:
            part.unlink(missing_ok=True)

        async def job(progress: Progress) -> Done:
            done = await self._do.index(self._do.inbox, progress)
            if any(line.startswith(f"skipped {file.name}:") for line in done.complaints):
                file.unlink(missing_ok=True)  # or every later run would complain of it again
            return done

        return await self._show(update, name, job)

    async def add(self, update: Update, text: str) -> None:
        if not URL.fullmatch(text):
            return await self._desk.say(update, "hint.unknown")
        return await self._show(update, text, lambda progress: self._do.add(text, progress))

    async def reindex(self, update: Update) -> None:
        what = say("job.all", self._desk.lang(update))
        await self._show(update, what, lambda progress: self._do.index(None, progress))

    async def status(self, update: Update) -> None:
        desk = self._desk
        lang = desk.lang(update)
        said = await self._do.status()
        if said is None:
            return await desk.say(update, "job.missing")
        rows = [
            say("status", lang),
            *(f"{say(f'status.{key}', lang)}: {_value(said[key])}" for key in _STATUS if said.get(key)),
        ]
        return await desk.reply(update, render_line("\n".join(rows)))

    async def remove(self, update: Update, id_: str) -> None:
        """Asks whether the article is meant; the buttons remember which it is."""
        desk = self._desk
        if not id_:
            return await desk.say(update, "remove.usage")
        found = await desk.reading.find(id=id_)
        if not found:
            return await desk.say(update, "remove.unknown")
        name, lang = secrets.token_urlsafe(6), desk.lang(update)
        await self._state.run(lambda db: kept.write(db, name, id_))
        sure = f"{lines(say('remove.sure', lang))}\n{article_line(as_source(found.article))}"
        choice = (button(say("yes", lang), "r", name), button(say("no", lang), "k", name))
        return await desk.reply(update, Message(sure, (choice,)))

    async def removed(self, update: Update, name: str, *, sure: bool) -> None:
        desk, query = self._desk, update.callback_query
        assert query
        id_ = await desk.shelf.drop(name)
        with suppress(TelegramError):
            await query.answer(None if id_ else say("gone", desk.lang(update)))
        if not id_ or not query.message:
            return
        lang = desk.lang(update)
        outcome = _told(await self._do.remove(id_), id_, lang) if sure else render_line(say("remove.kept", lang))
        await desk.post.edit(query.message.chat.id, query.message.message_id, outcome)

    async def invite(self, update: Update) -> None:
        code = await self._desk.access.invite()
        await self._desk.say(update, "invite", code=code, minutes=self._desk.settings.code_minutes)

    async def people(self, update: Update) -> None:
        found = await self._desk.access.people()
        if not found:
            return await self._desk.say(update, "people.none")
        listed = [f"<code>{id_}</code> {escape(clip(name, 80))}" for id_, name in found[:80]]
        return await self._desk.reply(
            update, Message("\n".join((lines(say("people", self._desk.lang(update))), *listed)))
        )

    async def revoke(self, update: Update, text: str) -> None:
        if not re.fullmatch(r"\d{1,19}", text):
            return await self._desk.say(update, "revoke.usage")
        gone = await self._desk.access.revoke(int(text))
        return await self._desk.say(update, "revoke.done" if gone else "revoke.none", id=text)

    async def _show(self, update: Update, what: str, job: Callable[[Progress], Awaitable[Done]]) -> None:
        """Runs ``job`` and shows in one message how it goes and how it ended."""
        desk, place = self._desk, self._desk.place(update)
        lang, what, edited = place.lang, clip(what, 200), time.monotonic()
        first = say("job.waiting", lang) if self._do.busy else say("job.running", lang, what=what)
        number = await desk.post.post(place, render_line(first))

        async def progress(done: int, total: int) -> None:
            nonlocal edited
            if number is None or time.monotonic() < edited + EVERY:
                return
            edited = time.monotonic()
            text = (
                say("job.progress", lang, what=what, done=done, total=total) if total else say("job.waiting", lang)
            )
            await desk.post.edit(place.chat, number, render_line(text))

        ended = _told(await job(progress), what, lang)
        if number is None:
            await desk.reply(update, ended)
        else:
            await desk.post.edit(place.chat, number, ended)


def _told(done: Done, what: str, lang: str) -> Message:
    if done.missing:
        return render_line(say("job.missing", lang))
    head = say("job.done" if done.ok else "job.failed", lang, what=what)
    return render_line("\n".join((head, *done.complaints[-5:], *done.lines[-3:])))


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {n}" for key, n in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _safe(name: str) -> str:
    """A file name without folders, hiddenness or odd characters."""
    name = "".join(char if char.isprintable() and char not in '/\\:*?"<>|' else "_" for char in name)
    stem, suffix = os.path.splitext(name.strip().lstrip("."))
    while len(stem.encode()) > 150:
        stem = stem[:-1]
    return f"{stem or 'file'}{suffix.lower()[:20]}"


def _take(part: Path, wanted: Path) -> Path:
    """Moves ``part`` to ``wanted``, or to a numbered name beside it where another file stands there."""
    data, n, path = part.read_bytes(), 1, wanted
    while path.exists() and path.read_bytes() != data:
        n += 1
        path = wanted.with_name(f"{wanted.stem}~{n}{wanted.suffix}")
    os.replace(part, path)
    return path
