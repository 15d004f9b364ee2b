"""Lists of articles in the database: those with the same text are one, led by the first that was indexed."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from qa.store.records import Choice, Listed
from qa.store.rows import sound

_COLUMNS = "a.rowid, a.id, a.title, a.date, a.dated, a.source, a.url, a.lang, a.path"
_ONES = "(SELECT value FROM json_each(?))"  # however many: a statement takes so many values only
_NEWEST = "ORDER BY a.dated = 'file', a.date DESC, a.rowid DESC LIMIT ? OFFSET ?"


def newest(db: sqlite3.Connection, limit: int, offset: int) -> list[Listed]:
    """As ``View.newest``; looks at no more articles than it skips and gives."""
    first = "a.rowid = (SELECT min(rowid) FROM articles WHERE text_hash = a.text_hash)"
    return _folded(db, _read(db, f"WHERE {first} {_NEWEST}", limit, offset))


def browse(db: sqlite3.Connection, choice: Choice, limit: int, offset: int) -> tuple[list[Listed], int]:
    """As ``View.browse``."""
    conditions = {
        "lang = ?": choice.lang,
        "instr(folded(source), ?)": choice.source.casefold(),
        "dated != 'file' AND date >= ?": choice.since and choice.since.isoformat(),
        "dated != 'file' AND date <= ?": choice.until and choice.until.isoformat(),
    }
    given = {condition: value for condition, value in conditions.items() if value}
    if not given:
        (total,) = db.execute("SELECT count(DISTINCT text_hash) FROM articles").fetchone()
        return newest(db, limit, offset), total
    db.create_function("folded", 1, str.casefold, deterministic=True)
    # All in indexes: the table itself, where texts stand between the columns, is read for what is shown only.
    chosen = db.execute(
        "SELECT min(rowid) FROM articles INDEXED BY articles_by_choice"
        f" WHERE {' AND '.join(given)} GROUP BY text_hash",
        [*given.values()],
    )
    firsts = [rowid for (rowid,) in chosen]
    which = f"INDEXED BY articles_newest WHERE a.rowid IN {_ONES} {_NEWEST}"
    return _folded(db, _read(db, which, _ones(firsts), limit, offset)), len(firsts)


def listed(db: sqlite3.Connection, rowids: Sequence[int]) -> list[Listed]:
    """As ``View.listed``."""
    found = {article.rowid: article for article in _read(db, f"WHERE a.rowid IN {_ONES}", _ones(rowids))}
    return [found[rowid] for rowid in rowids if rowid in found]


def copies(db: sqlite3.Connection, rowids: Sequence[int]) -> dict[int, tuple[Listed, ...]]:
    """As ``View.copies``."""
    pairs = db.execute(
        "SELECT of.rowid, a.rowid FROM articles of JOIN articles a ON a.text_hash = of.text_hash"
        f" WHERE of.rowid IN {_ONES} AND a.rowid != of.rowid ORDER BY a.rowid",
        [_ones(rowids)],
    ).fetchall()
    known = {article.rowid: article for article in listed(db, sorted({other for _, other in pairs}))}
    found = defaultdict[int, list[Listed]](list)
    for rowid, other in pairs:
        found[rowid].append(known[other])
    return {rowid: tuple(others) for rowid, others in found.items()}


def counts(db: sqlite3.Connection) -> tuple[dict[str, int], int]:
    """How many articles there are in each language, the most first, and how many copies of them besides."""
    firsts = "SELECT lang, min(rowid) FROM articles INDEXED BY articles_by_choice GROUP BY text_hash"
    languages: dict[str, int] = dict(
        db.execute(f"SELECT lang, count(*) AS n FROM ({firsts}) GROUP BY lang ORDER BY n DESC, lang")
    )
    (stored,) = db.execute("SELECT count(*) FROM articles").fetchone()
    return languages, stored - sum(languages.values())


def _folded(db: sqlite3.Connection, found: Sequence[Listed]) -> list[Listed]:
    others = copies(db, [article.rowid for article in found])
    return [replace(article, also=others.get(article.rowid, ())) for article in found]


def _ones(rowids: Sequence[int]) -> str:
    return json.dumps([*rowids])


def _read(db: sqlite3.Connection, which: str, *values: object) -> list[Listed]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM articles a {which}", values)
    with sound("the list of articles"):
        return [
            Listed(rowid, id_, title, date.fromisoformat(day) if day else None, *rest)
            for rowid, id_, title, day, *rest in rows
        ]
