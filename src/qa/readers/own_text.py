"""Articles out of formats that have no text of their own to point into: pages, PDFs, Word documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from qa.article import Article, Kept


def own_text(found: Article, *, created: date | None = None) -> Article:
    """``found`` with its clean text as its own source, and with the day that its file was made if it has none."""
    if found.date is None and created and created <= date.today():
        found = replace(found, date=created, dated="file")
    return replace(found, kept=(Kept(0, 0, len(found.text)),))
