"""Rows of the tables of articles and passages, as what they stand for."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import accumulate
from pathlib import Path

import numpy as np

from qa.article import Article, Dated, Kept
from qa.encoder import Read, Reading
from qa.encoder.senses import DIM as SENSE_DIM
from qa.encoder.tokens import DIM as TOKEN_DIM
from qa.encoder.tokens import Small
from qa.errors import IndexDamaged
from qa.store import database
from qa.store.database import unit_vectors
from qa.store.records import EncodedPassage, StoredArticle, StoredPassage

ARTICLE = (
    "SELECT rowid, id, title, text, date, lang, source, url, headings, kept, path, content_hash, author, dated"
    " FROM articles"
)


def stored_article(
    row: tuple[int, str, str, str, str | None, str, str, str, str, str, str, str, str, Dated],
) -> StoredArticle:
    """The article of a ``row`` that begins with ``ARTICLE``. Raises IndexDamaged where it cannot be one."""
    rowid, id_, title, text, day, lang, source, url, headings, kept, path, content_hash, author, dated = row
    with sound(f"article {id_}"):
        article = Article(
            id=id_,
            title=title,
            text=text,
            date=date.fromisoformat(day) if day else None,
            lang=lang,
            source=source,
            url=url,
            headings=tuple((start, end) for start, end in json.loads(headings)),
            kept=tuple(Kept(*run) for run in json.loads(kept)),
            author=author,
            dated=dated,
        )
        return StoredArticle(rowid, article, Path(path), content_hash)


PASSAGE = (
    "SELECT id, article, start, end, lang, sentences, vector, sentence_vectors, senses, tokens, terms FROM passages"
)

PassageRow = tuple[int, int, int, int, str, str, bytes, bytes, bytes, bytes, str]


def stored_passages(rows: Sequence[PassageRow], dim: int) -> list[StoredPassage]:
    """The passages of ``rows`` that begin with ``PASSAGE``. Raises IndexDamaged where one cannot be one."""
    try:
        return _passages(rows, dim)
    except (ValueError, TypeError, LookupError):
        for row in rows:  # which one is it?
            with sound(f"passage {row[0]}"):
                _passages([row], dim)
        raise


def _passages(rows: Sequence[PassageRow], dim: int) -> list[StoredPassage]:
    """All at once, which takes a third of the time that it takes one by one."""
    listed = json.loads(f"[{','.join([row[5] for row in rows])}]")
    spans = [tuple([(start, end) for start, end in own]) for own in listed]
    if len(spans) != len(rows) or any(
        len(row[7]) != 2 * dim * len(own) for row, own in zip(rows, spans, strict=True)
    ):
        raise ValueError("not a vector for each sentence")
    if any(len(row[8]) != SENSE_DIM * (1 + len(own)) for row, own in zip(rows, spans, strict=True)):
        raise ValueError("not a sense for each sentence")
    tokens = [tokens_of(row[9], len(own)) for row, own in zip(rows, spans, strict=True)]
    vectors = unit_vectors(b"".join(row[6] for row in rows), "<f4", dim)
    spoken = unit_vectors(b"".join(row[7] for row in rows), "<f2", dim)
    senses = np.frombuffer(b"".join(row[8] for row in rows), np.int8).reshape(-1, SENSE_DIM)
    ends = accumulate(map(len, spans))
    return [
        StoredPassage(
            id_,
            article,
            lang,
            EncodedPassage(
                start=start,
                end=end,
                sentences=own,
                vector=vector,
                sentence_vectors=spoken[last - len(own) : last],
                tokens=tokens[n][0],
                counts=tokens[n][1],
                senses=senses[n + last - len(own) : n + 1 + last],
                terms=tuple(map(tuple, map(str.split, terms.split("\n")))),
            ),
        )
        for n, ((id_, article, start, end, lang, *_, terms), own, vector, last) in enumerate(
            zip(rows, spans, vectors, ends, strict=True)
        )
    ]


def tokens_blob(tokens: Small, counts: Sequence[int]) -> bytes:
    """The tokens of a passage's sentences and how many each has, as they are stored."""
    return np.array(counts, "<u2").tobytes() + tokens.tobytes()


def tokens_of(blob: bytes, sentences: int) -> tuple[Small, tuple[int, ...]]:
    """What ``tokens_blob`` was made of. Raises ValueError where it cannot be that of so many ``sentences``."""
    counts = tuple(np.frombuffer(blob, "<u2", sentences).tolist())
    tokens = np.frombuffer(blob, np.uint8, offset=2 * sentences).reshape(-1, TOKEN_DIM // 2)
    if sum(counts) != len(tokens) or not all(counts):
        raise ValueError("not as many tokens as its sentences have")
    return tokens, counts


@contextmanager
def sound(what: str) -> Iterator[None]:
    """Raises IndexDamaged where what is read within cannot be read."""
    try:
        yield
    except (ValueError, TypeError, LookupError) as error:
        raise IndexDamaged(f"{what} is damaged in the index ({error}): mend it with `qa doctor --fix`") from None


def encoded_readings(db: sqlite3.Connection, rowid: int, dim: int) -> Iterator[tuple[Reading, Read]]:
    """The passages of an article as they were encoded."""
    from qa.passage import reading  # which who asks does not need

    for title, text, sentences, vector, sentence_vectors, tokens in db.execute(
        "SELECT title, text, sentences, vector, sentence_vectors, tokens"
        " FROM articles a JOIN passages ON article = a.rowid WHERE a.rowid = ?",
        (rowid,),
    ):
        vectors = database.from_blob(vector, "<f4", dim), database.from_blob(sentence_vectors, "<f2", dim)
        spans = json.loads(sentences)
        yield reading(title, text, spans), Read(np.concatenate(vectors), *tokens_of(tokens, len(spans)))
