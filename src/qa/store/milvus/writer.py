"""Writing an index in Milvus: rows that nobody sees, then the row of the commit that makes them count."""

from __future__ import annotations

import json
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from qa.article import Article
from qa.centring import Background
from qa.encoder import Read, Reading
from qa.store.failpoints import reach
from qa.store.milvus import commits, facts, lease, rows, schema
from qa.store.milvus.commits import Commit
from qa.store.milvus.connection import Connection, listed, quoted
from qa.store.milvus.lease import Lease
from qa.store.milvus.outbox import Outbox
from qa.store.milvus.reader import opened
from qa.store.milvus.rewrite import sweep
from qa.store.milvus.schema import ARTICLES, FACTS, PASSAGES, WORDS
from qa.store.records import By, EncodedArticle, FileState, Known, Vectors
from qa.store.register import Register

T = TypeVar("T")

AT_ONCE = 50
"""Articles whose rows are read together, to be removed."""


class MilvusWriter:
    """The one writer of a store; made by ``open_writer``. Changes count from ``commit`` on."""

    def __init__(self, connection: Connection, newest: Commit | None, claim: Lease | None) -> None:
        self._connection = connection
        self._lease = claim
        self._begin(newest or Commit(epoch=_new_epoch()))
        self._register = Register()
        if newest and "dim" in newest.settings:
            self._register = opened(connection, newest).register

    def _begin(self, commit: Commit, made: set[str] | None = None) -> None:
        """What is written from now on comes after ``commit``."""
        self._before = commit
        self._out = Outbox(self._connection, commit, made)
        self._articles, self._passages, self._words = Counter(commit.articles), commit.passages, commit.words
        self._counted: Counter[str] = Counter()
        self._settled: dict[str, FileState] = {}
        self._new_words: set[tuple[str, str]] = set()

    @property
    def settings(self) -> dict[str, str]:
        """``model``, ``fingerprint`` and ``dim`` of the encoder, ``pipeline`` and ``corpora``; empty when new."""
        return dict(self._out.settings)

    def configure(self, background: Background, **values: str) -> None:
        """Set the encoder's background and settings, for a new store or after ``clear``."""
        self._out.background = commits.pack(background)
        self._out.changed = True
        self.set(**values)

    def set(self, **values: str) -> None:
        """Set what differs from what is set."""
        self._out.changed |= bool(values.items() - self._out.settings.items())
        self._out.settings |= values

    def known(self, by: By | None = None, value: str = "") -> list[Known]:
        return self._register.known(by, value)

    def files(self) -> dict[str, tuple[int, int]]:
        return self._register.files()

    def add(self, encoded: EncodedArticle) -> None:
        article = encoded.article
        number = self._out.next(ARTICLES)
        self._add_article(article, encoded.file, number, pk=number)
        background = self._out.centring()
        for passage in encoded.passages:
            id_ = self._out.next(PASSAGES)
            row = rows.passage_row(passage, article, number=id_, of=number, background=background)
            self._out.put(PASSAGES, row | {"pk": id_})
            self._counted.update({term for terms in passage.terms for term in terms})
        self._passages += len(encoded.passages)
        self._articles[article.lang] += 1
        reach("article.added")

    def move(self, rowid: int, article: Article, file: FileState) -> None:
        """Give a stored article another file and id; its text, passages and vectors stay as they are."""
        self._bury_articles(f"number == {rowid}")
        self._articles[article.lang] += 1
        self._add_article(article, file, rowid, pk=self._out.next(ARTICLES))
        source, day = schema.cut(article.source), rows.own_day(article)
        now = {"lang": article.lang, "source": source, "day": day}
        differ = f"lang != {quoted(article.lang)} or source != {quoted(source)} or day != {day}"
        for row in self._out.bury(PASSAGES, f"article == {rowid} and ({differ})"):
            moved = row | now | {"pk": self._out.next(PASSAGES)}
            self._out.put(PASSAGES, rows.whole(PASSAGES, moved, self._out.centring(), self._out.dim))

    def settle(self, file: FileState) -> None:
        """Note the state of a file for all of its articles."""
        if others := [one for one in self._register.known("path", file.path) if one.file != file]:
            self._register.put(replace(one, file=file) for one in others)
            self._settled[file.path] = file
            self._out.changed = True

    def remove(self, rowids: Iterable[int]) -> None:
        """Remove articles with their passages. Their numbers are never used again."""
        for some in _batches([*rowids], AT_ONCE):
            self._bury_articles(f"number in {listed(some)}")
            for row in self._out.bury(PASSAGES, f"article in {listed(some)}"):
                self._counted.subtract(rows.terms_of(row))
                self._passages -= 1
        reach("article.removed")

    def clear(self) -> None:
        """Remove every article and word, keeping what has been set by ``configure`` and ``set``."""
        kept = replace(
            self._before,
            settings=self._out.settings,
            background=self._out.background,
            last=self._out.last,
            epoch=_new_epoch(),
            articles={},
            passages=0,
            words=0,
            partitions=(),
        )
        self._begin(kept)
        self._register = Register()
        self._out.changed = True

    def readings(self, rowid: int) -> dict[Reading, Read]:
        """The passages of an article as they were encoded."""
        self._out.send()
        known: dict[Reading, Read] = {}
        for row in self._out.rows(ARTICLES, f"number == {rowid}"):
            passages = self._out.rows(PASSAGES, f"article == {rowid}")
            known |= rows.encoded_readings(rows.stored_article(row).article, passages, self._out.dim)
        return known

    def without_vectors(self, lang: str, terms: Iterable[str]) -> list[str]:
        """Those of ``terms`` that the words of ``lang`` do not have yet."""
        new = [term for term in terms if (lang, term) not in self._new_words]
        held = set[str]()
        if self._before.words and self._out.epoch == self._before.epoch:
            for some in _batches(new, facts.SOME):
                where = f"term in {listed(some)} and lang == {quoted(lang)}"
                held |= {row["term"] for row in self._out.query(WORDS, where, ["term"])}
        return [term for term in new if term not in held]

    def add_words(self, lang: str, terms: Iterable[str], vectors: Vectors) -> None:
        """Give words of ``lang`` their vectors, float32 ``(n, words.DIM)``; they stay when the articles go."""
        terms = list(terms)
        for row in rows.word_rows(lang, terms, vectors, self._out.centring()):
            self._out.put(WORDS, row | {"pk": self._out.next(WORDS)})
        self._new_words |= {(lang, term) for term in terms}
        self._words += len(terms)
        reach("words.added")

    def commit(self) -> None:
        """Make all changes since the last commit last, as one new generation."""
        if not self._out.changed:
            return
        self._count()
        self._out.send()
        reach("rows.written")
        if "dim" in self._out.settings:
            self._out.make()
            self._connection.settle(self._out.names.values())
        if self._lease:
            self._lease.check()
        commit = Commit(
            number=self._out.number,
            id=commits.next_id(),
            at=time.time(),
            epoch=self._out.epoch,
            settings=self._out.settings,
            background=self._out.background,
            articles=commits.without_nothing(self._articles),
            passages=self._passages,
            words=self._words,
            partitions=tuple(sorted(self._out.partitions)),
            last=self._out.last,
        )
        reach("commit.before")
        commits.record(self._connection, commit)
        reach("commit.after")
        self._begin(commit, self._out.made)

    def article_count(self) -> int:
        return self._articles.total()

    def passage_count(self) -> int:
        """How many passages there are."""
        return self._passages

    def _add_article(self, article: Article, file: FileState, number: int, *, pk: int) -> None:
        self._out.put(ARTICLES, rows.article_row(article, file, number) | {"pk": pk})
        self._register.put([Known(number, article.id, file, article.content_hash)])

    def _bury_articles(self, where: str) -> None:
        for row in self._out.bury(ARTICLES, where):
            self._articles[row["lang"]] -= 1
            self._register.drop(row["number"])

    def _count(self) -> None:
        """Write how often each word stands in passages now, and the states of files."""
        counted = {facts.word(term): n for term, n in self._counted.items() if n}
        if not (counted or self._settled):
            return
        self._out.send()
        states = {
            facts.file(path): [state.size, state.mtime_ns, state.file_hash, self._out.last[ARTICLES]]
            for path, state in self._settled.items()
        }
        keys = [*counted, *states]
        before = (
            facts.rows(self._connection, self._out.names[FACTS], keys, self._before.number, "Strong")
            if self._out.there()
            else []
        )
        if before:
            self._out.exchange(FACTS, before)
        then = {row["key"]: json.loads(row["value"]) for row in before}
        now = {key: then.get(key, 0) + n for key, n in counted.items()} | states
        for key, value in now.items():
            if value:
                row = {"pk": self._out.next(FACTS), "key": key, "value": json.dumps(value)}
                self._out.put(FACTS, schema.with_none(row))


@contextmanager
def open_writer(connection: Connection, folder: Path) -> Iterator[MilvusWriter]:
    """The writer of the store, which is made if need be; what is not committed is undone.

    Raises IndexLocked while another process writes, and StoreError where Milvus cannot be reached or written.
    """
    if connection.prefix not in connection.collections():
        schema.create_control(connection)
    with lease.writing(connection, folder) as claim:
        remembered = commits.every(connection)
        sweep(connection, remembered)
        yield MilvusWriter(connection, remembered[-1] if remembered else None, claim)


def _batches(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (values[at : at + size] for at in range(0, len(values), size))


def _new_epoch() -> str:
    return uuid.uuid4().hex[:8]
