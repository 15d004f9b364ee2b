"""Reading the index: each request sees one generation, whatever a writer does meanwhile."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qa.centring import Background
from qa.encoder import Read, Reading
from qa.encoder.words import DIM as WORD_DIM
from qa.errors import IndexDamaged, IndexMismatch, IndexMissing
from qa.store import database, listing, postings
from qa.store.cache import Cache
from qa.store.dense import Dense
from qa.store.derived import PASSAGES, WORDS, Family
from qa.store.records import (
    ALL,
    EVERYTHING,
    Choice,
    Filter,
    Listed,
    StoredArticle,
    StoredPassage,
    Vectors,
)
from qa.store.register import Registered
from qa.store.rows import ARTICLE, PASSAGE, encoded_readings, sound, stored_article, stored_passages

_SMALL = 2000
"""Passages of an index of which all that has been read stays in memory, 25 KB each. Of a larger one questions
seldom come back to the same."""

_WORDS = 1000
"""Words that are read at once."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What has been read of the generation ``stamp``, by its rows. Threads may share it."""

    stamp: str = ""
    passages: dict[int, StoredPassage] = field(default_factory=dict)
    articles: dict[int, StoredArticle] = field(default_factory=dict)


class LocalView(Registered):
    """One generation of the store, for the length of one request."""

    def __init__(
        self,
        db: sqlite3.Connection,
        cache: Cache,
        held: Mapping[Family, Dense],
        remembered: Remembered,
        background: Background,
    ) -> None:
        self._db = db
        self._cache = cache
        self._dense = held[PASSAGES]
        self._held = dict(held)
        self._remembered = remembered
        self._found: dict[tuple[tuple[str, ...], int, Filter], list[int]] = {}
        self.background = background

    @property
    def settings(self) -> dict[str, str]:
        return database.settings(self._db)

    def dense(self, vector: Vectors, k: int, only: Filter = EVERYTHING) -> list[tuple[int, float]]:
        """The ``k`` passages nearest to a centred question ``(dim,)``: ids and cosines, best first."""
        return self._dense.search(vector[None, :], k, among=self._among(only))[0]

    def languages(self) -> frozenset[str]:
        """The languages that articles are in."""
        found, lang = set(), ""
        next_one = "SELECT min(lang) FROM articles WHERE lang > ?"  # a step in an index, however many articles
        while (lang := self._db.execute(next_one, (lang,)).fetchone()[0]) is not None:
            found.add(lang)
        return frozenset(found)

    def similar_words(self, vectors: Vectors, lang: str, k: int) -> list[dict[str, float]]:
        """For each centred word of ``vectors`` ``(n, words.DIM)`` the ``k`` nearest of ``lang``, with cosines."""
        if WORDS[lang] not in self._held:
            self._held[WORDS[lang]] = self._cache.more(WORDS[lang], self._db)
        found = self._held[WORDS[lang]].search(vectors, k)
        ids = sorted({id_ for near in found for id_, _ in near})
        marks = ", ".join("?" * len(ids))
        terms = dict(self._db.execute(f"SELECT id, term FROM word_vectors WHERE id IN ({marks})", ids))
        return [{terms[id_]: cosine for id_, cosine in near if id_ in terms} for near in found]

    def lexical(self, terms: Sequence[str], k: int, only: Filter = EVERYTHING) -> list[int]:
        """The ids of the ``k`` passages that hold the most of ``terms``, each counted by its rarity, best first."""
        asked = (tuple(terms), k, only)
        if asked not in self._found:  # which who read ahead has asked before
            among = self._among(only)
            self._found[asked] = postings.best(self._db, terms, k, total=self.passage_count(), among=among)
        return self._found[asked]

    def word_vectors(self, terms: Sequence[str], lang: str) -> dict[str, Vectors]:
        """The vector ``(words.DIM,)`` of each of ``terms`` that the index has one of in ``lang``, not centred."""
        marks = ", ".join("?" * len(terms))
        rows = self._db.execute(
            f"SELECT term, vector FROM word_vectors WHERE lang = ? AND term IN ({marks})", (lang, *terms)
        )
        return {term: database.from_blob(blob, "<f2", WORD_DIM)[0] for term, blob in rows}

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of ``terms`` stands."""
        return postings.frequencies(self._db, terms)

    def _among(self, only: Filter) -> npt.NDArray[np.int64] | None:
        """The ids of the passages that ``only`` lets through; None where that is all of them."""
        if only == EVERYTHING:
            return None
        chosen, values = _chosen(only)
        return np.array([id_ for (id_,) in self._db.execute(chosen, values)], np.int64)

    def passage_count(self) -> int:
        return self._dense.count

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """The passages of ``ids``, in that order; ids that are not there are left out."""
        known = self._remembered.passages
        if unread := [id_ for id_ in ids if id_ not in known]:
            marks = ", ".join("?" * len(unread))
            rows = self._db.execute(f"{PASSAGE} WHERE id IN ({marks})", unread)
            read = stored_passages(rows.fetchall(), self._dense.base.index.d)
            known.update((passage.id, passage) for passage in read)
        return [known[i] for i in ids if i in known]

    def read_ahead(self, terms: Sequence[str], k: int) -> None:
        """Read what ``lexical`` will bring up, which ``passages`` then has, while something else is awaited."""
        with suppress(IndexDamaged):  # who asks for it will be told
            self.passages(self.lexical(terms, k))

    def articles_of(self, rowids: Sequence[int]) -> list[StoredArticle]:
        """Those articles, in that order."""
        known = self._remembered.articles
        if unread := [rowid for rowid in rowids if rowid not in known]:
            marks = ", ".join("?" * len(unread))
            rows = {row[0]: row for row in self._db.execute(f"{ARTICLE} WHERE rowid IN ({marks})", unread)}
            known.update({rowid: _stored(rowid, rows.get(rowid)) for rowid in unread})
        return [known[rowid] for rowid in rowids]

    def passages_of(self, rowids: Sequence[int]) -> list[StoredPassage]:
        """All passages of those articles, in the order in which they were added."""
        marks = ", ".join("?" * len(rowids))
        rows = self._db.execute(f"SELECT id FROM passages WHERE article IN ({marks}) ORDER BY id", rowids)
        return self.passages([id_ for (id_,) in rows])

    def words(self) -> Iterator[tuple[str, list[str], Vectors]]:
        """All words that have a vector, some at a time: language, terms, and vectors ``(n, words.DIM)``."""
        for (lang,) in self._db.execute("SELECT DISTINCT lang FROM word_vectors ORDER BY lang").fetchall():
            rows = self._db.execute("SELECT term, vector FROM word_vectors WHERE lang = ? ORDER BY id", (lang,))
            while batch := rows.fetchmany(_WORDS):
                blob = b"".join(vector for _, vector in batch)
                yield lang, [term for term, _ in batch], database.from_blob(blob, "<f2", WORD_DIM)

    def article(self, rowid: int) -> StoredArticle:
        (found,) = self.articles_of([rowid])
        return found

    def readings(self, rowid: int) -> dict[Reading, Read]:
        """Those of ``Writer.readings`` that are sound."""
        try:
            found = dict(encoded_readings(self._db, rowid, self._dense.base.index.d))
        except (sqlite3.Error, ValueError):
            return {}
        with np.errstate(over="ignore", invalid="ignore"):
            return {
                reading: read
                for reading, read in found.items()
                if (abs((read.vectors * read.vectors).sum(axis=1) - 1) < 0.01).all()
            }

    def articles(self) -> list[StoredArticle]:
        """All articles, newest first; those that only their file's time dates are the last."""
        rows = self._db.execute(f"{ARTICLE} ORDER BY dated = 'file', date DESC, rowid DESC")
        return [stored_article(row) for row in rows]

    def find(self, *, id: str = "", rowid: int = 0) -> StoredArticle | None:  # noqa: A002
        """The article with this id or row, if there is one."""
        row = self._db.execute(f"{ARTICLE} WHERE id = ? OR rowid = ?", (id, rowid)).fetchone()
        return stored_article(row) if row else None

    def newest(self, limit: int, offset: int = 0) -> list[Listed]:
        """``limit`` articles, newest first, without their texts; those with the same text are one."""
        return listing.newest(self._db, limit, offset)

    def browse(self, choice: Choice = ALL, limit: int = -1, offset: int = 0) -> tuple[list[Listed], int]:
        """The same of the articles that ``choice`` lets through, and how many these are in all."""
        return listing.browse(self._db, choice, limit, offset)

    def copies(self, rowids: Sequence[int]) -> dict[int, tuple[Listed, ...]]:
        """For those of ``rowids`` whose text others have too: these, the first indexed first."""
        return listing.copies(self._db, rowids)

    def listed(self, rowids: Sequence[int]) -> list[Listed]:
        """The articles of ``rowids`` in that order, without their texts; those that are not there are left out."""
        return listing.listed(self._db, rowids)

    def sources(self) -> list[tuple[str, int, date | None]]:
        """Each source, how many articles it has and the day of its newest; those with most articles first."""
        rows = self._db.execute(
            "SELECT source, count(DISTINCT text_hash) AS n, max(iif(dated = 'file', NULL, date)) FROM articles"
            " GROUP BY source ORDER BY n DESC, source"
        )
        return [(source, count, date.fromisoformat(newest) if newest else None) for source, count, newest in rows]


