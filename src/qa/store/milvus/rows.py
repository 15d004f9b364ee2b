"""Articles and passages as rows of Milvus's, and back."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from datetime import date
from pathlib import Path

import numpy as np

from qa.article import Article, Kept
from qa.centring import Background
from qa.encoder import Read, Reading
from qa.encoder.senses import DIM as SENSE_DIM
from qa.encoder.senses import Senses
from qa.encoder.tokens import Small
from qa.encoder.words import DIM as WORD_DIM
from qa.errors import StoreError
from qa.passage import reading
from qa.store import database
from qa.store.milvus import schema
from qa.store.milvus.connection import Row
from qa.store.records import EncodedPassage, FileState, Known, Listed, StoredArticle, StoredPassage, Vectors
from qa.store.rows import sound, tokens_blob, tokens_of

ARTICLE = ("number", "id", "path", "hash", "day", "dated", "lang", "source", "body")
LISTED = ("number", "id", "title", "day", "dated", "lang", "source", "url", "path", "hash")
KNOWN = ("pk", "number", "id", "path", "size", "mtime", "file_hash", "hash")
PASSAGE = ("passage", "article", "lang", "body", "vectors")

_DIMENSIONS = 2**32 - 2


def article_row(article: Article, file: FileState, number: int) -> Row:
    """Raises StoreError for an article that Milvus cannot hold."""
    rest = {
        "title": article.title,
        "text": article.text,
        "url": article.url,
        "source": article.source,
        "author": article.author,
        "headings": article.headings,
        "kept": [astuple(run) for run in article.kept],
    }
    body = schema.parts(json.dumps(rest, ensure_ascii=False))
    if len(body) > schema.LIST or len(article.id) > schema.PART or len(file.path) > schema.PART:
        raise StoreError(f"{file.path} holds an article that is too long for Milvus: leave it out, or split it")
    return schema.with_none(
        {
            "number": number,
            "id": article.id,
            "path": file.path,
            "size": file.size,
            "mtime": file.mtime_ns,
            "file_hash": file.file_hash,
            "hash": f"{article.text_hash} {article.content_hash}",  # rows of earlier releases have the last alone
            "title": schema.cut(article.title),
            "url": schema.cut(article.url),
            "day": article.date.toordinal() if article.date else -1,
            "dated": article.dated,
            "lang": article.lang,
            "source": schema.cut(article.source),
            "body": body,
        }
    )


def stored_article(row: Row) -> StoredArticle:
    with sound(f"article {row['id']}"):
        rest = json.loads("".join(row["body"]))
        article = Article(
            id=row["id"],
            title=rest["title"],
            text=rest["text"],
            date=day_of(row),
            lang=row["lang"],
            source=rest["source"],
            url=rest["url"],
            headings=tuple((start, end) for start, end in rest["headings"]),
            kept=tuple(Kept(*run) for run in rest["kept"]),
            author=rest["author"],
            dated=row["dated"],
        )
        return StoredArticle(row["number"], article, Path(row["path"]), _content_hash(row))


def listed(row: Row) -> Listed:
    return Listed(
        row["number"],
        row["id"],
        row["title"],
        day_of(row),
        row["dated"],
        row["source"],
        row["url"],
        row["lang"],
        row["path"],
    )


def text_of(row: Row) -> str:
    """Names the text of an article: equal where that is; the beginning of ``hash``."""
    return str(row["hash"]).partition(" ")[0]


def _content_hash(row: Row) -> str:
    return str(row["hash"]).rpartition(" ")[2]


def day_of(row: Row) -> date | None:
    return date.fromordinal(row["day"]) if row["day"] >= 0 else None


def own_day(article: Article) -> int:
    """The day that filters look at: that of the article itself, -1 where only its file's time dates it."""
    return article.date.toordinal() if article.date and article.dated != "file" else -1


def newest_first(row: Row) -> tuple[bool, int, int]:
    """Orders rows of articles; those that only their file's time dates, or nothing, are last."""
    return row["dated"] == "file", -row["day"], -row["number"]


def known(row: Row, file: FileState | None) -> Known:
    """``file`` is the state that has been settled for it since."""
    own = FileState(row["path"], row["size"], row["mtime"], row["file_hash"])
    return Known(row["number"], row["id"], file or own, _content_hash(row))


