"""The FAISS indexes that follow from the database: one over passages, one over the words of each language.

A file is written anew only when the store has moved on so far that catching up costs a reader more than it
should; until then a reader adds what came since to what the file holds.
"""

from __future__ import annotations

import logging
import math
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from qa.centring import LANGUAGES, Background
from qa.encoder.pooling import unit
from qa.encoder.words import DIM as WORD_DIM
from qa.store import database, faiss_file, history
from qa.store.dense import Batch, Dense, Ids
from qa.store.faiss_file import Base, Label
from qa.store.history import Commit
from qa.store.records import Vectors

log = logging.getLogger("qa")

BEHIND = 256, 10_000
"""Rows that a file may differ by: an eighth of its own, but not under the first and not over the second."""

FLAT = 50_000
"""Rows up to which search is exact; above, an inverted file of half-precision vectors is as good and faster."""

WORDS_FLAT, CODED = 5_000, 10
"""Words of a language up to which all are compared; above, codes of four bits for two numbers each name ten times
as many as are wanted, which are compared. Of 60,000 words they find the same twenty, in a tenth of the time."""

SAMPLED = 97
"""Every so many passages one's first sentence is asked for, to measure."""

TRAINED = 8192
"""Words that codes are made from."""

PROBED, DEPTH = 1 / 25, 100
"""The part of the lists of an inverted file that are looked at, and the candidates that search takes."""

_BATCH = 8192


def kind(rows: int) -> str:
    """The index-factory string for so many rows; it changes, and the lists are trained anew, at each fourfold."""
    return "Flat" if rows <= FLAT else f"IVF{2 ** round(math.log2(4 * math.sqrt(rows)))},SQfp16"


def kind_of_words(rows: int) -> str:
    """The same for words, of which lists would miss every fourth."""
    return f"PQ{WORD_DIM // 2}x4fs,Refine(SQfp16)" if rows > WORDS_FLAT else "SQfp16"


@dataclass(frozen=True, slots=True)
class Family:
    """What one file is made from: ``rows`` gives id, language and vector of those after an id, in order.

    ``dim``: numbers of a vector, where they are not the encoder's.
    """

    file: str
    rows: str
    dtype: str
    dim: int | None
    last: Callable[[Commit], int]
    centre: Callable[[Background, Vectors, str], Vectors]
    removes: bool
    kind: Callable[[int], str]


PASSAGES = Family(
    file="passages.faiss",
    rows="SELECT id, lang, vector FROM passages WHERE id > ? ORDER BY id",
    dtype="<f4",
    dim=None,
    last=lambda commit: commit.last_passage,
    centre=Background.centre_passages,
    removes=True,
    kind=kind,
)
WORDS = {
    lang: Family(
        file=f"words.{lang}.faiss",
        rows=f"SELECT id, lang, vector FROM word_vectors WHERE lang = '{lang}' AND id > ? ORDER BY id",
        dtype="<f2",
        dim=WORD_DIM,
        last=lambda commit: commit.last_word,
        centre=Background.centre_words,
        removes=False,
        kind=kind_of_words,
    )
    for lang in LANGUAGES
}
FAMILIES = (PASSAGES, *WORDS.values())


def caught_up(family: Family, db: sqlite3.Connection, dense: Dense) -> Dense | None:
    """``dense`` at the commit that ``db`` shows, or None if ``db`` does not know the one it was at."""
    now = history.newest(db)
    if dense.stamp == now.id:
        return dense
    then = history.named(db, dense.stamp)
    if then is None:
        return None
    removed = history.removed(db, then) if family.removes else []
    batches = list(_batches(family, db, family.last(then))) if family.last(now) > family.last(then) else []
    return dense.advanced(now.id, batches, removed)


def loaded(family: Family, folder: Path, db: sqlite3.Connection, *, to_change: bool = False) -> Dense | None:
    """What the file of ``family`` holds, brought to the commit that ``db`` shows, if that can be."""
    base = faiss_file.load(folder / family.file, to_change=to_change)
    return caught_up(family, db, Dense.of(base)) if base else None


def made(family: Family, folder: Path, db: sqlite3.Connection) -> Dense:
    """The same without a file, from the database; said aloud."""
    log.warning("%s was missing, torn or stale: made again from the database", folder / family.file)
    return Dense.of(_build(family, db))


def outdated(dense: Dense) -> bool:
    """Whether the store has moved on so far that a writer has written a newer file."""
    return dense.behind > _allowed(dense.base.index.ntotal)


def save(folder: Path, db: sqlite3.Connection, *, whole: Callable[[Path], bool] = faiss_file.whole) -> None:
    """Renew those files in ``folder`` that are missing, too far behind ``db`` or of a kind that is no longer made.

    Torn ones too, as far as ``whole`` says which.
    """
    for family in FAMILIES:
        path = folder / family.file
        label = faiss_file.read_label(path)
        then = history.named(db, label.stamp) if label else None
        if label is None or then is None or label.kind != family.kind(label.rows) or not whole(path):
            faiss_file.save(path, _build(family, db))
        elif _too_far(family, db, then, label.rows):
            faiss_file.save(path, _renewed(family, db, path))


