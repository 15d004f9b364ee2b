"""The index on disk, behind one Protocol.

`LocalStore` keeps it in one SQLite database, the truth, and in FAISS files derived from it; `MilvusStore`
in Milvus. Whatever keeps an index must pass the same tests (``tests/store_conformance.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Protocol

from qa.article import Article
from qa.centring import Background
from qa.encoder import Read, Reading
from qa.store.place import remote
from qa.store.records import (
    ALL,
    EVERYTHING,
    By,
    Choice,
    EncodedArticle,
    FileState,
    Filter,
    Known,
    Listed,
    StoredArticle,
    StoredPassage,
    Vectors,
)


class Articles(Protocol):
    """What an indexing run must know of the articles that are there."""

    def known(self, by: By | None = None, value: str = "") -> list[Known]:
        """Articles, the first indexed first.

        All, or those of which ``value`` is the file, the hash of the content or the name, as ``by`` says.
        """

    def files(self) -> dict[str, tuple[int, int]]:
        """The size and time (ns) of each file that articles are from; of one that is not settled its time is -1."""

    def article_count(self) -> int:
        """How many articles there are."""


class View(Articles, Protocol):
    """One generation of the store, for the length of one request: no writer changes what it shows."""

    background: Background

    @property
    def settings(self) -> dict[str, str]:
        """Those of ``Writer.settings``."""

    def dense(self, vector: Vectors, k: int, only: Filter = EVERYTHING) -> list[tuple[int, float]]:
        """The ``k`` passages nearest to a centred question ``(dim,)``: ids and cosines, best first."""

    def lexical(self, terms: Sequence[str], k: int, only: Filter = EVERYTHING) -> list[int]:
        """The ids of the ``k`` passages that hold the most of ``terms``, each counted by its rarity, best first."""

    def similar_words(self, vectors: Vectors, lang: str, k: int) -> list[dict[str, float]]:
        """For each centred word of ``vectors`` ``(n, words.DIM)`` the ``k`` nearest of ``lang``, with cosines."""

    def word_vectors(self, terms: Sequence[str], lang: str) -> dict[str, Vectors]:
        """The vector ``(words.DIM,)`` of each of ``terms`` that the index has one of in ``lang``, not centred."""

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of ``terms`` stands."""

    def languages(self) -> frozenset[str]:
        """The languages that articles are in."""

    def passage_count(self) -> int:
        """How many passages there are."""

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """The passages of ``ids``, in that order; ids that are not there are left out."""

    def read_ahead(self, terms: Sequence[str], k: int) -> None:
        """Read what ``lexical`` will bring up, if that is cheap; for who must wait for something else."""

    def article(self, rowid: int) -> StoredArticle:
        """The article of a passage that this view has shown."""

    def find(self, *, id: str = "", rowid: int = 0) -> StoredArticle | None:  # noqa: A002
        """The article with this id or row, if there is one."""

    def newest(self, limit: int, offset: int = 0) -> list[Listed]:
        """``limit`` articles in the order of ``articles``, without their texts (-1: all).

        Those with the same text are one: the first that was indexed, with the others in ``also``.
        """

    def browse(self, choice: Choice = ALL, limit: int = -1, offset: int = 0) -> tuple[list[Listed], int]:
        """As ``newest``, of the articles that ``choice`` lets through, and how many these are in all.

        Of articles with the same text it must let one through: the first such leads, and ``also`` has all others.
        """

    def copies(self, rowids: Sequence[int]) -> dict[int, tuple[Listed, ...]]:
        """For those of ``rowids`` whose text others have too: these, the first indexed first."""

    def listed(self, rowids: Sequence[int]) -> list[Listed]:
        """The articles of ``rowids`` in that order, without their texts; those that are not there are left out."""

    def sources(self) -> list[tuple[str, int, date | None]]:
        """Each source, how many articles it has and the day of its newest; those with most articles first.

        An article that it has twice counts once.
        """

    def readings(self, rowid: int) -> dict[Reading, Read]:
        """Those of ``Writer.readings`` that are sound."""

    def articles(self) -> list[StoredArticle]:
        """All articles, newest first; those that only their file's time dates, or nothing, are the last."""

    def articles_of(self, rowids: Sequence[int]) -> list[StoredArticle]:
        """Those articles, in that order."""

    def passages_of(self, rowids: Sequence[int]) -> list[StoredPassage]:
        """All passages of those articles, in the order in which they were added."""

    def words(self) -> Iterator[tuple[str, list[str], Vectors]]:
        """All words that have a vector, some at a time: language, terms, and vectors ``(n, words.DIM)``."""


class Writer(Articles, Protocol):
    """The one writer of a store. Changes count from ``commit`` on, all together or not at all."""

    @property
    def settings(self) -> dict[str, str]:
        """``model``, ``fingerprint`` and ``dim`` of the encoder, ``pipeline`` and ``corpora``; empty when new."""

    def configure(self, background: Background, **values: str) -> None:
        """Set the encoder's background and settings, for a new store or after ``clear``."""

    def set(self, **values: str) -> None:
        """Set what differs from what is set."""

    def add(self, encoded: EncodedArticle) -> None:
        """Add an article with its passages. Its id must be new."""

    def move(self, rowid: int, article: Article, file: FileState) -> None:
        """Give a stored article another file and id; its text, passages and vectors stay as they are."""

    def settle(self, file: FileState) -> None:
        """Note the state of a file for all of its articles."""

    def remove(self, rowids: Iterable[int]) -> None:
        """Remove articles with their passages. Their numbers are never used again."""

    def clear(self) -> None:
        """Remove every article and word, keeping what has been set by ``configure`` and ``set``."""

    def readings(self, rowid: int) -> dict[Reading, Read]:
        """The passages of an article as they were encoded."""

    def without_vectors(self, lang: str, terms: Iterable[str]) -> list[str]:
        """Those of ``terms`` that the words of ``lang`` do not have yet."""

    def add_words(self, lang: str, terms: Iterable[str], vectors: Vectors) -> None:
        """Give words of ``lang`` their vectors, float32 ``(n, words.DIM)``; they stay when the articles go."""

    def commit(self) -> None:
        """Make all changes since the last commit last, as one new generation."""

    def passage_count(self) -> int:
        """How many passages there are."""


class Store(Protocol):
    """An index, wherever it is kept; may be shared by threads."""

    @property
    def settings(self) -> dict[str, str]:
        """Those of ``Writer.settings`` as last committed. Raises IndexMissing where there is no index."""

    def view(self) -> AbstractContextManager[View]:
        """The newest generation.

        Raises IndexMissing where there is no index, IndexDamaged where it cannot be read, and IndexMismatch
        where another encoder has built it anew since it was opened.
        """

    def writer(self) -> AbstractContextManager[Writer]:
        """The one writer; what is not committed is undone.

        Raises IndexLocked while another process writes, and StoreError where nothing can be written.
        """

    def close(self) -> None:
        """Let go of what this thread has open, if it has; what is asked for later opens it anew."""


def open_store(place: Path) -> Store:
    """The store of the folder ``place``, which need not be there yet. Nothing is opened before it is used.

    Raises ConfigError where it is in Milvus, for which nothing is installed.
    """
    if where := remote(place):
        from qa.store.milvus import open_milvus

        return open_milvus(place, where)
    from qa.store.local import LocalStore

    return LocalStore(place)
