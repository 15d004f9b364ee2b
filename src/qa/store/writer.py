"""Writing the index: whole transactions, each followed by a FAISS file that matches it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from itertools import chain
from pathlib import Path

from qa.article import Article
from qa.centring import Background
from qa.encoder import Read, Reading
from qa.errors import StoreError
from qa.store import database, derived, faiss_file, history, postings
from qa.store.failpoints import reach
from qa.store.lock import writing
from qa.store.records import EncodedArticle, EncodedPassage, FileState, Vectors
from qa.store.register import Registered
from qa.store.rows import encoded_readings, tokens_blob


class LocalWriter(Registered):
    """The one writer of a store; made by ``open_writer``. Changes count from ``commit`` on."""

    def __init__(self, folder: Path, db: sqlite3.Connection) -> None:
        self._folder = folder
        self._db = db
        self._committed_changes = db.total_changes
        self._words = postings.Changes()
        self._whole: Callable[[Path], bool] = faiss_file.untouched

    @property
    def settings(self) -> dict[str, str]:
        """``model``, ``fingerprint`` and ``dim`` of the encoder, ``pipeline`` and ``corpora``; empty when new."""
        return database.settings(self._db)

    def configure(self, background: Background, **values: str) -> None:
        """Set the encoder's background and settings, for a new store or after ``clear``."""
        database.write_background(self._db, background)
        self.set(**values)

    def set(self, **values: str) -> None:
        """Set what differs from what is set."""
        changed = values.items() - self.settings.items()
        self._db.executemany("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", changed)

    def add(self, encoded: EncodedArticle) -> None:
        article = encoded.article
        rowid = self._db.execute(
            "INSERT INTO articles (id, path, size, mtime_ns, file_hash, content_hash, title, text, date, lang,"
            " source, url, headings, kept, author, dated, text_hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            _row(article, encoded.file),
        ).lastrowid
        for passage in encoded.passages:
            id_ = self._db.execute(
                "INSERT INTO passages (article, start, end, lang, sentences, vector, sentence_vectors, senses,"
                " tokens, terms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                _passage_row(rowid, article.lang, passage),
            ).lastrowid
            assert id_ is not None
            self._words.add(id_, chain.from_iterable(passage.terms))
        reach("article.added")

    def readings(self, rowid: int) -> dict[Reading, Read]:
        """The passages of an article as they were encoded."""
        return dict(encoded_readings(self._db, rowid, int(self.settings["dim"])))

    def without_vectors(self, lang: str, terms: Iterable[str]) -> list[str]:
        """Those of ``terms`` that the words of ``lang`` do not have yet."""
        known = "SELECT 1 FROM word_vectors WHERE lang = ? AND term = ?"
        return [term for term in terms if self._db.execute(known, (lang, term)).fetchone() is None]

    def add_words(self, lang: str, terms: Iterable[str], vectors: Vectors) -> None:
        """Give words of ``lang`` their vectors, float32 ``(n, words.DIM)``; they stay when the articles go."""
        self._db.executemany(
            "INSERT INTO word_vectors (lang, term, vector) VALUES (?, ?, ?)",
            [(lang, term, database.to_blob(vector, "<f2")) for term, vector in zip(terms, vectors, strict=True)],
        )
        reach("words.added")

    def move(self, rowid: int, article: Article, file: FileState) -> None:
        """Give a stored article another file and id; its text, passages and vectors stay as they are."""
        self._db.execute(
            "UPDATE articles SET id = ?, path = ?, size = ?, mtime_ns = ?, file_hash = ?, content_hash = ?,"
            " title = ?, text = ?, date = ?, lang = ?, source = ?, url = ?, headings = ?, kept = ?,"
            " author = ?, dated = ?, text_hash = ?"
            " WHERE rowid = ?",
            (*_row(article, file), rowid),
        )

    def settle(self, file: FileState) -> None:
        """Note the state of a file for all of its articles."""
        self._db.execute(
            "UPDATE articles SET size = ?, mtime_ns = ?, file_hash = ? WHERE path = ?",
            (file.size, file.mtime_ns, file.file_hash, file.path),
        )

    def remove(self, rowids: Iterable[int]) -> None:
        for rowid in rowids:
            for id_, terms in self._db.execute("SELECT id, terms FROM passages WHERE article = ?", (rowid,)):
                self._words.remove(id_, terms.split())
            self._db.execute("DELETE FROM articles WHERE rowid = ?", (rowid,))
        reach("article.removed")

    def clear(self) -> None:
        """Remove every article and word, keeping what has been set by ``configure`` and ``set``."""
        self._db.execute("DELETE FROM articles")
        self._db.execute("DELETE FROM word_vectors")
        self._db.execute("DELETE FROM postings")
        self._words = postings.Changes()
        history.begin_anew(self._db)

    def commit(self) -> None:
        """Make all changes since the last commit last, as one new generation, then renew FAISS files if need be."""
        changed = self._db.total_changes > self._committed_changes
        if changed:
            self._words.write(self._db)
            reach("postings.written")
            history.record(self._db)
            reach("commit.before")
            self._db.execute("COMMIT")
            reach("commit.after")
        derived.save(self._folder, self._db, whole=self._whole)
        self._whole = _looked_at
        if changed:
            self._db.execute("BEGIN IMMEDIATE")
            self._committed_changes = self._db.total_changes

    def passage_count(self) -> int:
        """How many passages there are."""
        (count,) = self._db.execute("SELECT count(*) FROM passages").fetchone()
        return int(count)


def _looked_at(_: Path) -> bool:
    """Files are looked at once; those after are our own."""
    return True


@contextmanager
def open_writer(folder: Path) -> Iterator[LocalWriter]:
    """The writer of the store in ``folder``, which is made if need be; what is not committed is undone.

    Raises IndexLocked while another process writes, StoreError where the folder cannot be written,
    IndexDamaged and IndexMismatch as ``database.connect`` does.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with writing(folder):
            faiss_file.sweep(folder)
            db = database.connect(folder, create=True)
            try:
                db.execute("BEGIN IMMEDIATE")
                yield LocalWriter(folder, db)
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                # Whatever readers hold, so that many small updates do not pile up in the log.
                db.execute("PRAGMA wal_checkpoint(PASSIVE)")
                db.close()
    except OSError as error:
        raise StoreError(
            f"cannot write the index in {folder} ({error.strerror}): "
            "make the folder writable or name another with --index DIR"
        ) from None
    except sqlite3.Error as error:
        raise database.damaged(folder, error) from None


def _row(article: Article, file: FileState) -> tuple[object, ...]:
    return (
        article.id,
        file.path,
        file.size,
        file.mtime_ns,
        file.file_hash,
        article.content_hash,
        article.title,
        article.text,
        article.date.isoformat() if article.date else None,
        article.lang,
        article.source,
        article.url,
        json.dumps(article.headings),
        json.dumps([astuple(run) for run in article.kept]),
        article.author,
        article.dated,
        article.text_hash,
    )


def _passage_row(article: int | None, lang: str, passage: EncodedPassage) -> tuple[object, ...]:
    return (
        article,
        passage.start,
        passage.end,
        lang,
        json.dumps(passage.sentences),
        database.to_blob(passage.vector, "<f4"),
        database.to_blob(passage.sentence_vectors, "<f2"),
        passage.senses.tobytes(),
        tokens_blob(passage.tokens, passage.counts),
        "\n".join(" ".join(terms) for terms in passage.terms),
    )
