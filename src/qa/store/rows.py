"""Rows of the tables of articles and passages, as what they stand for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from qa.article import Article, Dated, Kept
from qa.errors import IndexDamaged
from qa.store.records import StoredArticle

ARTICLE = (
    "SELECT rowid, id, title, text, date, lang, source, url, headings, kept, path, content_hash, author, dated"
    " FROM articles"
)


def stored_article(
    row: tuple[int, str, str, str, str | None, str, str, str, str, str, str, str, str, Dated],
) -> StoredArticle:
    """The article of a ``row`` that begins with ``ARTICLE``. Raises IndexDamaged where it cannot be one."""
    rowid, id_, title, text, day, lang, source, url, headings, kept, path, content_hash, author, dated = row
    with sound(f"article {id_}"):
        article = Article(
            id=id_,
            title=title,
            text=text,
            date=date.fromisoformat(day) if day else None,
            lang=lang,
            source=source,
            url=url,
            headings=tuple((start, end) for start, end in json.loads(headings)),
            kept=tuple(Kept(*run) for run in json.loads(kept)),
            author=author,
            dated=dated,
        )
        return StoredArticle(rowid, article, Path(path), content_hash)


@contextmanager
def sound(what: str) -> Iterator[None]:
    """Raises IndexDamaged where what is read within cannot be read."""
    try:
        yield
    except (ValueError, TypeError, LookupError) as error:
        raise IndexDamaged(f"{what} is damaged in the index ({error}): mend it with `qa doctor --fix`") from None
