"""The FAISS indexes that follow from the database: one over passages, one over the words of each language.

Passages are searched exactly. Words, of which there are fewer and which only need to be nearly in order,
are kept at half precision.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from qa.centring import LANGUAGES
from qa.store import database, faiss_file
from qa.store.faiss_file import Dense
from qa.store.records import Vectors

log = logging.getLogger("qa")

_BATCH = 8192


def passages(folder: Path, db: sqlite3.Connection) -> Dense:
    """The index over passages that agrees with ``db``: from its file, or made again, which is said aloud."""
    return _load(folder / "passages.faiss", database.generation(db)) or _passages(db)


def words(folder: Path, db: sqlite3.Connection, lang: str) -> Dense:
    """The index over the words of ``lang`` that agrees with ``db``, likewise."""
    return _load(folder / f"words.{lang}.faiss", database.word_stamp(db, lang)) or _words(db, lang)


def save(folder: Path, db: sqlite3.Connection) -> None:
    """Bring the files in ``folder`` to the state of ``db``; those that are there already stay."""
    path = folder / "passages.faiss"
    if faiss_file.load(path, database.generation(db)) is None:
        faiss_file.save(path, _passages(db))
    for lang in LANGUAGES:
        path = folder / f"words.{lang}.faiss"
        if faiss_file.load(path, database.word_stamp(db, lang)) is None:
            faiss_file.save(path, _words(db, lang))


def _load(path: Path, stamp: str) -> Dense | None:
    dense = faiss_file.load(path, stamp)
    if dense is None:
        log.warning("%s was missing, torn or stale: made again from the database", path)
    return dense


def _passages(db: sqlite3.Connection) -> Dense:
    dim = int(database.settings(db)["dim"])
    background = database.read_background(db, dim)
    langs = [lang for (lang,) in db.execute("SELECT DISTINCT lang FROM articles")]

    def batches() -> Iterator[tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Vectors]]:
        for lang in langs:
            rows = db.execute("SELECT id, vector FROM passages WHERE lang = ?", (lang,))
            for ids, vectors in _batched(rows, "<f4", dim):
                yield ids, background.centre_passages(vectors, lang)

    return faiss_file.build(database.generation(db), dim, "Flat", batches())


def _words(db: sqlite3.Connection, lang: str) -> Dense:
    dim = int(database.settings(db)["dim"])
    background = database.read_background(db, dim)
    rows = db.execute("SELECT id, vector FROM word_vectors WHERE lang = ?", (lang,))
    batches = ((ids, background.centre_words(vectors, lang)) for ids, vectors in _batched(rows, "<f2", dim))
    return faiss_file.build(database.word_stamp(db, lang), dim, "SQfp16", batches)


def _batched(
    rows: sqlite3.Cursor, dtype: str, dim: int
) -> Iterator[tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Vectors]]:
    while batch := rows.fetchmany(_BATCH):
        ids = np.array([i for i, _ in batch], np.int64)
        yield ids, database.from_blob(b"".join(blob for _, blob in batch), dtype, dim)
