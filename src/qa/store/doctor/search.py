"""Whether the FAISS files follow from the database."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

from qa.store import database, derived
from qa.store.dense import Dense
from qa.store.doctor.check import FIX, Check, counted

SAMPLE = 50
"""Passages that are looked for by their own vectors."""


def files(folder: Path, db: sqlite3.Connection, found: dict[str, Dense | None]) -> Check:
    """Fills ``found`` with what the FAISS files hold at the state of ``db``; None for one that does not fit."""
    found |= {family.file: derived.loaded(family, folder, db) for family in derived.FAMILIES}
    unfit = [name for name, dense in found.items() if dense is None]
    if unfit:
        detail = f"{', '.join(unfit)}: missing, torn or stale, so that each start makes them again"
        return Check("search files", "WARN", detail, FIX, make_again)
    return Check("search files", "OK", f"{len(found)}, whole and of this index")


def make_again(folder: Path) -> str:
    with closing(database.connect(folder, create=True)) as db:
        derived.save(folder, db)
    return "made the search files again from the database"


def counts(db: sqlite3.Connection, dense: Dense | None) -> Check:
    """Whether there are as many vectors in FAISS as passages."""
    (passages,) = db.execute("SELECT count(*) FROM passages").fetchone()
    if dense is not None and dense.count != passages:
        detail = f"{counted(passages, 'passage')}, but vectors of {dense.count:,} in FAISS"
        return Check("counts", "FAIL", detail, FIX, _anew)
    (articles,) = db.execute("SELECT count(*) FROM articles").fetchone()
    return Check("counts", "OK", f"{counted(articles, 'article')}, {counted(passages, 'passage')}, in all places")


def _anew(folder: Path) -> str:
    for family in derived.FAMILIES:
        (folder / family.file).unlink(missing_ok=True)
    return make_again(folder)


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