class Reader:
    """Opens views on the store in ``folder``; may be shared by threads.

    Raises IndexMissing, IndexDamaged and IndexMismatch as ``database.connect`` does.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._local = threading.local()
        self._cache = Cache(folder)
        self._remembered = Remembered()
        with self._connection() as db:
            self.settings = database.settings(db)
            if "fingerprint" not in self.settings:
                raise IndexMissing(
                    f"the index in {folder} is empty: build it with `qa index FOLDER --index {folder}`"
                )
            self.background = database.read_background(db, int(self.settings["dim"]))

    @contextmanager
    def view(self) -> Iterator[LocalView]:
        """The newest generation.

        Raises IndexDamaged when the database cannot be read, and IndexMismatch when another encoder has built
        the index anew since this reader was opened: its questions would be compared with strange vectors.
        """
        with self._connection() as db:
            held = self._cache.begin(db)
            if database.settings(db)["fingerprint"] != self.settings["fingerprint"]:
                raise IndexMismatch(f"the index in {self.folder} was built anew by another encoder: start again")
            yield LocalView(db, self._cache, held, self._remembered_of(held[PASSAGES]), self.background)

    def _remembered_of(self, dense: Dense) -> Remembered:
        """What a view of ``dense`` knows already, and whose reading others will know."""
        if dense.count > _SMALL:
            return Remembered()
        known = self._remembered
        if known.stamp != dense.stamp:
            known = self._remembered = Remembered(dense.stamp)
        return known

    def close(self) -> None:
        """Close this thread's connection, if it has one."""
        if db := vars(self._local).pop("db", None):
            db.close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """This thread's own; a transaction that is begun in it ends with it."""
        try:
            db = getattr(self._local, "db", None)
            if db is None:
                db = self._local.db = database.connect(self.folder)
            try:
                yield db
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise database.damaged(self.folder, error) from None


def _stored(rowid: int, row: Any) -> StoredArticle:
    with sound(f"article {rowid}"):
        return stored_article(row)


def _chosen(only: Filter) -> tuple[str, list[str]]:
    """A query for the ids of the passages that ``only`` lets through, and its values."""
    conditions = {
        "a.dated != 'file' AND a.date >= ?": only.since and only.since.isoformat(),
        "a.dated != 'file' AND a.date <= ?": only.until and only.until.isoformat(),
        "a.lang = ?": only.lang,
        "a.source = ?": only.source,
        "a.id = ?": only.article,
    }
    given = {condition: value for condition, value in conditions.items() if value}
    chosen = "SELECT p.id FROM articles a JOIN passages p ON p.article = a.rowid WHERE " + " AND ".join(given)
    return chosen, list(given.values())
