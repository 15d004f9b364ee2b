"""Answers in a terminal, or in the file or pipe that stands for one.

Piped text is plain and in logical order, each quote as it stands: what reads it decides how to show it.
In a terminal lines are wrapped to its width and coloured, and no character of an article controls it.
Arabic is sent in logical order too, since many terminals reorder it; for those known not to, it is
reshaped and put into visual order here.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from qa.answer import Answer, Citation, Found, Source
from qa.article import Article
from qa.language.phrases import also, phrase, preferring, readable, spoken
from qa.language.script import Direction, direction, isolate, language

if TYPE_CHECKING:
    from qa.language.period import Period
    from qa.store.records import Listed, StoredArticle

WIDEST = 100
"""Columns of a line that still reads well."""

OTHERS = 4
"""Other articles of a quote that are named."""

_BOLD, _DIM, _ACCENT, _OFF = "\x1b[1m", "\x1b[2m", "\x1b[1;36m", "\x1b[0m"
_RLM, _RLI, _PDI = "\u200f", "\u2067", "\u2069"
_CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {ord("\t"), ord("\n")}, "\ufffd")
_BOLD_RUN = re.compile(f"{re.escape(_BOLD)}([^\x1b]*){re.escape(_OFF)}")

_UNORDERED = {
    "TERM": ("linux", "alacritty", "foot", "xterm-kitty", "xterm-ghostty"),
    "TERM_PROGRAM": ("vscode", "WezTerm", "ghostty", "Hyper", "WarpTerminal", "Tabby"),
    "WT_SESSION": (),
    "XTERM_VERSION": (),
    "ALACRITTY_WINDOW_ID": (),
    "KITTY_WINDOW_ID": (),
}
"""Environment variables of terminals that show characters in the order they come: by value, or by being set."""


@dataclass(frozen=True, slots=True)
class Style:
    """How to write: ``width`` in columns (None: do not wrap), with ``colour``, in ``visual`` order."""

    width: int | None
    colour: bool
    visual: bool

    @classmethod
    def of(cls, stream: TextIO) -> Style:
        """What suits ``stream``; NO_COLOR and TERM=dumb are respected, ISNAD_BIDI may say how Arabic is shown."""
        if not stream.isatty():
            return cls(width=None, colour=False, visual=False)
        env = os.environ
        bidi = env.get("ISNAD_BIDI", "")
        unordered = any(name in env and (not of or env[name] in of) for name, of in _UNORDERED.items())
        return cls(
            width=min(shutil.get_terminal_size().columns, WIDEST),
            colour=not env.get("NO_COLOR") and env.get("TERM") != "dumb",
            visual=bidi == "visual" or (bidi != "logical" and unordered),
        )


def show_answer(answer: Answer, style: Style) -> str:
    """Numbered quotes, each over its title, date and place; or the abstention and the nearest articles."""
    lang = language(answer.question)
    preferred = _preferred(answer.preferred, lang, style)
    if answer.answered:
        return "\n\n".join((*preferred, *(_block(citation, "", style) for citation in answer.citations)))
    lines = [_lines(phrase("silent", lang), style, _BOLD), *preferred]
    if answer.nearest:
        lines.append(_lines(phrase("nearest", lang), style))
        lines += [_title(source, style, "• ") for source in answer.nearest]
    return "\n".join(lines)


def show_found(found: Found, style: Style) -> str:
    """Ranked passages, each over its title, date and place."""
    preferred = _preferred(found.preferred, language(found.query), style)
    return "\n\n".join((*preferred, *(_block(one, f"{one.score:.2f}", style) for one in found.passages)))


def _preferred(period: Period | None, lang: str, style: Style) -> list[str]:
    return [_lines(preferring(period, lang), style, _DIM)] if period else []


def show_article(stored: StoredArticle, others: Sequence[Listed], style: Style) -> str:
    """Title, date, place, and who else has it, over the whole text; its section headings stand out."""
    article = stored.article
    way = direction(article.title)
    day = _day(article)
    origin = [_apart(part, way, style) for part in (day, article.source) if part]
    places = dict.fromkeys((article.id, article.url, _short(str(stored.path))))
    place = [_apart(part, "ltr", style) for part in places if part]
    return "\n".join(
        (
            _lines(article.title, style, _BOLD, way),
            _lines(" · ".join(origin), style, _DIM, way),
            _lines(" · ".join(place), style, _DIM, "ltr"),
            *_sources(others, article.lang, style),
            "",
            _paragraphs(article.text, article.headings, style),
        )
    )


def _sources(others: Sequence[Listed], lang: str, style: Style) -> Iterator[str]:
    """A line for each article with the same text."""
    if others:
        yield _lines(f"{also(len(others), lang)}:", style, _DIM)
    for other in others:
        day = readable(other.date, "en") if other.date and other.dated != "file" else ""
        parts = dict.fromkeys((other.source, day, other.id, other.url, _short(other.file)))
        yield _lines("• " + " · ".join(_apart(part, "ltr", style) for part in parts if part), style, _DIM, "ltr")


def _paragraphs(text: str, headings: Sequence[tuple[int, int]], style: Style) -> str:
    """Each in the direction of its own letters."""
    if style.width is None:
        return text
    shown, at = [], 0
    for paragraph in text.split("\n\n"):
        bold = [(start - at, end - at) for start, end in headings if at <= start and end <= at + len(paragraph)]
        shown.append(_lines(paragraph, style, bold=bold))
        at += len(paragraph) + 2
    return "\n\n".join(shown)


def show_list(entries: Sequence[Listed], style: Style) -> str:
    """A line for each article: id, date, language, title; parted by tabs where no person reads them.

    Then the ids of others with the same text: on lines of their own, or after further tabs. A date that is
    only the file's is left out.
    """
    days = [entry.date.isoformat() if entry.date and entry.dated != "file" else "" for entry in entries]
    if style.width is None:
        rows = zip(entries, days, strict=True)
        return "\n".join(
            "\t".join((e.id, day, e.lang, _flat(e.title), *(other.id for other in e.also))) for e, day in rows
        )
    widest = min(max(map(_columns, (e.id for e in entries)), default=0), style.width // 2)
    lines = []
    for entry, day in zip(entries, days, strict=True):
        id_ = entry.id.translate(_CONTROLS)
        before = f"{_cell(id_, style)}{' ' * (widest - _columns(id_))}"
        if _columns(id_) > widest:  # whole, since it is there to be copied
            before += f"\n{' ' * widest}"
        room = style.width - widest - len("  2021-11-24  und  ")
        title = _cell(_cut(_flat(entry.title.translate(_CONTROLS)), room), style)
        lines.append(f"{before}  {_paint(f'{day:10}  {entry.lang:3}', _DIM, style)}  {title}")
        for other in entry.also:
            source = f"  {_cell(_cut(_flat(other.source.translate(_CONTROLS)), style.width // 3), style)}"
            lines.append(_paint(f"  = {_cell(other.id.translate(_CONTROLS), style)}{source.rstrip()}", _DIM, style))
    return "\n".join(lines)


def _cell(text: str, style: Style) -> str:
    """``text`` as part of a line from left to right, which it cannot disturb."""
    if style.visual:
        return _visual(text, "ltr", 0)
    return text if text.isascii() else isolate(text)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _columns(text: str) -> int:
    from wcwidth import wcswidth  # a pipe does not wait for its tables

    return max(wcswidth(text), 0)


def _cut(text: str, width: int) -> str:
    """The beginning of ``text`` that fits in ``width`` columns, with “…” for the rest."""
    if _columns(text) <= width:
        return text
    while text and _columns(text) > width - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def _block(found: Citation, note: str, style: Style) -> str:
    quote = _lines(found.quote, style, bold=found.highlights)
    return "\n".join((_number(found.n, note, style), quote, *_place(found, style)))


def _number(n: int, note: str, style: Style) -> str:
    rule = "─" * ((style.width or 0) - len(f"[{n}] {note}".strip()) - 1)
    return " ".join(filter(None, (_paint(f"[{n}]", _ACCENT, style), note, _paint(rule, _DIM, style))))


def _place(found: Citation, style: Style) -> Iterator[str]:
    yield _title(found.article, style, "— ")
    file = _apart(_short(found.file), "ltr", style)
    parts = (file, f"{phrase('characters', 'en')} {found.raw_start}–{found.raw_end}", found.article.url)
    yield _lines(" · ".join(filter(None, parts)), style, _DIM, "ltr")
    if found.also:
        yield _also(found, style)


def _also(found: Citation, style: Style) -> str:
    """How many other articles say it, and the first few by their outlet, or their file where none is known."""
    lang = found.article.lang
    way: Direction = "rtl" if spoken(lang) == "ar" else "ltr"
    names = list(dict.fromkeys(source.source or source.id for source in found.also))
    listed = ("، " if way == "rtl" else ", ").join(_apart(name, way, style) for name in names[:OTHERS])
    more = " …" if len(names) > OTHERS else ""
    return _lines(f"{also(len(found.also), lang)}: {listed}{more}", style, _DIM, way)


def _title(source: Source, style: Style, before: str) -> str:
    """Title, date and source, read in the title's direction."""
    day = _day(source)
    way = direction(source.title)
    parts = " · ".join(_apart(part, way, style) for part in (source.title, day, source.source) if part)
    return _lines(before + parts, style, _DIM, way)


