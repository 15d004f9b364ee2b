"""Reading an index in Milvus: each request sees one commit, whatever a writer does meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property

import numpy as np

from qa.centring import Background
from qa.encoder import Read, Reading
from qa.errors import IndexDamaged
from qa.store.milvus import commits, facts, listing, rows, schema
from qa.store.milvus.commits import Commit
from qa.store.milvus.connection import Connection, Row, listed, quoted
from qa.store.milvus.schema import ARTICLES, BREADTH, FACTS, PASSAGES, WORDS, alive
from qa.store.postings import rarities
from qa.store.records import (
    ALL,
    EVERYTHING,
    By,
    Choice,
    FileState,
    Filter,
    Known,
    Listed,
    StoredArticle,
    StoredPassage,
    Vectors,
)
from qa.store.register import Register

WINDOW, TEXTS = 1000, 100
"""Rows that are read at once where all are read, and where they have texts: a server sends 100 MB at most."""


class MilvusView:
    """One commit of the store, for the length of one request."""

    def __init__(self, connection: Connection, commit: Commit, background: Background) -> None:
        self._connection = connection
        self._commit = commit
        self._names = schema.names(connection.prefix, commit.epoch)
        self._frequencies: dict[str, int] = {}  # asked for twice by each question
        self.background = background

    @property
    def settings(self) -> dict[str, str]:
        return dict(self._commit.settings)

    @property
    def _dim(self) -> int:
        return int(self._commit.settings["dim"])

    def dense(self, vector: Vectors, k: int, only: Filter = EVERYTHING) -> list[tuple[int, float]]:
        """The ``k`` passages nearest to a centred question ``(dim,)``: ids and cosines, best first."""
        found = self._nearest(PASSAGES, vector[None, :], k, only, ["passage"])[0]
        return [(row["passage"], row["distance"]) for row in _once(found, "passage")]

    def lexical(self, terms: Sequence[str], k: int, only: Filter = EVERYTHING) -> list[int]:
        """The ids of the ``k`` passages that hold the most of ``terms``, each counted by its rarity, best first."""
        frequencies = {term: n for term, n in self.document_frequencies(terms).items() if n}
        chosen = self._chosen(only)
        if not frequencies or chosen is None:
            return []
        weights = rarities(frequencies, self._commit.passages)
        asked = {rows.dimension(term): weight for term, weight in weights.items()}
        where, partitions = chosen
        found = self._connection.search(
            self._names[PASSAGES],
            "sparse",
            [asked],
            k,
            filter=where,
            output_fields=["passage"],
            partition_names=partitions,
            consistency_level=self._commit.consistency,
        )[0]
        # Newer ones come before older ones that hold as much, as in the local store.
        ranked = sorted(found, key=lambda row: (-row["distance"], -row["passage"]))
        return [row["passage"] for row in _once(ranked, "passage")]

    def similar_words(self, vectors: Vectors, lang: str, k: int) -> list[dict[str, float]]:
        """For each centred word of ``vectors`` ``(n, words.DIM)`` the ``k`` nearest of ``lang``, with cosines."""
        if not self._commit.words:
            return [{} for _ in vectors]
        found = self._connection.search(
            self._names[WORDS],
            "dense",
            vectors.tolist(),
            k,
            filter=f"lang == {quoted(lang)} and born <= {self._commit.number}",
            output_fields=["term"],
            search_params={"params": {"ef": BREADTH[WORDS]}},
            consistency_level=self._commit.consistency,
        )
        return [{row["term"]: row["distance"] for row in near} for near in found]

    def word_vectors(self, terms: Sequence[str], lang: str) -> dict[str, Vectors]:
        """The vector ``(words.DIM,)`` of each of ``terms`` that the index has one of in ``lang``, not centred."""
        if not terms or not self._commit.words:
            return {}
        where = f"term in {listed(terms)} and lang == {quoted(lang)} and born <= {self._commit.number}"
        found = self._query(WORDS, where, ["term", "vector"])
        return {row["term"]: rows.word_vector(row) for row in found}

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of ``terms`` stands."""
        new = {facts.word(term): term for term in terms if term not in self._frequencies}
        if new:
            asked = new if self._commit.passages else {}
            counts = facts.values(self._connection, self._names[FACTS], asked, *self._at)
            self._frequencies |= {term: counts.get(key, 0) for key, term in new.items()}
        return {term: self._frequencies[term] for term in terms}

    def languages(self) -> frozenset[str]:
        """The languages that articles are in."""
        return frozenset(self._commit.articles)

    def passage_count(self) -> int:
        return self._commit.passages

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """The passages of ``ids``, in that order; ids that are not there are left out."""
        if not ids or not self._commit.passages:
            return []
        found = self._query(PASSAGES, f"passage in {listed(ids)} and {self._alive}", rows.PASSAGE)
        stored = {row["passage"]: rows.stored_passage(row, self._dim) for row in found}
        return [stored[id_] for id_ in ids if id_ in stored]

    def read_ahead(self, terms: Sequence[str], k: int) -> None:
        """Nothing: a question more to the server costs more than it saves."""

    def articles_of(self, rowids: Sequence[int]) -> list[StoredArticle]:
        """Those articles, in that order."""
        if not rowids:
            return []
        found = {row["number"]: row for row in self._articles(f"number in {listed(rowids)}", rows.ARTICLE)}
        return [rows.stored_article(found[rowid]) for rowid in rowids]

    def passages_of(self, rowids: Sequence[int]) -> list[StoredPassage]:
        """All passages of those articles, in the order in which they were added."""
        if not rowids or not self._commit.passages:
            return []
        return [rows.stored_passage(row, self._dim) for row in self._passage_rows(rowids)]

    def _passage_rows(self, rowids: Sequence[int]) -> list[Row]:
        found = self._query(PASSAGES, f"article in {listed(rowids)} and {self._alive}", rows.PASSAGE)
        return sorted(found, key=lambda row: int(row["passage"]))

    def words(self) -> Iterator[tuple[str, list[str], Vectors]]:
        """All words that have a vector, some at a time: language, terms, and vectors ``(n, words.DIM)``."""
        for some in self._all(WORDS, "pk", ["lang", "term", "vector"], f"born <= {self._commit.number}"):
            for lang in sorted({row["lang"] for row in some}):
                chosen = [row for row in some if row["lang"] == lang]
                vectors = [rows.word_vector(row) for row in chosen]
                yield lang, [row["term"] for row in chosen], np.stack(vectors)

    def article(self, rowid: int) -> StoredArticle:
        found = self.find(rowid=rowid)
        if found is None:
            raise IndexDamaged(f"article {rowid} is missing in {self._connection.where}: see `qa doctor`")
        return found

    def find(self, *, id: str = "", rowid: int = 0) -> StoredArticle | None:  # noqa: A002
        """The article with this id or row, if there is one."""
        found = self._articles(f"number == {rowid}" if rowid else f"id == {quoted(id)}", rows.ARTICLE)
        return rows.stored_article(found[0]) if found else None

    def known(self, by: By | None = None, value: str = "") -> list[Known]:
        return self.register.known(by, value)

    def files(self) -> dict[str, tuple[int, int]]:
        return self.register.files()

    def article_count(self) -> int:
        return sum(self._commit.articles.values())

    @cached_property
    def register(self) -> Register:
        """All articles; they are read at once."""
        if not self._commit.articles:
            return Register()
        settled = facts.all_files(self._connection, self._names[FACTS], *self._at)
        states: dict[tuple[object, ...], FileState] = {}
        found = []
        for row in self._all_articles(rows.KNOWN):
            size, mtime, file_hash, upto = settled.get(row["path"], (0, 0, "", -1))
            state = None
            if abs(row["pk"]) <= upto:
                state = FileState(row["path"], size, mtime, file_hash)
                state = states.setdefault((row["path"], size, mtime, file_hash), state)
            found.append(rows.known(row, state))
        return Register(found)

    def readings(self, rowid: int) -> dict[Reading, Read]:
        """The passages of an article as they were encoded."""
        found = self.find(rowid=rowid)
        return rows.encoded_readings(found.article, self._passage_rows([rowid]), self._dim) if found else {}

    def articles(self) -> list[StoredArticle]:
        """All articles, newest first; those that only their file's time dates are the last."""
        return [*map(rows.stored_article, sorted(self._all_articles(rows.ARTICLE), key=rows.newest_first))]

    def newest(self, limit: int, offset: int = 0) -> list[Listed]:
        """``limit`` articles, newest first, without their texts; those with the same text are one."""
        large = limit >= 0 and sum(self._commit.articles.values()) > WINDOW
        found = listing.newest(self._lines, limit, offset) if large else None
        return self.browse(ALL, limit, offset)[0] if found is None else found

    def browse(self, choice: Choice = ALL, limit: int = -1, offset: int = 0) -> tuple[list[Listed], int]:
        """The same of the articles that ``choice`` lets through, and how many these are in all."""
        return listing.browse(self._all_articles(rows.LISTED), choice, limit, offset)

    def copies(self, rowids: Sequence[int]) -> dict[int, tuple[Listed, ...]]:
        """For those of ``rowids`` whose text others have too: these, the first indexed first."""
        return listing.copies(self._lines, rowids)

    def listed(self, rowids: Sequence[int]) -> list[Listed]:
        """The articles of ``rowids`` in that order, without their texts; those that are not there are left out."""
        return listing.listed_of(self._lines, rowids)

    def counts(self) -> tuple[dict[str, int], int]:
        """How many articles there are in each language, the most first, and how many copies of them besides."""
        return listing.counts(self._all_articles(("lang", "hash")))

    def sources(self) -> list[tuple[str, int, date | None]]:
        """Each source, how many articles it has and the day of its newest; those with most articles first."""
        return listing.sources(self._all_articles(("source", "day", "dated", "hash")))

    def _lines(self, where: str) -> list[Row]:
        return self._articles(where, rows.LISTED)

    def _nearest(self, kind: str, vectors: Vectors, k: int, only: Filter, fields: Sequence[str]) -> list[list[Row]]:
        chosen = self._chosen(only)
        if chosen is None or not self._commit.passages:
            return [[] for _ in vectors]
        where, partitions = chosen
        return self._connection.search(
            self._names[kind],
            "dense",
            vectors.tolist(),
            k,
            filter=where,
            output_fields=list(fields),
            partition_names=partitions,
            search_params={"params": {"ef": max(BREADTH[kind], k)}},
            consistency_level=self._commit.consistency,
        )

    def _chosen(self, only: Filter) -> tuple[str, list[str]] | None:
        """What is true of the passages that ``only`` lets through, and where they are; None for no passage."""
        conditions, partitions = [self._alive], list(self._commit.partitions)
        if only.since or only.until:
            first, last = only.since or date.min, only.until or date.max
            days = first.toordinal(), last.toordinal()
            names = tuple(map(schema.partition, days))
            partitions = [name for name in partitions if names[0] <= name <= names[1]]
            conditions.append(f"day >= {days[0]} and day <= {days[1]}")
        if only.lang:
            conditions.append(f"lang == {quoted(only.lang)}")
        if only.source:
            conditions.append(f"source == {quoted(schema.cut(only.source))}")
        if only.article:
            found = self._articles(f"id == {quoted(only.article)}", ["number"])
            conditions.append(f"article in {listed(row['number'] for row in found)}")
            if not found:
                return None
        return (" and ".join(conditions), partitions) if partitions else None

    @cached_property
    def _alive(self) -> str:
        return alive(self._commit.number)

    @property
    def _at(self) -> tuple[int, str]:
        return self._commit.number, self._commit.consistency

    def _query(self, kind: str, where: str, fields: Sequence[str]) -> list[Row]:
        key = schema.IDENTITY[kind]
        found = self._connection.query(
            self._names[kind],
            where,
            list(dict.fromkeys((key, *fields))),
            consistency_level=self._commit.consistency,
        )
        return _once(found, key)

    def _articles(self, where: str, fields: Sequence[str]) -> list[Row]:
        return self._query(ARTICLES, f"{where} and {self._alive}", fields) if self._commit.articles else []

    def _all_articles(self, fields: Sequence[str]) -> Iterator[Row]:
        if self._commit.articles:
            for some in self._all(ARTICLES, "number", fields, self._alive):
                yield from some

    def _all(self, kind: str, number: str, fields: Sequence[str], where: str) -> Iterator[list[Row]]:
        """All rows of which ``where`` is true, some at a time, by their numbers."""
        window = TEXTS if "body" in fields else WINDOW
        for first in range(1, self._commit.last[kind] + 1, window):
            some = f"{number} >= {first} and {number} < {first + window}"
            found = self._query(kind, f"{some} and {where}", [number, *fields])
            yield sorted(found, key=lambda row: int(row[number]))


def _once(found: list[Row], key: str) -> list[Row]:
    """``found`` without what a writer is just putting there a second time."""
    return list({row[key]: row for row in found}.values())


def opened(connection: Connection, commit: Commit) -> MilvusView:
    """What ``commit`` shows."""
    return MilvusView(connection, commit, commits.unpack(commit.background, int(commit.settings["dim"])))
