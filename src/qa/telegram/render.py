"""Answer → Telegram messages: pure functions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from qa.answer import Answer, Citation, Source
from qa.language.phrases import also, phrase, preferring, readable, spoken
from qa.language.script import direction, language, visible
from qa.link import article_path, citation_path
from qa.store.records import Listed
from qa.telegram.entities import units
from qa.telegram.markup import RLM, Message, clip, escape, lead, lines, link, pack, run
from qa.telegram.phrases import say

# A card (one quote, or a piece of it, with its place) always fits a message: this much of a quote, and what
# is clipped below, in characters that may be two units each, stay under LIMIT together.
PIECE = 2800
TITLE, SOURCE, FILE, ALSO, LINE = 200, 80, 160, 120, 1000
HIGHLIGHTS = 40
FOLD = 700
"""UTF-16 units from which a quote is folded: the reader opens it with a touch."""


def render(answer: Answer, *, first: int = 0, last: int | None = None, site: str = "") -> list[Message]:
    """The messages that show the citations ``first`` to ``last`` of ``answer``, or that it abstains.

    ``site``, here and below, is where `qa serve` shows the articles; where there is none, nothing links to it.
    """
    lang = language(answer.question)
    preferred = f"<i>{lines(preferring(answer.preferred, lang))}</i>" if answer.preferred else ""
    if answer.answered:
        numbered = len(answer.citations) > 1
        shown = [card for c in answer.citations[first:last] for card in cards(c, numbered=numbered, site=site)]
        return pack([preferred, *shown] if preferred and not first else shown, gap="\n\n")
    opening = [lines(phrase("silent", lang)) + (f"\n{preferred}" if preferred else "")]
    if answer.nearest:
        opening[0] += "\n\n" + lines(phrase("nearest", lang))
    nearest = (article_line(source, bullet="• ", site=site) for source in answer.nearest)
    return pack((*opening, *nearest), gap="\n")


def render_line(text: str) -> Message:
    """A text of our own, or an error's."""
    return Message(lines("\n".join(clip(line, LINE) for line in text.split("\n"))) or "?")


def render_fault(lang: str, reference: str) -> Message:
    """An unforeseen fault: nothing of it but the ``reference`` under which it stands in the log."""
    return Message(f"{lines(say('fault', lang))} <code>{escape(reference)}</code>")


def cards(citation: Citation, *, numbered: bool, site: str = "") -> Iterator[str]:
    """The citation as HTML: one card, or one for each piece of a quote that is too long."""
    shown = visible(citation.quote)
    way = direction(citation.quote)
    for start, end in pieces(citation.quote):
        head = f"{RLM if way == 'rtl' else ''}<b>{citation.n}.</b>\n" if numbered and start == 0 else ""
        mark = lead("".join(shown[start:end]), way)
        quote = mark + highlighted(shown, start, end, citation.highlights)
        foot = (
            f"\n{article_line(citation.article, site=site)}\n{_place(citation, site)}"
            f"{also_line(citation.also, citation.article.lang)}"
            if end == len(citation.quote)
            else ""
        )
        fold = " expandable" if units(citation.quote[start:end]) > FOLD else ""
        yield f"{head}<blockquote{fold}>{quote}</blockquote>{foot}"


def pieces(quote: str) -> Iterator[tuple[int, int]]:
    """Spans that part ``quote`` into at most ``PIECE`` units each, after whitespace where there is any."""
    before = [0, *accumulate(units(char) for char in quote)]
    start = 0
    while before[-1] - before[start] > PIECE:
        end = bisect_right(before, before[start] + PIECE) - 1
        words = quote[start:end].rsplit(None, 1)
        if len(words) == 2 and not quote[end - 1].isspace():
            end -= len(words[1])
        yield start, end
        start = end
    yield start, len(quote)


def highlighted(shown: Sequence[str], start: int, end: int, spans: Iterable[tuple[int, int]]) -> str:
    """``shown[start:end]`` as HTML, with what of it lies in ``spans`` in bold."""
    out, at = "", start
    for a, b in sorted(spans)[:HIGHLIGHTS]:
        a, b = max(a, at), min(b, end)
        if a < b:
            out += escape(shown[at:a]) + f"<b>{escape(shown[a:b])}</b>"
            at = b
    return out + escape(shown[at:end])


def title(article: Source | Listed) -> str:
    return clip(article.title, TITLE) or clip(article.id, TITLE) or "—"


def article_line(article: Source | Listed, *, bullet: str = "", site: str = "") -> str:
    """Title (linked to where it came from, or else to its page), date and source, in one line."""
    name = title(article)
    way = direction(name)
    linked = link(escape(run(name, way)), article.url, site and site + article_path(article.id))
    day = readable(article.date, article.lang) if article.date else ""
    if article.dated == "file":
        day = f"{day} ({phrase('file time', article.lang)})"
    rest = [escape(run(part, way)) for part in (day, clip(article.source, SOURCE)) if part]
    return lead(bullet + name, way) + bullet + " · ".join((linked, *rest))


def page_of(citation: Citation, site: str) -> str:
    """The address of the article's page, opened at the quoted words."""
    return site + citation_path(citation.article.id, citation.start, citation.end, citation.quote)


def _place(citation: Citation, site: str) -> str:
    """The article's id, and where in its file the quote stands, in the direction of the line above it.

    Where the quote stands is a link to it.

    The id, not the path: where the operator keeps the articles is nobody's concern.
    """
    way = direction(title(citation.article))
    word = phrase("characters", "ar" if way == "rtl" else "en")
    file = escape(run(clip(citation.article.id, FILE, end=True) or "—", way))
    span = run(f"{citation.raw_start}–{citation.raw_end}", way)
    place = link(f"{word} {span}", site and page_of(citation, site))
    return f"{RLM if way == 'rtl' else ''}<code>{file}</code> · {place}"


def also_line(others: Sequence[Source | Listed], lang: str) -> str:
    """A line that says how many other articles say it, and which outlets they are of; nothing if none does."""
    if not others:
        return ""
    lang = spoken(lang)
    names = dict.fromkeys(clip(other.source or other.id, SOURCE) for other in others)
    listed = ("، " if lang == "ar" else ", ").join(filter(None, names))
    line = clip(f"{also(len(others), lang)}: {listed}", ALSO)
    way = direction(line)
    return f"\n{lead(line, way)}{escape(run(line, way))}"
