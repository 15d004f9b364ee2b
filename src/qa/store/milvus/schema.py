"""The collections of an index, and what their rows hold.

``PREFIX`` itself is small: a row for each commit, and one for each writer that claims the index. All else is
in four collections of an epoch, ``PREFIX_EPOCH_articles`` and so on, which a rebuild replaces as a whole. Their
rows never change: they are there for readers of the commits from ``born`` on, until ``died``. To let one die, it is
inserted once more, with its end, under the negative of its key, then the first is deleted; who looks between sees
it twice and takes it for one. Nothing rests on an upsert being one step, which it is not everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from pymilvus import DataType, MilvusClient

from qa.encoder.words import DIM as WORD_DIM
from qa.store.milvus.connection import Connection, Row

ARTICLES, PASSAGES, WORDS, FACTS = KINDS = ("articles", "passages", "words", "facts")

IDENTITY = {ARTICLES: "number", PASSAGES: "passage", WORDS: "pk", FACTS: "key"}
"""What two rows have in common that are one for a reader."""

NEVER = 2**62
"""When a row dies that is there."""

UNDATED = "undated"
"""The partition of passages whose article has no date of its own; those of others are called by their year."""

YEARS = 1900, 2100
"""Those of partitions, the first and the last with all before and after: Milvus takes a thousand at most."""

PART = 16_000
"""Characters that a string of Milvus's holds whatever they are: it has room for 65,535 bytes."""

LIST = 4096
"""Elements that an array of Milvus's holds."""

FLOOR = 0.0
"""What the vectors are that a collection must have although nobody searches it."""

_TEXT = {"datatype": DataType.VARCHAR, "max_length": 65_535}
_NUMBER = {"datatype": DataType.INT64}
_TEXTS = {
    "datatype": DataType.ARRAY,
    "element_type": DataType.VARCHAR,
    "max_length": 65_535,
    "max_capacity": LIST,
    "mmap_enabled": True,  # read for a few rows only: its place is the disk, not the memory
}
_NONE = {"datatype": DataType.FLOAT_VECTOR, "dim": 2}

_CONTROL: dict[str, dict[str, Any]] = {"kind": _TEXT, "number": _NUMBER, "body": _TEXTS, "none": _NONE}
_LIVED: dict[str, dict[str, Any]] = {"born": _NUMBER, "died": _NUMBER}
_FIELDS: dict[str, dict[str, dict[str, Any]]] = {
    ARTICLES: {
        "number": _NUMBER,
        "id": _TEXT,
        "path": _TEXT,
        "size": _NUMBER,
        "mtime": _NUMBER,
        "file_hash": _TEXT,
        "hash": _TEXT,
        "title": _TEXT,
        "url": _TEXT,
        "day": _NUMBER,
        "dated": _TEXT,
        "lang": _TEXT,
        "source": _TEXT,
        "body": _TEXTS,
        "none": _NONE,
    },
    PASSAGES: {
        "passage": _NUMBER,
        "article": _NUMBER,
        "lang": _TEXT,
        "source": _TEXT,
        "day": _NUMBER,
        "body": _TEXTS,
        "vectors": _TEXTS,
        "dense": {"datatype": DataType.FLOAT_VECTOR},
        "sparse": {"datatype": DataType.SPARSE_FLOAT_VECTOR},
    },
    WORDS: {
        "lang": _TEXT,
        "term": _TEXT,
        "vector": _TEXT | {"mmap_enabled": True},
        "dense": {"datatype": DataType.FLOAT_VECTOR},
    },
    FACTS: {"key": _TEXT, "value": _TEXT, "none": _NONE},
}

STORED = {
    kind: ("pk", *_LIVED, *(name for name in fields if name not in ("dense", "sparse", "none")))
    for kind, fields in _FIELDS.items()
}
"""The fields of a row that say all of it: not every Milvus gives vectors back that were just written."""

_SEARCHED = {
    PASSAGES: ("HNSW", {"M": 16, "efConstruction": 200}),
    WORDS: ("HNSW", {"M": 32, "efConstruction": 400}),  # nearest words lie close together
}
BREADTH = {PASSAGES: 400, WORDS: 400}
"""How many a server keeps in view while it looks for the nearest: more finds more of them, and takes longer."""

INDEXED = {
    ARTICLES: ("number", "id", "path", "hash", "day", "born", "died"),
    PASSAGES: ("passage", "article", "day", "lang", "source", "born", "died"),
    WORDS: ("term", "lang", "born"),
    FACTS: ("key", "born", "died"),
}
"""Scalars that rows are chosen by."""


def names(prefix: str, epoch: str) -> dict[str, str]:
    """What the collections of an epoch are called."""
    return {kind: f"{prefix}_{epoch}_{kind}" for kind in KINDS}


def epoch_of(prefix: str, collection: str) -> str | None:
    """The epoch that ``collection`` is of, if it is one of this index."""
    for kind in KINDS:
        if collection.startswith(f"{prefix}_") and collection.endswith(f"_{kind}"):
            epoch = collection[len(prefix) + 1 : -len(kind) - 1]
            return epoch if len(epoch) == 8 and epoch.isalnum() else None
    return None


def create_control(connection: Connection) -> None:
    schema, indexes = _schema("key", DataType.VARCHAR, _CONTROL)
    connection.create(connection.prefix, schema, indexes)


def create_epoch(connection: Connection, epoch: str, dim: int) -> None:
    for kind, collection in names(connection.prefix, epoch).items():
        fields = {**_LIVED, **_FIELDS[kind]}
        if "dense" in fields:
            fields["dense"] = fields["dense"] | {"dim": WORD_DIM if kind == WORDS else dim}
        schema, indexes = _schema("pk", DataType.INT64, fields)
        if kind in _SEARCHED:
            index, parameters = _SEARCHED[kind]
            # What Milvus Lite is for is small, and exact search over it is fast.
            if connection.lite:
                indexes.add_index("dense", index_type="FLAT", metric_type="IP")
            else:
                indexes.add_index("dense", index_type=index, metric_type="IP", params=parameters)
        if kind == PASSAGES:
            indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        if not connection.lite:
            for field in INDEXED[kind]:
                indexes.add_index(field, index_type="INVERTED")
        connection.create(collection, schema, indexes)


def _schema(key: str, of: DataType, fields: dict[str, dict[str, Any]]) -> tuple[Any, Any]:
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field(key, of, is_primary=True, **({"max_length": 200} if of == DataType.VARCHAR else {}))
    for name, options in fields.items():
        schema.add_field(name, **options)
    indexes = MilvusClient.prepare_index_params()
    if "none" in fields:
        indexes.add_index("none", index_type="FLAT", metric_type="L2")
    return schema, indexes


def alive(commit: int) -> str:
    """What is true of the rows that readers of a commit see."""
    return f"born <= {commit} and died > {commit}"


def partition(day: int) -> str:
    """Where the passages of an article of that day are, -1 for none; the names sort as the years do."""
    first, last = YEARS
    return UNDATED if day < 0 else f"y{min(max(date.fromordinal(day).year, first), last)}"


def parts(text: str) -> list[str]:
    """``text`` in pieces that Milvus can hold."""
    return [text[at : at + PART] for at in range(0, len(text), PART)]


def cut(text: str) -> str:
    """As much of ``text`` as one string of Milvus's holds; for what is shown in lists and compared."""
    return text[:PART]


def with_none(row: Row) -> Row:
    return row | {"none": [FLOOR, FLOOR]}


def by_partition(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Passages by the partition that they are in."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(partition(row["day"]), []).append(row)
    return found
