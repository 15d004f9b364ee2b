"""Whether the database is whole, and what it says of itself true."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from qa.encoder.senses import DIM as SENSE_DIM
from qa.encoder.senses import unpacked
from qa.encoder.words import DIM as WORD_DIM
from qa.errors import StoreError
from qa.store import database, history, postings
from qa.store.doctor.check import FIX, REBUILD, Check, counted
from qa.store.layout import PEOPLE
from qa.store.rows import ARTICLE, stored_article, tokens_of

TEXTS = 1000
"""Articles, and vectors, that are looked at in a large index; all of a smaller one."""

SHARE = 0.02
"""Of the passages, those whose every word is looked up."""

_BY_INDEX = ("from index", "in index", "non-unique entry")


@contextmanager
def changing(folder: Path) -> Iterator[sqlite3.Connection]:
    """A transaction that makes a new generation."""
    with closing(database.connect(folder, create=True)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield db
        history.record(db)
        db.execute("COMMIT")


def integrity(db: sqlite3.Connection) -> Check:
    found = [" ".join(line.split()) for (line,) in db.execute("PRAGMA integrity_check(20)")]
    if found == ["ok"]:
        return Check("database", "OK", "SQLite finds it whole")
    detail = f"SQLite finds {found[0]}" + (f" and {len(found) - 1} more" if len(found) > 1 else "")
    if all(any(words in line for words in _BY_INDEX) for line in found):
        return Check("database", "FAIL", detail, FIX, _reindex)
    return Check("database", "FAIL", detail, REBUILD)


def _reindex(folder: Path) -> str:
    with closing(database.connect(folder, create=True)) as db:
        db.execute("REINDEX")
    return "made the database's own indexes again"


def people(folder: Path) -> Check:
    """The database of what people said, which may be absent."""
    path = folder / PEOPLE
    if not path.is_file():
        return Check("people", "OK", f"there is no {PEOPLE}")
    with closing(sqlite3.connect(path, timeout=30)) as db:
        found = [" ".join(line.split()) for (line,) in db.execute("PRAGMA integrity_check(1)")]
    if found == ["ok"]:
        return Check("people", "OK", f"SQLite finds {PEOPLE} whole")
    return Check("people", "FAIL", f"SQLite finds {found[0]} in {PEOPLE}", f"move {PEOPLE} away, or {REBUILD}")


def references(db: sqlite3.Connection) -> Check:
    broken = len(db.execute("PRAGMA foreign_key_check").fetchall())
    if broken:
        return Check("references", "FAIL", f"{counted(broken, 'passage')} of no article", FIX, _drop_orphans)
    return Check("references", "OK", "every passage is of an article")


def _drop_orphans(folder: Path) -> str:
    with changing(folder) as db:
        orphans = "DELETE FROM passages WHERE article NOT IN (SELECT rowid FROM articles)"
        gone = db.execute(orphans).rowcount
        postings.rebuild(db)
        return f"removed {counted(gone, 'passage')} of no article"


def words(db: sqlite3.Connection) -> Check:
    """Whether the words that are searched are those of the passages, no more and no fewer."""
    held = missing = 0
    for passage, terms in db.execute("SELECT id, terms FROM passages"):
        held += len({*terms.split()})
        if random.random() < SHARE:
            missing += not postings.hold(db, passage, terms.split())
    (listed, terms) = db.execute(
        "SELECT coalesce(sum(length(passages)), 0) / 2, count(DISTINCT term) FROM postings"
    ).fetchone()
    if missing or listed != held:
        return Check("words", "FAIL", "the words that are searched are not those of the passages", FIX, _words_anew)
    return Check("words", "OK", f"{counted(terms, 'word')}, those of the passages")


def _words_anew(folder: Path) -> str:
    with changing(folder) as db:
        postings.rebuild(db)
    return "made the words to be searched again from the passages"


def texts(db: sqlite3.Connection) -> Check:
    """Whether texts are those that were indexed, and passages lie within them."""
    rowids = [rowid for (rowid,) in db.execute("SELECT rowid FROM articles")]
    chosen = random.sample(rowids, min(TEXTS, len(rowids)))
    wrong = [rowid for rowid in chosen if not _text_is_right(db, rowid)]
    seen = f"{len(chosen):,} of {counted(len(rowids), 'article')}"
    if not wrong:
        return Check("texts", "OK", f"{seen} looked at: as they were indexed")
    there = [rowid for rowid in wrong if _has_file(db, rowid)]
    (first,) = db.execute("SELECT id FROM articles WHERE rowid = ?", wrong[:1]).fetchone()
    detail = f"{seen} looked at: {len(wrong):,} not as indexed and never quoted, {first!r} for one"
    if there:
        return Check("texts", "FAIL", detail, FIX, lambda folder: _take_out(folder, there))
    return Check("texts", "FAIL", detail, f"their files are gone: {REBUILD}")


def _text_is_right(db: sqlite3.Connection, rowid: int) -> bool:
    try:
        found = stored_article(db.execute(f"{ARTICLE} WHERE rowid = ?", [rowid]).fetchone())
        spans = db.execute("SELECT start, end FROM passages WHERE article = ?", [rowid]).fetchall()
        return found.article.content_hash == found.content_hash and all(
            0 <= start < end <= len(found.article.text) for start, end in spans
        )
    except (sqlite3.Error, StoreError):
        return False


def _has_file(db: sqlite3.Connection, rowid: int) -> bool:
    (path,) = db.execute("SELECT path FROM articles WHERE rowid = ?", [rowid]).fetchone()
    return os.path.isfile(path)


def _take_out(folder: Path, rowids: list[int]) -> str:
    """Drop articles; to the next `qa index` their files are new."""
    with changing(folder) as db:
        db.executemany("DELETE FROM articles WHERE rowid = ?", [(rowid,) for rowid in rowids])
        postings.rebuild(db)
    return f"took out {counted(len(rowids), 'article')}: run `qa index` to read the files again"


def vectors(db: sqlite3.Connection) -> Check:
    """Whether vectors have the size that they should, are finite, and of unit length."""
    dim = int(database.settings(db)["dim"])
    ids = [id_ for (id_,) in db.execute("SELECT id FROM passages")]
    chosen = random.sample(ids, min(TEXTS, len(ids)))
    row = "SELECT vector, sentence_vectors, senses, tokens, json_array_length(sentences) FROM passages WHERE id = ?"
    wrong = sum(not _sound(*db.execute(row, [id_]).fetchone(), dim=dim) for id_ in chosen)
    (short,) = db.execute("SELECT count(*) FROM word_vectors WHERE length(vector) != ?", [2 * WORD_DIM]).fetchone()
    seen = f"{len(chosen):,} of {counted(len(ids), 'passage')} looked at"
    if wrong or short:
        detail = f"{seen}: {wrong:,} with vectors that are none, and {counted(short, 'word')}"
        return Check("vectors", "FAIL", detail, "encode anew with `qa index --rebuild`")
    return Check("vectors", "OK", f"{seen}: finite, of unit length, {dim} numbers each")


def _sound(vector: bytes, sentences: bytes, senses: bytes, tokens: bytes, n: int, *, dim: int) -> bool:
    """Whether these can be of a passage of ``n`` sentences."""
    if (len(vector), len(sentences), len(senses)) != (4 * dim, 2 * dim * n, SENSE_DIM * (1 + n)):
        return False
    try:
        tokens_of(tokens, n)
    except ValueError:
        return False
    whole, parts = database.from_blob(vector, "<f4", dim), database.from_blob(sentences, "<f2", dim)
    meant = unpacked(np.frombuffer(senses, np.int8).reshape(-1, SENSE_DIM))
    return _unit(np.concatenate((whole, parts))) and _unit(meant)


def _unit(found: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> bool:
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.linalg.norm(found, axis=1)
    return bool(np.all(np.abs(lengths - 1) < 0.01))
