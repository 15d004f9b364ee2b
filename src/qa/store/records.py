"""What goes into the store and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from qa.article import Article, Dated
from qa.encoder.senses import Senses
from qa.encoder.tokens import Small

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells whether the file ``path`` has changed: its size, its time and the SHA-256 (hex) of its bytes."""

    path: str
    size: int
    mtime_ns: int
    file_hash: str


@dataclass(frozen=True, slots=True)
class Known:
    """An article that the store has, as far as an indexing run must know it."""

    rowid: int
    id: str
    file: FileState
    content_hash: str


By = Literal["path", "content", "name"]
"""What such articles are looked up by: their file, the hash of their content, or a name: the id of an article, or
of a file of many, which is what stands before the last ``#`` in the ids of these."""


@dataclass(frozen=True, slots=True)
class EncodedPassage:
    """A passage ready to be stored.

    ``sentences``: character spans in the article's text. ``vector``: float32 ``(dim,)``.
    ``sentence_vectors``: float32 ``(len(sentences), dim)``; the store keeps them in float16.
    ``tokens``: uint8 ``(n, tokens.DIM // 2)``, those of its sentences one after the other; ``counts``: of each how
    many.
    ``senses``: int8 ``(1 + len(sentences), senses.DIM)``, what the passage and then its sentences mean, each alone:
    unit vectors of the universal encoder as ``senses.packed`` makes them, times ``senses.SCALE``.
    ``terms``: the analysed words of each sentence.
    """

    start: int
    end: int
    sentences: tuple[tuple[int, int], ...]
    vector: Vectors
    sentence_vectors: Vectors
    tokens: Small
    counts: tuple[int, ...]
    senses: Senses
    terms: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class EncodedArticle:
    """An article with all its passages, from one file."""

    article: Article
    file: FileState
    passages: tuple[EncodedPassage, ...]


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as the store gives it back; ``article`` is the rowid of its article."""

    id: int
    article: int
    lang: str
    encoded: EncodedPassage


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as the store gives it back, with its file and the content hash it was stored under."""

    rowid: int
    article: Article
    path: Path
    content_hash: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles are searched: those of which all that is given here is true.

    ``since`` and ``until`` are inclusive, and leave out articles without a date of their own. ``source`` and
    ``article`` (its id) are compared whole.
    """

    since: date | None = None
    until: date | None = None
    lang: str = ""
    source: str = ""
    article: str = ""


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Choice:
    """Which articles are listed: those of which all that is given here is true.

    ``source`` stands in the article's, in whatever case; ``since`` and ``until`` are inclusive, and leave out
    articles without a date of their own.
    """

    lang: str = ""
    source: str = ""
    since: date | None = None
    until: date | None = None


ALL = Choice()


@dataclass(frozen=True, slots=True)
class Listed:
    """An article as far as a list of articles shows it.

    ``also`` are the others with the same text, the first indexed first; filled where such lists are folded.
    """

    rowid: int
    id: str
    title: str
    date: date | None
    dated: Dated
    source: str
    url: str
    lang: str
    file: str = ""
    also: tuple[Listed, ...] = ()
