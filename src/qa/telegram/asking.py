"""Questions and what follows from an answer: more quotes, context, openings, follow-ups, verdicts."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from contextlib import suppress
from dataclasses import replace

from telegram import CallbackQuery, InlineKeyboardButton, Message, Update
from telegram.error import TelegramError

from qa import feedback
from qa.answer import Answer, Citation
from qa.article import Article
from qa.errors import IsnadError, QueryError
from qa.language.script import language
from qa.telegram import markup, pages
from qa.telegram.buttons import Button, Rows, button, rows
from qa.telegram.desk import Desk, person, private
from qa.telegram.kept import Kept
from qa.telegram.phrases import say
from qa.telegram.plan import Place, Plan
from qa.telegram.render import page_of, render, render_fault, render_line
from qa.telegram.send import typing

SHOWN, MOST = 3, 8
"""Quotes in an answer, and in all with those that "more" brings."""

NEAR = 4
"""Passages shown where nothing answers."""

SUBJECT = 500
"""Characters of the questions of a thread that its next follow-up carries."""

_log = logging.getLogger(__name__)


class Asking:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._site = desk.settings.site
        self._sending: set[str] = set()

    async def question(self, update: Update, text: str) -> None:
        """Answers ``text``; in the order of asking, one question of each person at a time."""
        desk, who = self._desk, person(update)
        began = time.perf_counter()
        if excess := desk.pace.too_fast(who):
            if excess == 1:
                await desk.say(update, "slow", n=desk.settings.questions_per_minute)
            return
        if len(text) > desk.settings.longest_question:
            desk.monitor.answered("refused", 0)
            await desk.say(update, "long", n=len(text), most=desk.settings.longest_question)
            return
        place = desk.place(update)
        async with desk.turns.setdefault(who, asyncio.Lock()), typing(desk.bot, place):
            outcome, plan = await self._answer(update, text, place)
            await desk.post.deliver(update.update_id, plan)
        seconds = time.perf_counter() - began
        desk.monitor.answered(outcome, seconds)
        asked = f" question={text!r}" if desk.settings.log_questions else ""
        _log.info(
            "question update=%s outcome=%s ms=%.0f chars=%d lang=%s%s",
            update.update_id,
            outcome,
            seconds * 1000,
            len(text),
            language(text),
            asked,
        )

    async def _answer(self, update: Update, text: str, place: Place) -> tuple[str, Plan]:
        desk, lang = self._desk, place.lang
        try:
            before = await self._replied_to(update)
            answer = await desk.reading.ask(text, limit=MOST, after=before.subject if before else "")
        except QueryError as error:  # the asker's, and nothing for the operator
            return "refused", Plan(place, (desk.error(update, error),))
        except IsnadError as error:
            _log.warning("question failed reason=%r", str(error))
            return "failed", Plan(place, (desk.error(update, error),))
        except Exception:
            reference = secrets.token_hex(3)
            _log.exception("question failed reference=%s", reference)
            return "failed", Plan(place, (render_fault(lang, reference),))
        subject = f"{before.subject} {text}"[-SUBJECT:] if before else text
        kept = desk.shelf.keep(answer, subject)
        *first, last = render(answer, last=SHOWN, site=desk.settings.site)
        messages = (*first, markup.Message(last.html, _buttons(kept, lang, self._apps(update))))
        return ("answered" if answer.answered else "silent"), Plan(place, messages, kept.name)

    def _apps(self, update: Update) -> str:
        """The site, where Telegram allows to open it as a Mini App: from buttons in private chats, over https."""
        alone = update.effective_message and private(update.effective_message)
        return self._site if alone and self._site.startswith("https://") else ""

    async def _replied_to(self, update: Update) -> Kept | None:
        message = update.message.reply_to_message if update.message else None
        return await self._desk.shelf.shown_in(message.chat_id, message.message_id) if message else None

    # What the buttons bring; each is given the answer's name and its other arguments.

    async def more(self, update: Update, name: str) -> None:
        if kept := await self._kept(update, name):
            await self._show(update, kept.name, render(kept.answer, first=SHOWN, site=self._site))
            await self._without(update.callback_query, f"m:{name}")

    async def near(self, update: Update, name: str) -> None:
        if kept := await self._kept(update, name):
            lang = self._desk.lang(update)
            found = await self._desk.reading.search(kept.answer.question, limit=NEAR)
            await self._show(
                update, kept.name, pages.render_passages(found.passages, say("near", lang), site=self._site)
            )
            await self._without(update.callback_query, f"p:{name}")

    async def context(self, update: Update, name: str, n: str) -> None:
        """What stands around quote ``n``, with a button for its article's opening."""
        if cited := await self._cited(update, name, n):
            kept, citation, article = cited
            messages = pages.render_context(article, citation.start, citation.end, site=self._site)
            opening = button(say("opening", self._desk.lang(update)), "o", name, n)
            messages[-1] = markup.Message(messages[-1].html, ((opening,),))
            await self._show(update, kept.name, messages)

    async def opening(self, update: Update, name: str, n: str) -> None:
        if cited := await self._cited(update, name, n):
            await self._show(update, cited[0].name, pages.render_opening(cited[2], site=self._site))

    async def article(self, update: Update, rowid: str) -> None:
        """The opening of an article in a list."""
        found = await self._desk.reading.find(rowid=int(rowid))
        await self._told(update, "" if found else "gone")
        if found:
            await self._show(update, "", pages.render_opening(found.article, site=self._site))

    async def verdict(self, update: Update, name: str, *, good: bool) -> None:
        desk = self._desk
        if kept := await self._kept(update, name, told="thanks"):
            if await desk.shelf.judge(name, person(update), 1 if good else -1):
                await asyncio.to_thread(feedback.record, desk.reading.folder, kept.answer, 1 if good else -1)
            message = update.callback_query and update.callback_query.message
            if isinstance(message, Message) and message.chat.type == "private":
                await self._relabel(message, {f"{'u' if good else 'd'}:{name}"})

    async def again(self, update: Update, name: str) -> None:
        """Sends what may not have arrived, once."""
        if name in self._sending:
            await self._told(update, "")
            return
        self._sending.add(name)
        try:
            body = await self._desk.shelf.body(name)
            await self._told(update, "" if body else "gone")
            if body is None:
                return
            await self._desk.post.deliver(update.update_id, Plan.from_json(body))
            await self._desk.shelf.drop(name)
        finally:
            self._sending.discard(name)
        if update.effective_message:
            note = render_line(say("doubt.sent", self._desk.lang(update)))
            message = update.effective_message
            await self._desk.post.edit(message.chat.id, message.message_id, note)

    async def _show(self, update: Update, name: str, messages: list[markup.Message]) -> None:
        await self._desk.post.deliver(update.update_id, Plan(self._desk.place(update), tuple(messages), name))

    async def _kept(self, update: Update, name: str, *, told: str = "") -> Kept | None:
        kept = await self._desk.shelf.answer(name)
        await self._told(update, told if kept else "gone")
        return kept

    async def _cited(self, update: Update, name: str, n: str) -> tuple[Kept, Citation, Article] | None:
        """Quote ``n`` of an answer and its article, if that still has it where it was."""
        kept = await self._desk.shelf.answer(name)
        citation = next((c for c in kept.answer.citations if str(c.n) == n), None) if kept else None
        found = await self._desk.reading.find(id=citation.article.id) if citation else None
        if not kept or not citation:
            await self._told(update, "gone")
            return None
        if not found or found.article.text[citation.start : citation.end] != citation.quote:
            await self._told(update, "changed")
            return None
        await self._told(update, "")
        return kept, citation, found.article

    async def _told(self, update: Update, key: str) -> None:
        """Ends the waiting of the one who pressed, with a word if ``key`` names one."""
        if update.callback_query:
            with suppress(TelegramError):  # too old to be told: what was pressed is done all the same
                await update.callback_query.answer(say(key, self._desk.lang(update)) if key else None)

    async def _without(self, query: CallbackQuery | None, data: str) -> None:
        """Takes a button away that has nothing more to bring."""
        if query and isinstance(query.message, Message):
            kept = [[b for b in row if b.data != data] for row in _shown(query.message)]
            await self._desk.post.mark(query.message.chat.id, query.message.message_id, rows(*kept))

    async def _relabel(self, message: Message, chosen: set[str]) -> None:
        """Ticks the verdict that was chosen, and no other."""
        before = _shown(message)
        after = rows(*([replace(b, text=_ticked(b, chosen)) for b in row] for row in before))
        if after != before:
            await self._desk.post.mark(message.chat.id, message.message_id, after)


