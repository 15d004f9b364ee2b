"""Web pages: the article in the HTML of a page, whatever is around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.article import Article, Kept
from qa.readers.markup import decode_page, parse
from qa.readers.page_body import Block, body
from qa.readers.page_metadata import page_metadata
from qa.readers.text import article


def read(data: bytes, name: str, id: str, *, url: str = "", charset: str = "") -> Article:  # noqa: A002
    """The article in the bytes of an HTML file, or of a page from ``url`` served as ``charset``.

    Raises `ReadError` where the page cannot be read or holds nothing to quote.
    """
    root = parse(decode_page(data, name, charset=charset), name)
    metadata, stated = page_metadata(root, url=url)
    text = written(body(root))
    if len(stated) > 2 * len(text):  # the page is filled in by its scripts
        text = "\n\n".join(" ".join(part.split()) for part in stated.split("\n") if part.strip())
    return own_text(article(text, name=name, id=id, metadata=metadata))


def written(blocks: Sequence[Block]) -> str:
    """The blocks as Markdown has them: paragraphs parted by blank lines, headings marked."""
    return "\n\n".join(f"## {block.text}" if block.is_heading else block.text for block in blocks)


def own_text(found: Article) -> Article:
    """``found`` with its clean text as its own decoded source: a page has no such text anywhere."""
    return replace(found, kept=(Kept(0, 0, len(found.text)),))
