"""The articles of an index as a person looks for them: a list, and one by its id."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from qa.article import Dated
from qa.errors import ConfigError, IndexDamaged
from qa.store import database, place
from qa.store.records import FileState, StoredArticle
from qa.store.rows import ARTICLE, sound, stored_article

SUGGESTIONS = 3
_COMPARED = 20_000  # ids that a mistyped one is compared with: half a second


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list."""

    id: str
    title: str
    date: date | None
    dated: Dated
    lang: str
    source: str
    url: str
    file: str


@contextmanager
def reading(folder: Path) -> Iterator[sqlite3.Connection]:
    """One state of the database in ``folder``, to read. Raises what ``database.connect`` does."""
    db = database.connect(folder)
    try:
        db.execute("BEGIN")
        yield db
    except sqlite3.Error as error:
        raise database.damaged(folder, error) from None
    finally:
        db.close()


def entries(
    folder: Path,
    *,
    lang: str | None = None,
    source: str | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int = -1,
    offset: int = 0,
) -> tuple[list[Entry], int]:
    """The newest ``limit`` articles (-1: all) after ``offset`` newer ones, and how many there are in all.

    Those that only their file's time dates, or nothing, are last.

    ``lang`` is a language's code; ``source`` stands in the article's source, in whatever case; ``since`` and
    ``until`` are days, themselves included, and leave out articles without a date.
    """
    if where := place.remote(folder):
        from qa.store.milvus import care

        return care.entries(folder, where, lang=lang, source=source, since=since, until=until, limit=limit)
    conditions = {
        "lang = ?": lang,
        "instr(folded(source), ?)": source and source.casefold(),
        "dated != 'file' AND date >= ?": since and since.isoformat(),
        "dated != 'file' AND date <= ?": until and until.isoformat(),
    }
    chosen = {condition: value for condition, value in conditions.items() if value}
    where = " AND ".join(("true", *chosen))
    with reading(folder) as db:
        db.create_function("folded", 1, str.casefold, deterministic=True)
        (total,) = db.execute(f"SELECT count(*) FROM articles WHERE {where}", [*chosen.values()]).fetchone()
        rows = db.execute(
            f"SELECT id, title, date, dated, lang, source, url, path FROM articles WHERE {where}"
            " ORDER BY dated = 'file', date DESC, rowid DESC LIMIT ? OFFSET ?",
            [*chosen.values(), limit, offset],
        )
        with sound("the list of articles"):
            found = [
                Entry(id_, title, date.fromisoformat(day) if day else None, dated, lang, source, url, path)
                for id_, title, day, dated, lang, source, url, path in rows
            ]
    return found, total


def find(folder: Path, id_: str) -> StoredArticle:
    """The article that is called ``id_``.

    Raises ConfigError where there is none, with those of similar names, and IndexDamaged where its text is
    not the one that was indexed.
    """
    found, others = _find(folder, id_)
    if found is None:
        raise unknown(others, [id_])
    if found.article.content_hash != found.content_hash:
        raise IndexDamaged(
            f"the text of {id_} is not what was indexed: mend it with `qa doctor --fix --index {folder}`"
        )
    return found


def indexed_file(folder: Path, id_: str) -> FileState | None:
    """The state in which the file of the article ``id_`` was indexed; None where there is no such article."""
    with reading(folder) as db:
        row = db.execute("SELECT path, size, mtime_ns, file_hash FROM articles WHERE id = ?", [id_]).fetchone()
    return FileState(*row) if row else None


def _find(folder: Path, id_: str) -> tuple[StoredArticle | None, list[str]]:
    """The article that is called ``id_``; if there is none, how all are called, newest first."""
    if where := place.remote(folder):
        from qa.store.milvus import care

        return care.find(folder, where, id_)
    with reading(folder) as db:
        row = db.execute(f"{ARTICLE} WHERE id = ?", [id_]).fetchone()
        if row:
            return stored_article(row), []
        return None, [name for (name,) in db.execute("SELECT id FROM articles ORDER BY rowid DESC")]


def unknown(names: Sequence[str], ids: Sequence[str]) -> ConfigError:
    """What to say to someone who names articles that are not there: which of ``names``, newest first, are meant."""
    similar = [near for id_ in ids for near in _similar(names, id_)]
    meant = f"did you mean {' or '.join(dict.fromkeys(similar))}?" if similar else "`qa list` names those there are"
    return ConfigError(f"there is no article {', '.join(ids)}: {meant}")


def _similar(names: Sequence[str], id_: str) -> list[str]:
    if holding := sorted((name for name in names if id_ and id_ in name), key=len):
        return holding[:SUGGESTIONS]
    newest = names[:_COMPARED]
    short = {name.rpartition("/")[2]: name for name in newest} | {name: name for name in newest}
    return [short[near] for near in get_close_matches(id_, short, SUGGESTIONS)]
