"""Which passages hold a word: inverted lists in SQLite, read as arrays.

A row of ``postings`` has the passages of one term in one chunk of 16,384 ids, as sorted uint16 offsets into
the chunk. So a list is added to and taken from in small pieces, the length of its blobs is the term's
document frequency, and scoring is an addition of arrays.
"""

from __future__ import annotations

import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

BITS = 14
"""Of an id are its offset in the chunk; the rest are the chunk."""

_SIZE = 1 << BITS

Ids = npt.NDArray[np.int64]


class Changes:
    """Passages to be added and removed, gathered so that each list is written once."""

    def __init__(self) -> None:
        self._added: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._removed: dict[tuple[str, int], list[int]] = defaultdict(list)

    def add(self, passage: int, terms: Iterable[str]) -> None:
        """``passage`` must be greater than all before it."""
        _note(self._added, passage, terms)

    def remove(self, passage: int, terms: Iterable[str]) -> None:
        _note(self._removed, passage, terms)

    def write(self, db: sqlite3.Connection) -> None:
        """Bring the lists up to date, and begin anew."""
        for term, chunk in sorted(self._added.keys() | self._removed.keys()):
            key = (term, chunk)
            row = db.execute("SELECT passages FROM postings WHERE term = ? AND chunk = ?", key).fetchone()
            before = np.frombuffer(row[0] if row else b"", "<u2")
            now = np.append(before, np.array(self._added.get(key, []), "<u2"))
            if key in self._removed:
                now = now[np.isin(now, self._removed[key], invert=True)]
            if len(now):
                db.execute("INSERT OR REPLACE INTO postings VALUES (?, ?, ?)", (*key, now.astype("<u2").tobytes()))
            else:
                db.execute("DELETE FROM postings WHERE term = ? AND chunk = ?", key)
        self._added.clear()
        self._removed.clear()


def _note(lists: dict[tuple[str, int], list[int]], passage: int, terms: Iterable[str]) -> None:
    for term in set(terms):
        lists[term, passage >> BITS].append(passage & (_SIZE - 1))


def rebuild(db: sqlite3.Connection) -> None:
    """Make all lists again from the terms of the passages."""
    db.execute("DELETE FROM postings")
    changes = Changes()
    for done, (passage, terms) in enumerate(db.execute("SELECT id, terms FROM passages ORDER BY id"), 1):
        changes.add(passage, terms.split())
        if done % _SIZE == 0:
            changes.write(db)
    changes.write(db)


def hold(db: sqlite3.Connection, passage: int, terms: Iterable[str]) -> bool:
    """Whether ``passage`` is in the lists of all of ``terms``."""
    row = "SELECT passages FROM postings WHERE term = ? AND chunk = ?"
    lists = (db.execute(row, (term, passage >> BITS)).fetchone() for term in terms)
    return all(found and passage & (_SIZE - 1) in np.frombuffer(found[0], "<u2") for found in lists)


def frequencies(db: sqlite3.Connection, terms: Sequence[str]) -> dict[str, int]:
    """In how many passages each of ``terms`` stands."""
    count = "SELECT coalesce(sum(length(passages)), 0) / 2 FROM postings WHERE term = ?"
    return {term: db.execute(count, (term,)).fetchone()[0] for term in terms}


def rarities(frequencies: Mapping[str, int], total: int) -> dict[str, float]:
    """The inverse document frequency of each term among ``total`` passages, as BM25 has it."""
    return {term: math.log(1 + (total - count + 0.5) / (count + 0.5)) for term, count in frequencies.items()}


def best(
    db: sqlite3.Connection, terms: Sequence[str], k: int, *, total: int, among: Ids | None = None
) -> list[int]:
    """The ``k`` of ``total`` passages whose terms are rarest in sum, best first, newer ones before older ones.

    Only those in ``among`` are looked at, if that is given.
    """
    marks = ", ".join("?" * len(terms))
    rows = db.execute(f"SELECT term, chunk, passages FROM postings WHERE term IN ({marks})", terms)
    lists = [(term, chunk, np.frombuffer(blob, "<u2")) for term, chunk, blob in rows]
    counts: Counter[str] = Counter()
    for term, _, held in lists:
        counts[term] += len(held)
    weights = rarities(counts, total)
    scores: dict[int, npt.NDArray[np.float32]] = {}
    for term, chunk, held in lists:
        if chunk not in scores:
            scores[chunk] = np.zeros(_SIZE, np.float32)
        scores[chunk][held] += weights[term]
    found, sums, least = np.empty(0, np.int64), np.empty(0, np.float32), np.finfo(np.float32).tiny
    for chunk, those in scores.items():
        offsets = np.flatnonzero(those >= least)
        if among is not None:
            offsets = offsets[np.isin(offsets + (chunk << BITS), among)]
        found, sums = np.append(found, offsets + (chunk << BITS)), np.append(sums, those[offsets])
        if len(found) > k:  # what has less than the k-th so far cannot matter
            least = np.partition(sums, -k)[-k]
            found, sums = found[sums >= least], sums[sums >= least]
    order: list[int] = found[np.lexsort((-found, -sums))][:k].tolist()
    return order
