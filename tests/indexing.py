"""What the tests of the index share: tiny articles, and real encoders that say what they were asked for."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np

from qa.centring import LANGUAGES
from qa.encoder import Asked, Encoder, Read, Reading, Vectors
from qa.index import update
from qa.store import database, derived, postings
from qa.store.derived import PASSAGES, WORDS, Family
from qa.store.reader import Reader
from qa.store.records import StoredArticle

BRIDGE = """\
The old bridge is open again

The old bridge over the river opened on Monday after two years of repairs. It cost 3.5 million dollars.

Drivers had taken a detour through the harbour. The U.S. engineer Nora Lind led the work.
"""
BAKERY = """\
A bakery wins the prize

The bakery in Mill Street won the national prize for its rye bread. The baker's daughter has run it since 2019.
"""
STORM = """\
The storm spared the orchards

A storm passed over the valley on Friday night. The apple orchards were spared, the farmers said.
"""
FESTIVAL = """\
افتتاح مهرجان الموسيقى

افتتح مهرجان الموسيقى في المدينة القديمة يوم الخميس. وحضر الحفل الأول ألفا متفرج.

ويستمر المهرجان ثلاثة أيام، وتشارك فيه عشر فرق.
"""
TRAIN = """\
قطار جديد إلى الساحل

بدأ القطار السريع رحلاته إلى الساحل صباح اليوم. وتستغرق الرحلة أربعين دقيقة.
"""

_VECTORS: dict[tuple[str, bool, str], Vectors] = {}
_READ: dict[tuple[str, Reading], Read] = {}
_ASKED: dict[tuple[str, str], Asked] = {}


class Listening:
    """A real encoder that lists what was asked of it, and encodes no text twice in a test session.

    With ``dim`` it is another encoder: of each vector the first ``dim`` numbers, of unit length again.
    """

    def __init__(self, encoder: Encoder, *, dim: int | None = None) -> None:
        self._encoder = encoder
        self.dim = dim or encoder.dim
        self.fingerprint = f"{encoder.fingerprint}:{dim}" if dim else encoder.fingerprint
        self.passages: list[str] = []
        self.queries: list[str] = []

    @property
    def asked(self) -> list[str]:
        return self.passages + self.queries

    def encode_question(self, text: str) -> Asked:
        self.queries.append(text)
        key = (self._encoder.fingerprint, text)
        if key not in _ASKED:
            _ASKED[key] = self._encoder.encode_question(text)
        return Asked(self._cut(_ASKED[key].vector[None])[0], _ASKED[key].tokens)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.queries += texts
        return self._vectors(texts, is_query=True)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.passages += texts
        return self._vectors(texts, is_query=False)

    def iter_passages(self, readings: Sequence[Reading]) -> Iterator[Read]:
        keys = [(self._encoder.fingerprint, reading) for reading in readings]
        new = [key for key in keys if key not in _READ]
        _READ.update(zip(new, self._encoder.iter_passages([reading for _, reading in new]), strict=True))
        for key in keys:
            self.passages.append(key[1].text)
            yield replace(_READ[key], vectors=self._cut(_READ[key].vectors))

    def _vectors(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        encode = self._encoder.encode_queries if is_query else self._encoder.encode_passages
        keys = [(self._encoder.fingerprint, is_query, text) for text in texts]
        if new := [key for key in keys if key not in _VECTORS]:
            _VECTORS.update(zip(new, encode([text for *_, text in new]), strict=True))
        return self._cut(np.stack([_VECTORS[key] for key in keys]))

    def _cut(self, whole: Vectors) -> Vectors:
        vectors: Vectors = whole[:, : self.dim].copy()
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def write(folder: Path, **texts: str) -> Path:
    """``folder`` with a file ``NAME.txt`` for each text."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def home(folder: Path, encoder: Encoder) -> Path:
    """``folder`` with ``news``, three articles, and ``index``, their index."""
    update([write(folder / "news", a=BRIDGE, b=BAKERY, c=FESTIVAL)], folder / "index", Listening(encoder))
    return folder


def stored(index: Path) -> dict[str, StoredArticle]:
    """The articles of an index by id."""
    with Reader(index).view() as view:
        return {stored.article.id: stored for stored in view.articles()}


def rows(index: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    """What SQLite itself finds in an index."""
    db = sqlite3.connect(f"file:{index / database.DATABASE}?mode=ro", uri=True)
    try:
        return db.execute(query, values).fetchall()
    finally:
        db.close()


def nearest(index: Path, question: str, encoder: Encoder, *, lang: str = "en") -> list[tuple[str, int, float]]:
    """Article, start and cosine of the passages nearest to a question, best first."""
    with Reader(index).view() as view:
        vector = view.background.centre_questions(encoder.encode_queries([question]), lang)[0]
        scores = dict(view.dense(vector, 1000))
        return [
            (view.article(passage.article).article.id, passage.encoded.start, round(scores[passage.id], 5))
            for passage in view.passages(list(scores))
        ]


def assert_sound(index: Path) -> None:
    """The database is whole, and what is derived from it agrees: words, vectors, FAISS files of this state."""
    db = sqlite3.connect(index / database.DATABASE)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        lists = db.execute("SELECT * FROM postings ORDER BY term, chunk").fetchall()
        postings.rebuild(db)
        assert lists == db.execute("SELECT * FROM postings ORDER BY term, chunk").fetchall()
        db.rollback()
        ids = [rowid for (rowid,) in db.execute("SELECT id FROM passages ORDER BY id")]
        assert _ids(PASSAGES, index, db) in (ids, None)
        for lang in LANGUAGES:
            words = [n for (n,) in db.execute("SELECT id FROM word_vectors WHERE lang = ? ORDER BY id", (lang,))]
            assert _ids(WORDS[lang], index, db) in (words, None)
    finally:
        db.close()
    with Reader(index).view() as view:
        assert view.passage_count() == len(ids)
        for passage in view.passages(ids):
            text = view.article(passage.article).article.text
            assert all(text[start:end].strip() for start, end in passage.encoded.sentences)
            centred = view.background.centre_passages(passage.encoded.vector[None, :], passage.lang)[0]
            found = dict(view.dense(centred, len(ids)))
            assert abs(found[passage.id] - 1) < 1e-5


def _ids(family: Family, index: Path, db: sqlite3.Connection) -> list[int] | None:
    """What the file of ``family`` holds once it has been brought up to date."""
    dense = derived.loaded(family, index, db)
    if dense is None:
        return None
    more = faiss.vector_to_array(dense.added.id_map).tolist() if dense.added else []
    return sorted({*faiss.vector_to_array(dense.base.index.id_map).tolist()} - dense.removed) + sorted(more)


def python(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process that runs ``code`` with ``arguments``; talk to it by lines."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent), "OMP_NUM_THREADS": "1"},
    )


@contextmanager
def unprivileged() -> Iterator[Path]:
    """An empty folder, and no right to what permissions deny, which they do not to root."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.geteuid():
            yield folder
            return
        os.chown(folder, 65534, -1)
        os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(0)
