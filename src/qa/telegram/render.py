"""Answer → Telegram messages: pure functions.

Every piece of data is escaped, and freed of what could only deceive (bidi overrides, stray isolates,
controls). Telegram's clients take a line's direction from its first strong letter; each line here starts
with a mark where that letter would mislead, and foreign runs stand in isolates (UAX #9).
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from unicodedata import bidirectional

from qa.answer import Answer, Citation, Source
from qa.language.phrases import also, phrase, readable, spoken
from qa.language.script import Direction, direction, isolate, language
from qa.telegram.entities import ENTITY_LIMIT, LIMIT, MARKUP_LIMIT, parse, units

# A card (one quote, or a piece of it, with its place) always fits a message: this much of a quote, and what
# is clipped below, in characters that may be two units each, stay under LIMIT together.
PIECE = 2800
TITLE, SOURCE, FILE, ALSO, URL, LINE = 200, 80, 160, 120, 1000, 1000
HIGHLIGHTS = 40
FOLD = 700
"""UTF-16 units from which a quote is folded: the reader opens it with a touch."""

RLM, LRM = "\u200f", "\u200e"
_STRONG: dict[str, Direction] = {"L": "ltr", "R": "rtl", "AL": "rtl"}


@dataclass(frozen=True, slots=True)
class Message:
    """One message to send: ``html`` for parse_mode HTML."""

    html: str

    @property
    def plain(self) -> str:
        """The same without markup, for when Telegram refuses the HTML."""
        return parse(self.html).text


def render(answer: Answer) -> list[Message]:
    """The messages that show ``answer``, each within Telegram's limits."""
    if answer.answered:
        numbered = len(answer.citations) > 1
        return _pack((card for c in answer.citations for card in _cards(c, numbered=numbered)), gap="\n\n")
    lang = language(answer.question)
    lines = [_line(phrase("silent", lang))]
    if answer.nearest:
        lines[0] += "\n\n" + _line(phrase("nearest", lang))
    return _pack((*lines, *(_article(source, bullet="• ") for source in answer.nearest)), gap="\n")


def render_error(line: str) -> Message:
    """An error's own line, for the one who asked."""
    return Message(_line(_clip(line, LINE) or "?"))


def render_fault(lang: str, reference: str) -> Message:
    """An unforeseen fault: nothing of it but the ``reference`` under which it stands in the log."""
    return Message(f"{_line(phrase('fault', lang))} <code>{html.escape(reference)}</code>")


def render_hint(lang: str) -> Message:
    """What to do, for one who sent something other than text."""
    return Message(_line(phrase("hint", lang)))


def render_welcome(lang: str) -> Message:
    """The greeting in both languages, that of ``lang`` first."""
    first = spoken(lang)
    second = "en" if first == "ar" else "ar"
    return Message("\n\n".join(_line(phrase("welcome", code)) for code in (first, second)))


def visible(text: str) -> list[str]:
    """What is shown for each character of ``text``: itself, a stand-in, or nothing.

    Controls and bidi overrides give nothing (a space where they part words), isolates without a partner in
    their line nothing, lone surrogates U+FFFD.
    """
    shown = [_shown(char) for char in text]
    unpaired: list[int] = []
    for i, char in enumerate(f"{text}\n"):
        if "\u2066" <= char <= "\u2068":
            unpaired.append(i)
        elif char == "\u2069":
            if unpaired:
                unpaired.pop()
            else:
                shown[i] = ""
        elif char == "\n":
            for opener in unpaired:
                shown[opener] = ""
            unpaired.clear()
    return shown


def _shown(char: str) -> str:
    if char < " " or "\x7f" <= char <= "\x9f" or "\u2028" <= char <= "\u202e":
        return char if char in "\n\t" else " " if char.isspace() else ""
    return "\ufffd" if "\ud800" <= char <= "\udfff" else char


# Cards


def _cards(citation: Citation, *, numbered: bool) -> Iterator[str]:
    """The citation as HTML: one card, or one for each piece of a quote that is too long."""
    shown = visible(citation.quote)
    way = direction(citation.quote)
    pieces = list(_pieces(citation.quote))
    for start, end in pieces:
        head = f"{RLM if way == 'rtl' else ''}<b>{citation.n}.</b>\n" if numbered and start == 0 else ""
        mark = _lead("".join(shown[start:end]), way)
        quote = mark + _highlighted(shown, start, end, citation.highlights)
        fold = " expandable" if units(citation.quote[start:end]) > FOLD else ""
        foot = (
            f"\n{_article(citation.article)}\n{_place(citation)}{_also(citation)}"
            if end == len(citation.quote)
            else ""
        )
        yield f"{head}<blockquote{fold}>{quote}</blockquote>{foot}"