def _too_far(family: Family, db: sqlite3.Connection, then: Commit, rows: int) -> bool:
    now = history.newest(db)
    if now.number - then.number > history.KEPT // 2:
        return True
    removed = len(history.removed(db, then)) if family.removes else 0
    return family.last(now) - family.last(then) + removed > _allowed(rows)


def _allowed(rows: int) -> int:
    least, most = BEHIND
    return max(least, min(rows // 8, most))


def _renewed(family: Family, db: sqlite3.Connection, path: Path) -> Base:
    """The file in ``path`` brought up to date, or made anew where it would have to be of another kind now."""
    dense = loaded(family, path.parent, db, to_change=True)
    if dense is None or dense.base.label.kind != family.kind(dense.count):
        return _build(family, db)
    index = dense.base.index
    if dense.removed:
        index.remove_ids(faiss.IDSelectorBatch(np.array(sorted(dense.removed), np.int64)))
    if dense.added:
        ids = faiss.vector_to_array(dense.added.id_map)
        index.add_with_ids(dense.added.index.reconstruct_n(0, len(ids)), ids)
    return Base(replace(dense.base.label, stamp=dense.stamp, rows=dense.count), index)


def _build(family: Family, db: sqlite3.Connection) -> Base:
    """An index over all rows."""
    dim = family.dim or _dim(db)
    (rows,) = db.execute(f"SELECT count(*) FROM ({family.rows})", (0,)).fetchone()
    chosen = family.kind(rows)
    in_lists = chosen.startswith("IVF")
    index: Any = faiss.index_factory(dim, chosen if in_lists else f"IDMap2,{chosen}", faiss.METRIC_INNER_PRODUCT)
    measured = None
    if in_lists:
        index.cp.niter = 8
        index.cp.min_points_per_centroid = 1  # what it complains of otherwise does not matter here
        index.train(_sample(family, db, rows, 32 * index.nlist))
        index.nprobe = max(64, round(index.nlist * PROBED))
        measured = _Recall(db, dim)
    elif not index.is_trained:
        index.train(_sample(family, db, rows, TRAINED))
        coded: Any = faiss.downcast_index(index.index)
        coded.k_factor = CODED
    for ids, vectors in _batches(family, db, 0):
        index.add_with_ids(vectors, ids)
        if measured:
            measured.add(ids, vectors)
    recall = measured.of(index) if measured else 1.0
    return Base(Label(history.newest(db).id, chosen, rows, recall), index)


def _sample(family: Family, db: sqlite3.Connection, rows: int, wanted: int) -> Vectors:
    """About so many of the rows' vectors, evenly spread."""
    step = max(1, rows // wanted)
    return np.concatenate([vectors[::step] for _, vectors in _batches(family, db, 0)])


class _Recall:
    """How many of the ten passages nearest to a sentence as it stands are among those that an index gives first.

    It is asked for ``DEPTH`` of them, about as search does, which then scores them exactly.
    """

    def __init__(self, db: sqlite3.Connection, dim: int) -> None:
        background = database.read_background(db, dim)
        rows = db.execute(
            "SELECT lang, vector, sentence_vectors FROM passages WHERE id % ? = 0 LIMIT 200", (SAMPLED,)
        )
        first = [
            # A sentence's vector is what it says besides its passage.
            (lang, database.from_blob(whole, "<f4", dim) + database.from_blob(own, "<f2", dim)[:1])
            for lang, whole, own in rows
        ]
        self._probes = np.concatenate([background.centre_passages(unit(vector), lang) for lang, vector in first])
        self._ids = np.empty((len(first), 0), np.int64)
        self._scores = np.empty((len(first), 0), np.float32)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Keep the ten nearest of what has been added so far."""
        scores = np.hstack([self._scores, self._probes @ vectors.T])
        everyones = np.hstack([self._ids, np.broadcast_to(ids, (len(self._ids), len(ids)))])
        best = np.argsort(-scores, axis=1)[:, :10]
        self._scores = np.take_along_axis(scores, best, axis=1)
        self._ids = np.take_along_axis(everyones, best, axis=1)

    def of(self, index: Any) -> float:
        _, found = index.search(self._probes, DEPTH)
        return float(np.mean([np.isin(true, near).mean() for true, near in zip(self._ids, found, strict=True)]))


def _dim(db: sqlite3.Connection) -> int:
    return int(database.settings(db)["dim"])


def _batches(family: Family, db: sqlite3.Connection, after: int) -> Iterator[Batch]:
    """Ids and centred vectors of the rows after the id ``after``."""
    dim = family.dim or _dim(db)
    background = database.read_background(db, _dim(db))
    rows = db.execute(family.rows, (after,))
    while batch := rows.fetchmany(_BATCH):
        vectors = database.from_blob(b"".join(blob for _, _, blob in batch), family.dtype, dim)
        langs = np.array([lang for _, lang, _ in batch])
        for lang in set(langs.tolist()):
            those = langs == lang
            vectors[those] = family.centre(background, vectors[those], lang)
        yield np.array([id_ for id_, _, _ in batch], np.int64), vectors
