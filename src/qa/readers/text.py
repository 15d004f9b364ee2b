"""Plain text and Markdown: title, date, body and headings out of a page that somebody saved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from qa.article import Article, Kept
from qa.errors import ReadError
from qa.language.script import language
from qa.readers.clutter import clutter, copies, running_lines
from qa.readers.decode import decode
from qa.readers.lines import Line, fold, hard_wrapped, split_lines
from qa.readers.metadata import Metadata, find_metadata
from qa.readers.published import published

_HEADING = re.compile(r"#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?")
_BULLET = re.compile(r"(?:[-–—*•·▪◦+]|\(?\d{1,2}[.)-])\s")
_FIRST_SENTENCE = re.compile(r"[.!?؟…]+[\"'”’»)\]]*\s")
_OPEN = (":", "،", ",", "؛", ";")
_LONGEST_TITLE = 160
_SHORTENED = 90
_LANGUAGE_SAMPLE = 100_000


def read(data: bytes, name: str, id: str) -> Article:  # noqa: A002
    """The article in the bytes of a text file. Raises `ReadError` where they are no text or hold no body."""
    return article(decode(data, name), name=name, id=id)


def article(raw: str, *, name: str, id: str, metadata: Metadata | None = None) -> Article:  # noqa: A002
    """The article in decoded text; ``kept`` and `Article.raw_span` point into ``raw``.

    ``metadata`` is what is known from elsewhere; without it, ``raw`` may begin with its own.
    Raises `ReadError` where nothing but clutter, or nothing but a title, is left.
    """
    metadata = metadata or find_metadata(raw)
    lines = split_lines(raw, start=metadata.end)
    found = clutter(lines)
    given = " ".join(metadata.fields.get("title", "").split())
    at = _title_at(lines, found, given)
    verdicts = copies(lines, found, title=at)
    body = [_unmarked(lines[i]) for i, verdict in enumerate(verdicts) if verdict is None and i != at]
    text, kept = _join([part.line for part in body])
    if not any(map(str.isalpha, text)):
        raise ReadError(f"{name} has no text to quote: only a title or page furniture is in it")
    title = given or (lines[at].text if at is not None else "")
    wrapped = hard_wrapped(lines)
    headings = tuple(
        (run.start, run.start + run.length)
        for i, run in enumerate(kept)
        if body[i].marked or _is_heading(body, i, wrapped=wrapped)
    )
    script = language(text[:_LANGUAGE_SAMPLE])
    day, dated = published(metadata.fields.get("date", ""), lines, verdicts, text)
    return Article(
        id=id,
        title=_clean_title(title) or _title_of(body[0].line.text) or PurePath(name).stem,
        text=text,
        date=day,
        lang=_language(metadata.fields.get("lang", ""), script),
        source=" ".join(metadata.fields.get("source", "").split()),
        url=_url(metadata.fields.get("url", "")),
        headings=headings,
        kept=kept,
        author=" ".join(metadata.fields.get("author", "").split())[:_LONGEST_TITLE],
        dated=dated,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A body line, without the marks if it is ``marked`` as a Markdown heading."""

    line: Line
    marked: bool


def _unmarked(line: Line) -> _Part:
    match = _HEADING.fullmatch(line.text) if line.folded else None
    if match is None or not any(map(str.isalnum, match[1])):
        return _Part(line, False)
    return _Part(Line(line.start + match.start(1), match[1], line.block, fold(match[1])), True)


def _join(lines: Iterable[Line]) -> tuple[str, tuple[Kept, ...]]:
    parts: list[str] = []
    kept: list[Kept] = []
    length, block = 0, None
    for line in lines:
        gap = "" if block is None else "\n" if line.block == block else "\n\n"
        parts += gap, line.text
        kept.append(Kept(length + len(gap), line.start, len(line.text)))
        length, block = length + len(gap) + len(line.text), line.block
    return "".join(parts), tuple(kept)


# Titles ---------------------------------------------------------------------------------------------------


def _title_at(lines: Sequence[Line], found: Sequence[str | None], given: str) -> int | None:
    """The line that is the title, or that says a given title again."""
    # An agency behind a first line is more often the end of a headline than a caption's credit.
    first = next((i for i, verdict in enumerate(found) if verdict in (None, "credit")), None)
    if first is None:
        return None
    if given:
        said = fold(_clean_title(lines[first].text)) == fold(given)
        return first if said else None
    runs_on = first in running_lines(lines, found)
    return first if not runs_on and _is_title(lines[first]) else None


def _is_title(line: Line) -> bool:
    text = line.text
    if _unmarked(line).marked:
        return True
    if (line.is_sentence and not text.endswith(("?", "؟", "!", ".."))) or text.endswith(_OPEN):
        return False
    return len(text) <= _LONGEST_TITLE and any(map(str.isalpha, text)) and not _BULLET.match(text)


def _clean_title(text: str) -> str:
    match = _HEADING.fullmatch(text) if len(text) <= 2 * _LONGEST_TITLE else None
    return " ".join((match[1] if match else text).split())


def _title_of(text: str) -> str:
    """The first sentence of ``text``, shortened; nothing where it has no letters."""
    head = " ".join(text[: 4 * _SHORTENED].split())
    stop = _FIRST_SENTENCE.search(head)
    head = head[: stop.end()].strip() if stop else head
    if not any(map(str.isalpha, head)):
        return ""
    if len(head) <= _SHORTENED:
        return head
    return (head[:_SHORTENED].rsplit(" ", 1)[0] if " " in head[:_SHORTENED] else head[:_SHORTENED]) + "…"


# Headings -------------------------------------------------------------------------------------------------


def _is_heading(body: Sequence[_Part], i: int, *, wrapped: bool) -> bool:
    """A short line on its own, with no stop, between the first line and a longer paragraph."""
    if not 0 < i < len(body) - 1:
        return False
    before, line, after = body[i - 1].line, body[i].line, body[i + 1].line
    text = line.text
    if len(text) > 80 or len(text.split()) > 10 or line.is_sentence or text.endswith(_OPEN):
        return False
    if _BULLET.match(text) or not any(map(str.isalpha, text)):
        return False
    alone = line.block != before.block and line.block != after.block
    parted = alone if wrapped else line.block != before.block or before.is_sentence
    longer = len(after.text) * 2 > len(text) * 3 and (len(after.text) >= 60 or after.is_sentence)
    return parted and longer


# Other fields ---------------------------------------------------------------------------------------------


def _language(given: str, script: str) -> str:
    """A given code stands unless it takes Arabic for English or the reverse: the script knows better."""
    code = re.split(r"[-_]", given.strip().lower())[0]
    return code if code not in {"ar", "en"} and re.fullmatch("[a-z]{2}", code) else script


def _url(given: str) -> str:
    return given if re.fullmatch(r"https?://\S+", given, re.IGNORECASE) else ""