def _day(article: Source | Article) -> str:
    if article.date is None:
        return phrase("undated", article.lang)
    day = readable(article.date, article.lang)
    return f"{day} ({phrase('file time', article.lang)})" if article.dated == "file" else day


def _apart(text: str, way: Direction, style: Style) -> str:
    """``text`` for a line that reads in the direction ``way``."""
    return text if style.width is None or direction(text) == way else isolate(text)


def _short(file: str) -> str:
    """``file`` as seen from here, when it lies below."""
    try:
        relative = os.path.relpath(file)
    except (OSError, ValueError):  # here is gone, or on another drive
        return file
    return file if relative.startswith(os.pardir) else relative


def _lines(
    text: str,
    style: Style,
    colour: str = "",
    way: Direction | None = None,
    bold: Sequence[tuple[int, int]] = (),
) -> str:
    """``text`` in lines that fit, read in the direction ``way`` (by default that of most letters)."""
    if style.width is None:
        return text
    from wcwidth import wrap

    text = text.translate(_CONTROLS)
    way = way or direction(text)
    for start, end in reversed(bold if style.colour else ()):
        run = re.sub(r"\n+", rf"{_OFF}\g<0>{_BOLD}", text[start:end])
        text = f"{text[:start]}{_BOLD}{run}{_OFF}{text[end:]}"
    lines = [part for line in text.split("\n") for part in wrap(line, style.width) or [""]]
    return "\n".join(_paint(_ordered(line, way, style), colour, style) for line in lines)


def _ordered(line: str, way: Direction, style: Style) -> str:
    if style.visual and line:
        return _visual(line, way, style.width or 0)
    return f"{_RLM}{_RLI}{line}{_PDI}" if way == "rtl" and line else line


def _visual(line: str, way: Direction, width: int) -> str:
    """``line`` as it must look from left to right, right-aligned if it reads from there (UAX #9)."""
    from arabic_reshaper import ArabicReshaper
    from bidi import get_display

    shaped = ArabicReshaper({"delete_harakat": False, "shift_harakat_position": True}).reshape

    def order(text: str) -> str:
        shown: str = get_display(shaped(text), base_dir="R" if way == "rtl" else "L")
        return shown

    shown = order(_BOLD_RUN.sub(r"\1", line))
    indent = " " * (width - _columns(shown)) if way == "rtl" else ""
    if runs := [re.escape(order(run)) for run in _BOLD_RUN.findall(line) if run]:
        shown = re.sub(rf"(?<!\w)(?:{'|'.join(runs)})(?!\w)", rf"{_BOLD}\g<0>{_OFF}", shown)
    return indent + shown


def _paint(text: str, colour: str, style: Style) -> str:
    return f"{colour}{text}{_OFF}" if colour and text and style.colour else text
