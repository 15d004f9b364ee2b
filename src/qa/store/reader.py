"""Reading the index: each request sees one generation, whatever a writer does meanwhile."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from qa.article import Article, Kept
from qa.centring import Background
from qa.errors import IndexMismatch, IndexMissing
from qa.store import database, derived
from qa.store.faiss_file import Dense
from qa.store.records import EncodedPassage, Listed, StoredArticle, StoredPassage, Vectors


class View:
    """One generation of the store, for the length of one request."""

    def __init__(self, db: sqlite3.Connection, cache: _Cache, background: Background) -> None:
        self._db = db
        self._cache = cache
        self._dense = cache.passages(db)
        self.background = background

    def dense(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The ``k`` passages nearest to a centred question ``(dim,)``: ids and cosines, best first."""
        return self._dense.search(vector[None, :], k)[0]

    def languages(self) -> frozenset[str]:
        """The languages that articles are in."""
        return frozenset(lang for (lang,) in self._db.execute("SELECT DISTINCT lang FROM articles"))

    def similar_words(self, vectors: Vectors, lang: str, k: int) -> list[dict[str, float]]:
        """For each centred word of ``vectors`` ``(n, dim)`` the ``k`` nearest terms of ``lang``, with cosines."""
        found = self._cache.words(self._db, lang).search(vectors, k)
        ids = sorted({id_ for near in found for id_, _ in near})
        marks = ", ".join("?" * len(ids))
        terms = dict(self._db.execute(f"SELECT id, term FROM word_vectors WHERE id IN ({marks})", ids))
        return [{terms[id_]: cosine for id_, cosine in near} for near in found]

    def lexical(self, terms: Sequence[str], k: int) -> list[int]:
        """The ids of the ``k`` passages that hold most of ``terms``, best first, by BM25."""
        if not terms:
            return []
        query = " OR ".join(f'"{term}"' for term in terms)
        rows = self._db.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?", (query, k))
        return [rowid for (rowid,) in rows]

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of ``terms`` stands."""
        marks = ", ".join("?" * len(terms))
        found = dict(self._db.execute(f"SELECT term, doc FROM vocabulary WHERE term IN ({marks})", terms))
        return {term: found.get(term, 0) for term in terms}

    def passage_count(self) -> int:
        return int(self._dense.index.ntotal)

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """The passages of ``ids``, in that order; ids that are not there are left out."""
        marks = ", ".join("?" * len(ids))
        rows = self._db.execute(
            "SELECT id, article, start, end, lang, sentences, vector, sentence_vectors, terms"
            f" FROM passages WHERE id IN ({marks})",
            ids,
        )
        dim = self._dense.index.d
        found = {row[0]: _passage(row, dim) for row in rows}
        return [found[i] for i in ids if i in found]

    def article(self, rowid: int) -> StoredArticle:
        row = self._db.execute(f"{_ARTICLE} WHERE rowid = ?", (rowid,)).fetchone()
        return _article(row)

    def articles(self) -> list[StoredArticle]:
        """All articles, newest first."""
        return [_article(row) for row in self._db.execute(f"{_ARTICLE} ORDER BY date DESC, rowid DESC")]

    def find(self, *, id: str = "", rowid: int = 0) -> StoredArticle | None:  # noqa: A002
        """The article with this id or row, if there is one."""
        row = self._db.execute(f"{_ARTICLE} WHERE id = ? OR rowid = ?", (id, rowid)).fetchone()
        return _article(row) if row else None

    def newest(self, limit: int, offset: int = 0) -> list[Listed]:
        """``limit`` articles, newest first, without their texts."""
        rows = self._db.execute(
            "SELECT rowid, id, title, date, source, url, lang FROM articles"
            " ORDER BY date DESC, rowid DESC LIMIT ? OFFSET ?",
            (limit, offset),
        )
        return [Listed(rowid, id_, title, _day(day), *rest) for rowid, id_, title, day, *rest in rows]

    def sources(self) -> list[tuple[str, int, date | None]]:
        """Each source, how many articles it has and the day of its newest; those with most articles first."""
        rows = self._db.execute(
            "SELECT source, count(*), max(date) FROM articles GROUP BY source ORDER BY count(*) DESC, source"
        )
        return [(source, count, _day(newest)) for source, count, newest in rows]


class Reader:
    """Opens views on the store in ``folder``; may be shared by threads.

    Raises IndexMissing, IndexDamaged and IndexMismatch as ``database.connect`` does.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._local = threading.local()
        self._cache = _Cache(folder)
        with self._transaction() as db:
            self.settings = database.settings(db)
            if "fingerprint" not in self.settings:
                raise IndexMissing(
                    f"the index in {folder} is empty: build it with `qa index FOLDER --index {folder}`"
                )
            self.background = database.read_background(db, int(self.settings["dim"]))

    @contextmanager
    def view(self) -> Iterator[View]:
        """The newest generation.

        Raises IndexDamaged when the database cannot be read, and IndexMismatch when another encoder has built
        the index anew since this reader was opened: its questions would be compared with strange vectors.
        """
        with self._transaction() as db:
            if database.settings(db)["fingerprint"] != self.settings["fingerprint"]:
                raise IndexMismatch(f"the index in {self.folder} was built anew by another encoder: start again")
            yield View(db, self._cache, self.background)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            db = getattr(self._local, "db", None)
            if db is None:
                db = self._local.db = database.connect(self.folder)
            db.execute("BEGIN")
            try:
                yield db
            finally:
                db.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise database.damaged(self.folder, error) from None


class _Cache:
    """The derived indexes of the newest generation asked for, shared by all threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._passages: Dense | None = None
        self._words: dict[str, Dense] = {}

    def passages(self, db: sqlite3.Connection) -> Dense:
        with self._lock:
            if self._passages is None or self._passages.stamp != database.generation(db):
                self._passages = derived.passages(self._folder, db)
            return self._passages

    def words(self, db: sqlite3.Connection, lang: str) -> Dense:
        with self._lock:
            cached = self._words.get(lang)
            if cached is None or cached.stamp != database.word_stamp(db, lang):
                cached = self._words[lang] = derived.words(self._folder, db, lang)
            return cached


_ARTICLE = (
    "SELECT rowid, id, title, text, date, lang, source, url, headings, kept, path, content_hash FROM articles"
)


def _article(row: tuple[int, str, str, str, str | None, str, str, str, str, str, str, str]) -> StoredArticle:
    rowid, id_, title, text, day, lang, source, url, headings, kept, path, content_hash = row
    article = Article(
        id=id_,
        title=title,
        text=text,
        date=_day(day),
        lang=lang,
        source=source,
        url=url,
        headings=tuple((start, end) for start, end in json.loads(headings)),
        kept=tuple(Kept(*run) for run in json.loads(kept)),
    )
    return StoredArticle(rowid, article, Path(path), content_hash)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _passage(row: tuple[int, int, int, int, str, str, bytes, bytes, str], dim: int) -> StoredPassage:
    id_, article, start, end, lang, sentences, vector, sentence_vectors, terms = row
    encoded = EncodedPassage(
        start=start,
        end=end,
        sentences=tuple((s, e) for s, e in json.loads(sentences)),
        vector=database.from_blob(vector, "<f4", dim)[0],
        sentence_vectors=database.from_blob(sentence_vectors, "<f2", dim),
        terms=tuple(tuple(line.split()) for line in terms.split("\n")),
    )
    return StoredPassage(id_, article, lang, encoded)
