"""The articles of an index as a person looks for them: a list, and one by its id."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

from qa.errors import ConfigError, IndexDamaged
from qa.store import database, listing, open_store, place
from qa.store.records import ALL, Choice, FileState, Listed, StoredArticle
from qa.store.rows import ARTICLE, stored_article

SUGGESTIONS = 3
_COMPARED = 20_000  # ids that a mistyped one is compared with: half a second


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


def browse(folder: Path, choice: Choice = ALL, *, limit: int = -1, offset: int = 0) -> tuple[list[Listed], int]:
    """As ``View.browse``, of the index in ``folder``, of which it opens no more than it reads."""
    if place.remote(folder):
        with open_store(folder).view() as view:
            return view.browse(choice, limit, offset)
    with reading(folder) as db:
        return listing.browse(db, choice, limit, offset)


def copies(folder: Path, rowid: int) -> tuple[Listed, ...]:
    """The other articles with the text of that one, the first indexed first."""
    if place.remote(folder):
        with open_store(folder).view() as view:
            return view.copies([rowid]).get(rowid, ())
    with reading(folder) as db:
        return listing.copies(db, [rowid]).get(rowid, ())


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
    if place.remote(folder):
        with open_store(folder).view() as view:
            return next((known.file for known in view.known() if known.id == id_), None)
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
