"""Inline mode: ``@bot question`` in any chat offers excerpts to insert, each with its citation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError

from qa.answer import Citation
from qa.errors import IsnadError
from qa.language.phrases import readable
from qa.telegram.desk import Desk, person
from qa.telegram.markup import clip
from qa.telegram.phrases import say
from qa.telegram.render import cards, title

MOST = 8
"""Excerpts offered."""

SETTLED = 0.25
"""Seconds without another key before an inline question is taken for meant."""

_log = logging.getLogger(__name__)


class Inline:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._latest: dict[int, int] = {}

    async def offer(self, update: Update) -> None:
        """Offers excerpts for the last of the questions that come while someone types."""
        query = update.inline_query
        assert query
        who, text = person(update), query.query.strip()
        self._latest[who] = update.update_id
        try:
            await asyncio.sleep(SETTLED if text else 0)
            if self._latest.get(who) != update.update_id:
                return
        finally:
            if self._latest.get(who) == update.update_id:
                del self._latest[who]
        lang = self._desk.lang(update)
        note, found = ("inline.ask", []) if not text else await self._excerpts(who, text)
        button = InlineQueryResultsButton(say(note, lang), start_parameter="inline") if note else None
        results = list(_results(found, self._desk.settings.site))
        try:
            await query.answer(results, cache_time=30 if found else 0, is_personal=True, button=button)
        except TelegramError as error:  # too old, mostly: the person has typed on
            _log.info("inline not answered reason=%r", str(error))

    async def _excerpts(self, who: int, text: str) -> tuple[str, list[Citation]]:
        """What to offer for ``text``, and the key of what to say above it."""
        desk = self._desk
        if desk.pace.too_fast(who):
            return "inline.none", []
        try:
            answer = await desk.reading.ask(text, limit=MOST)
            if answer.answered:
                return "", list(answer.citations)
            near = (await desk.reading.search(text, limit=MOST)).passages
        except IsnadError as error:
            _log.info("inline question failed reason=%r", str(error))
            return "inline.none", []
        return ("inline.silent" if near else "inline.none"), list(near)


def _results(citations: Sequence[Citation], site: str) -> Iterator[InlineQueryResultArticle]:
    for n, citation in enumerate(citations, 1):
        if len(card := list(cards(citation, numbered=False, site=site))) > 1:
            continue  # a quote that needs two messages cannot be inserted as one
        article = citation.article
        day = readable(article.date, article.lang) if article.date else ""
        yield InlineQueryResultArticle(
            id=str(n),
            title=clip(citation.quote, 100),
            description=" · ".join(part for part in (title(article), day) if part),
            input_message_content=InputTextMessageContent(
                card[0], parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
            ),
        )