def passage_row(passage: EncodedPassage, article: Article, *, number: int, of: int, background: Background) -> Row:
    """The row of the passage ``number`` of the article ``of``."""
    said = [passage.start, passage.end, passage.sentences, [" ".join(terms) for terms in passage.terms]]
    terms = {term for terms in passage.terms for term in terms}
    return {
        "passage": number,
        "article": of,
        "lang": article.lang,
        "source": schema.cut(article.source),
        "day": own_day(article),
        "body": schema.parts(json.dumps(said, ensure_ascii=False)),
        "vectors": [
            _text(database.to_blob(passage.vector, "<f4")),
            *(_text(database.to_blob(vector, "<f2")) for vector in passage.sentence_vectors),
            *(_text(sense.tobytes()) for sense in passage.senses),
            _text(tokens_blob(passage.tokens, passage.counts)),
        ],
        **_searched(passage.vector[None, :], article.lang, terms, background),
    }


def whole(kind: str, row: Row, background: Background, dim: int) -> Row:
    """``row``, read by ``schema.STORED``, with its vectors as they were written."""
    if kind != schema.PASSAGES:
        return schema.with_none(row)
    vector = database.from_blob(_bytes(row["vectors"][0]), "<f4", dim)
    return row | _searched(vector, row["lang"], terms_of(row), background)


def _searched(vector: Vectors, lang: str, terms: Iterable[str], background: Background) -> Row:
    """What a passage is found by; ``vector`` is ``(1, dim)``."""
    return {
        "dense": background.centre_passages(vector, lang)[0].tolist(),
        # Milvus takes no empty vector: the last dimension is no word's.
        "sparse": dict.fromkeys(map(dimension, terms), 1.0) or {_DIMENSIONS: 1.0},
    }


def stored_passage(row: Row, dim: int) -> StoredPassage:
    with sound(f"passage {row['passage']}"):
        start, end, sentences, terms = json.loads("".join(row["body"]))
        n = len(sentences)
        vector, spoken, senses, (tokens, counts) = _vectors(row, n, dim)
        encoded = EncodedPassage(
            start=start,
            end=end,
            sentences=tuple((s, e) for s, e in sentences),
            vector=vector,
            sentence_vectors=spoken,
            tokens=tokens,
            counts=counts,
            senses=senses,
            terms=tuple(tuple(line.split()) for line in terms),
        )
    return StoredPassage(row["passage"], row["article"], row["lang"], encoded)


def _vectors(row: Row, sentences: int, dim: int) -> tuple[Vectors, Vectors, Senses, tuple[Small, tuple[int, ...]]]:
    """Those of a passage, of its ``sentences``, what all of these mean, and the tokens of the sentences.

    Raises ValueError of a row of an earlier release, which did not keep all of it.
    """
    whole, *parts, tokens = map(_bytes, row["vectors"])
    return (
        database.unit_vectors(whole, "<f4", dim)[0],
        database.unit_vectors(b"".join(parts[:sentences]), "<f2", dim),
        np.frombuffer(b"".join(parts[sentences:]), np.int8).reshape(1 + sentences, SENSE_DIM),
        tokens_of(tokens, sentences),
    )


def encoded_readings(article: Article, passages: Iterable[Row], dim: int) -> dict[Reading, Read]:
    """The ``passages`` of ``article`` as they were encoded."""
    known: dict[Reading, Read] = {}
    for row in passages:
        with sound(f"passage {row['passage']}"):
            _, _, sentences, _ = json.loads("".join(row["body"]))
            vector, spoken, _, tokens = _vectors(row, len(sentences), dim)
            vectors = np.concatenate([vector[None], spoken])
            known[reading(article.title, article.text, sentences)] = Read(vectors, *tokens)
    return known


def terms_of(row: Row) -> set[str]:
    """The words of a passage."""
    return {term for line in json.loads("".join(row["body"]))[3] for term in line.split()}


def word_rows(lang: str, terms: Sequence[str], vectors: Vectors, background: Background) -> Iterable[Row]:
    # Centred as they will be read back, at half precision, like those of the local store.
    halves = vectors.astype("<f2").astype(np.float32)
    for term, vector, centred in zip(terms, halves, background.centre_words(halves, lang), strict=True):
        yield {
            "lang": lang,
            "term": term,
            "vector": _text(database.to_blob(vector, "<f2")),
            "dense": centred.tolist(),
        }


def word_vector(row: Row) -> Vectors:
    vector: Vectors = database.from_blob(_bytes(row["vector"]), "<f2", WORD_DIM)[0]
    return vector


def dimension(term: str) -> int:
    """The dimension of ``term`` in sparse vectors: needs no list of words that all machines agree on."""
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "big") % _DIMENSIONS


def _text(blob: bytes) -> str:
    return base64.b64encode(blob).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
