"""Whether the FAISS files follow from the database."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import faiss
import numpy as np

from qa.centring import LANGUAGES
from qa.store import database, derived, faiss_file
from qa.store.doctor.check import FIX, Check, counted
from qa.store.doctor.truth import changing
from qa.store.faiss_file import Dense

SAMPLE = 50
"""Passages that are looked for by their own vectors."""


def load(folder: Path, db: sqlite3.Connection) -> dict[str, Dense | None]:
    """The FAISS files by name; None for one that is missing, torn or stale."""
    stamps = {"passages.faiss": database.generation(db)}
    stamps |= {f"words.{lang}.faiss": database.word_stamp(db, lang) for lang in LANGUAGES}
    return {name: faiss_file.load(folder / name, stamp) for name, stamp in stamps.items()}


def files(found: dict[str, Dense | None]) -> Check:
    unfit = [name for name, dense in found.items() if dense is None]
    if unfit:
        detail = f"{', '.join(unfit)}: missing, torn or stale, so that each start makes them again"
        return Check("search files", "WARN", detail, FIX, make_again)
    return Check("search files", "OK", f"{len(found)}, whole and of this generation")


def make_again(folder: Path) -> str:
    with closing(database.connect(folder, create=True)) as db:
        derived.save(folder, db)
    return "made the search files again from the database"


def counts(db: sqlite3.Connection, dense: Dense | None) -> Check:
    """Whether passages, their vectors in FAISS and their words are of the same number, and the same ones."""
    ids = {id_ for (id_,) in db.execute("SELECT id FROM passages")}
    worded = {id_ for (id_,) in db.execute("SELECT id FROM words_docsize")}
    if worded != ids:
        detail = f"{counted(len(ids), 'passage')}, but words of {len(worded):,}"
        return Check("counts", "FAIL", detail, FIX, _anew)
    if dense is not None and {*faiss.vector_to_array(dense.index.id_map).tolist()} != ids:
        detail = f"{counted(len(ids), 'passage')}, but vectors of {dense.index.ntotal:,} in FAISS"
        return Check("counts", "FAIL", detail, FIX, _anew)
    (articles,) = db.execute("SELECT count(*) FROM articles").fetchone()
    return Check("counts", "OK", f"{counted(articles, 'article')}, {counted(len(ids), 'passage')}, in all places")


def _anew(folder: Path) -> str:
    with changing(folder) as db:
        db.execute("INSERT INTO words (words) VALUES ('rebuild')")
    make_again(folder)
    return "made words and search files again from the passages"


def samples(db: sqlite3.Connection, dense: Dense | None) -> Check:
    """Whether passages, looked for by their own vectors, are found: each first, or level with one that is equal."""
    if dense is None:
        return Check("samples", "WARN", "not looked for: there is no search file", FIX)
    dim = int(database.settings(db)["dim"])
    background = database.read_background(db, dim)
    ids = [id_ for (id_,) in db.execute("SELECT id FROM passages")]
    lost = []
    chosen = random.sample(ids, min(SAMPLE, len(ids)))
    for id_ in chosen:
        blob, lang = db.execute("SELECT vector, lang FROM passages WHERE id = ?", [id_]).fetchone()
        with np.errstate(all="ignore"):  # what is no vector is not found
            vector = background.centre_passages(database.from_blob(blob, "<f4", dim), lang)
        (found,) = dense.search(vector, 1)
        if not found or (found[0][0] != id_ and not found[0][1] >= 0.9999):
            lost.append(id_)
    if lost:
        detail = f"{len(lost)} of {counted(len(chosen), 'passage')} not found by their own vectors"
        return Check("samples", "FAIL", detail, FIX, _anew)
    return Check("samples", "OK", f"{counted(len(chosen), 'passage')} found by their own vectors")