def _ticked(given: Button, chosen: set[str]) -> str:
    plain = given.text.removesuffix(" ✓")
    return f"{plain} ✓" if given.data in chosen else plain


def _shown(message: Message) -> Rows:
    """The buttons below a message, as they stand."""
    board = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return rows(*([_as_it_stands(b) for b in row] for row in board))


def _as_it_stands(shown: InlineKeyboardButton) -> Button:
    return Button(shown.text, str(shown.callback_data or ""), shown.web_app.url if shown.web_app else "")


def _buttons(kept: Kept, lang: str, apps: str) -> Rows:
    """``apps``: the site that Mini Apps may open; empty where there is none, or they may not."""
    answer: Answer = kept.answer
    shown = answer.citations[:SHOWN]
    context, opens = [], []
    for citation in shown:
        number = f" {citation.n}" if len(shown) > 1 else ""
        context.append(button(say("context", lang) + number, "c", kept.name, citation.n))
        if apps and len(page := page_of(citation, apps)) <= markup.URL:
            opens.append(Button(say("open", lang) + number, "", page))
    more = [button(say("more", lang), "m", kept.name)] if len(answer.citations) > SHOWN else []
    near = [] if answer.answered else [button(say("near", lang), "p", kept.name)]
    return rows(context, opens, more, near, [button("👍", "u", kept.name), button("👎", "d", kept.name)])
