"""Web pages: the article in the HTML of a page, whatever is around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from qa.article import Article
from qa.language.dates import find_date
from qa.readers.clutter import clutter
from qa.readers.lines import fold, split_lines
from qa.readers.markup import decode_page, parse
from qa.readers.metadata import Metadata
from qa.readers.own_text import own_text
from qa.readers.page_body import Block, body
from qa.readers.page_metadata import page_metadata, parts
from qa.readers.text import article


def read(data: bytes, name: str, id: str, *, url: str = "", charset: str = "") -> Article:  # noqa: A002
    """The article in the bytes of an HTML file, or of a page from ``url`` served as ``charset``.

    Raises `ReadError` where the page cannot be read or holds nothing to quote.
    """
    root = parse(decode_page(data, name, charset=charset), name)
    metadata, stated = page_metadata(root, url=url)
    blocks, above = body(root)
    text = written(blocks)
    if len(stated) > 2 * len(text):  # the page is filled in by its scripts
        text = "\n\n".join(" ".join(part.split()) for part in stated.split("\n") if part.strip())
    title = _said(metadata.fields.get("title", ""), (*above, *blocks[:3]))
    found = own_text(article(text, name=name, id=id, metadata=Metadata({**metadata.fields, "title": title})))
    if found.dated != "metadata" and (day := _dated_above(above)):
        return replace(found, date=day, dated="text")
    return found


def _said(title: str, blocks: Iterable[Block]) -> str:
    """The part of a page's title that the page itself shows: the rest is the outlet's name, before it or behind."""
    shown = {fold(line) for block in blocks for line in block.text.split("\n")}
    return next((part for part in parts(title) if len(part) > 8 and fold(part) in shown), title)


def _dated_above(above: Sequence[Block]) -> date | None:
    """The day that a line between the title and the text says the page is of, and nothing else."""
    lines = split_lines("\n\n".join(block.text for block in above))
    given = [line for line, rule in zip(lines, clutter(lines), strict=True) if rule in {"published", "date"}]
    days = [day for line in given if (day := find_date(line.text)) and day <= date.today()]
    return days[-1] if days else None


def written(blocks: Sequence[Block]) -> str:
    """The blocks as Markdown has them: paragraphs parted by blank lines, headings marked."""
    return "\n\n".join(f"## {block.text}" if block.is_heading else block.text for block in blocks)