def _pieces(quote: str) -> Iterator[tuple[int, int]]:
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


def _highlighted(shown: Sequence[str], start: int, end: int, spans: Iterable[tuple[int, int]]) -> str:
    out, at = "", start
    for a, b in sorted(spans)[:HIGHLIGHTS]:
        a, b = max(a, at), min(b, end)
        if a < b:
            out += _escape(shown[at:a]) + f"<b>{_escape(shown[a:b])}</b>"
            at = b
    return out + _escape(shown[at:end])


def _title(article: Source) -> str:
    return _clip(article.title, TITLE) or _clip(article.id, TITLE) or "—"


def _article(article: Source, *, bullet: str = "") -> str:
    """Title (linked where there is a link), date and source, in one line."""
    title = _title(article)
    way = direction(title)
    linked = _escape(_run(title, way))
    if _LINK.fullmatch(article.url) and len(url := _escape(article.url)) <= URL:
        linked = f'<a href="{url}">{linked}</a>'
    day = readable(article.date, article.lang) if article.date else ""
    rest = [_escape(_run(part, way)) for part in (day, _clip(article.source, SOURCE)) if part]
    mark = _lead(bullet + title, way)
    return mark + bullet + " · ".join((linked, *rest))


def _place(citation: Citation) -> str:
    """Where the quote stands in the file that the user has, in the direction of the line above it."""
    way = direction(_title(citation.article))
    word = phrase("characters", "ar" if way == "rtl" else "en")
    file = _escape(_run(_clip(citation.file, FILE, end=True) or "—", way))
    span = _run(f"{citation.raw_start}–{citation.raw_end}", way)
    return f"{RLM if way == 'rtl' else ''}<code>{file}</code> · {word} {span}"


def _also(citation: Citation) -> str:
    """A line that says how many other articles say it, and which outlets they are of; nothing if none does."""
    if not citation.also:
        return ""
    lang = spoken(citation.article.lang)
    names = dict.fromkeys(_clip(other.source or other.title, SOURCE) for other in citation.also)
    listed = ("، " if lang == "ar" else ", ").join(filter(None, names))
    return "\n" + _line(_clip(f"{also(len(citation.also), lang)}: {listed}", ALSO))


def _pack(cards: Iterable[str], *, gap: str) -> list[Message]:
    """As few messages as hold the ``cards`` in order, none of them torn."""
    packed: list[str] = []
    for card in cards:
        if packed and _fits(joined := packed[-1] + gap + card):
            packed[-1] = joined
        else:
            packed.append(card)
    return [Message(text) for text in packed]


def _fits(markup: str) -> bool:
    parsed = parse(markup)
    return (
        units(parsed.text) <= LIMIT
        and len(parsed.entities) <= ENTITY_LIMIT
        and len(markup.encode()) <= MARKUP_LIMIT
    )


# Lines and runs

_LINK = re.compile(
    r"https?://[^\s\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+", re.IGNORECASE
)


def _escape(text: str | Sequence[str]) -> str:
    return html.escape("".join(text), quote=True)


def _clip(text: str, most: int, *, end: bool = False) -> str:
    """``text`` in one line of at most ``most`` characters; of a longer one the beginning, or the ``end``."""
    text = " ".join("".join(visible(text)).split())
    if len(text) > most:
        text = f"…{text[1 - most :]}" if end else f"{text[: most - 1]}…"
    return "".join(visible(text))


def _line(text: str) -> str:
    """Our own or an error's text, escaped, each of its lines in its own direction."""
    return "\n".join(_lead(line, direction(line)) + _escape(line) for line in text.split("\n"))


def _lead(line: str, way: Direction) -> str:
    """The mark that makes ``line`` read in its ``way``, where its first character does not."""
    if way == "rtl":
        return "" if _STRONG.get(bidirectional(line[:1] or " ")) == "rtl" else RLM
    first = next((s for char in line if (s := _STRONG.get(bidirectional(char)))), "ltr")
    return "" if first == "ltr" else LRM


def _run(text: str, way: Direction) -> str:
    """``text`` as a part of a line that reads in ``way``: isolated if anything in it reads otherwise."""
    foreign = {"R", "AL", "AN"} if way == "ltr" else {"L", "EN", "AN"}
    if foreign.isdisjoint(map(bidirectional, text)):
        return text
    return isolate(_lead(text, direction(text)) + text)
