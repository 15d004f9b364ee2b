"""What else the bot shows: context, openings, passages found, lists of articles and sources."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from qa.answer import Citation, Source
from qa.article import Article
from qa.language.phrases import readable
from qa.language.script import direction, visible
from qa.store.records import Listed
from qa.telegram.buttons import Button, button, rows
from qa.telegram.markup import Message, clip, escape, lead, lines, pack, run
from qa.telegram.phrases import say
from qa.telegram.render import SOURCE, also_line, article_line, cards, highlighted, pieces

AROUND = 700
"""Characters shown before and after a quote, up to the end of a paragraph."""

OPENING = 1200
"""Characters of an article's opening, up to the end of a paragraph or sentence."""

PAGE = 8
"""Articles on a page of the newest."""


def render_context(article: Article, start: int, end: int, *, site: str = "") -> list[Message]:
    """What stands before and after ``text[start:end]`` in its article, which is in bold."""
    low = _back(article.text, start)
    high = end + _length(article.text[end:], AROUND)
    return _passage(article, low, high, (start, end), site)


def render_opening(article: Article, *, site: str = "") -> list[Message]:
    return _passage(article, 0, _length(article.text, OPENING), (0, 0), site)


def _passage(article: Article, low: int, high: int, bold: tuple[int, int], site: str) -> list[Message]:
    """``text[low:high]`` folded under its article's title, with dots where the article goes on."""
    text = article.text[low:high]
    shown = visible(text)
    way = direction(text)
    span = (bold[0] - low, bold[1] - low)
    parts = []
    for start, end in pieces(text):
        before = "… " if start == 0 < low else ""
        after = " …" if end == len(text) and high < len(article.text) else ""
        mark = lead(before + "".join(shown[start:end]), way)
        body = highlighted(shown, start, end, (span,))
        head = f"{article_line(as_source(article), site=site)}\n" if start == 0 else ""
        parts.append(f"{head}<blockquote expandable>{mark}{before}{body}{after}</blockquote>")
    return pack(parts, gap="\n")


def _back(text: str, start: int) -> int:
    """Where to begin so that whole paragraphs, or at least whole words, of ``AROUND`` characters come first."""
    low = max(0, start - AROUND)
    if low == 0:
        return 0
    paragraph = text.find("\n\n", low, start)
    if paragraph >= 0:
        return paragraph + 2
    space = text.find(" ", low, start)
    return space + 1 if space >= 0 else low


def _length(text: str, most: int) -> int:
    """How much of ``text`` to show: all, or whole paragraphs, sentences or words of at most ``most`` characters."""
    if len(text) <= most:
        return len(text)
    for end in (
        text.rfind("\n\n", 1, most),
        _last(r"[.!?؟۔…][»”\"')\]]*(?=\s)", text, most),
        text.rfind(" ", 1, most),
    ):
        if end > most // 3:
            return end
    return most


def _last(pattern: str, text: str, most: int) -> int:
    return max((match.end() for match in re.finditer(pattern, text[: most + 1])), default=-1)


def render_passages(passages: Sequence[Citation], heading: str, *, site: str = "") -> list[Message]:
    """Passages found, whole and verbatim, numbered by rank."""
    blocks = (card for passage in passages for card in cards(passage, numbered=True, site=site))
    return pack((lines(heading), *blocks), gap="\n\n")


def render_latest(entries: Sequence[Listed], offset: int, lang: str, *, site: str = "") -> Message:
    """Articles, newest first, from ``offset`` on; a number below opens one.

    Of ``entries`` a page is shown; one more than that tells that there is another page.
    """
    more = len(entries) > PAGE
    entries = entries[:PAGE]
    listed = [f"{lines(say('latest', lang))}\n"]
    listed += [
        article_line(entry, bullet=f"{n}. ", site=site) + also_line(entry.also, entry.lang)
        for n, entry in enumerate(entries, offset + 1)
    ]
    turn: list[Button] = []
    if offset:
        turn.append(button(say("newer", lang), "n", max(0, offset - PAGE)))
    if more:
        turn.append(button(say("older", lang), "n", offset + PAGE))
    numbers = [button(str(n), "a", entry.rowid) for n, entry in enumerate(entries, offset + 1)]
    return Message("\n".join(listed), rows(numbers, turn))


def render_sources(sources: Sequence[tuple[str, int, date | None]], lang: str) -> list[Message]:
    """Each source with how many articles it has and the day of the newest."""
    listed = []
    for name, count, newest in sources:
        name = clip(name, SOURCE) or say("sources.none", lang)
        way = direction(name)
        parts = (
            run(name, way),
            str(count),
            run(readable(newest, "ar" if way == "rtl" else "en"), way) if newest else "",
        )
        bullet = "• "
        listed.append(lead(bullet + name, way) + bullet + " · ".join(escape(part) for part in parts if part))
    return pack((f"{lines(say('sources', lang))}\n", *listed), gap="\n")


def as_source(article: Article) -> Source:
    return Source(article.id, article.title, article.date, article.source, article.url, article.lang)
