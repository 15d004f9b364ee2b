"""What is known by name: in how many passages each word stands, and the settled states of files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from qa.store.milvus import schema
from qa.store.milvus.connection import Connection, Row, listed

SOME = 1000
"""Keys that are asked for at once."""


def word(term: str) -> str:
    return schema.cut(f"w:{term}")


def file(path: str) -> str:
    return f"f:{path}"


def rows(connection: Connection, collection: str, keys: Iterable[str], commit: int, consistency: str) -> list[Row]:
    """The rows of those of ``keys`` that readers of ``commit`` see."""
    return [
        row
        for some in _batches(keys)
        for row in connection.query(
            collection,
            f"key in {listed(some)} and {schema.alive(commit)}",
            ["pk", "key", "value", "born", "died"],
            consistency_level=consistency,
        )
    ]


def values(
    connection: Connection, collection: str, keys: Iterable[str], commit: int, consistency: str
) -> dict[str, Any]:
    found = rows(connection, collection, keys, commit, consistency)
    return {row["key"]: json.loads(row["value"]) for row in found}


def all_files(connection: Connection, collection: str, commit: int, consistency: str) -> dict[str, Any]:
    """The settled states of all files, by path: a list of size, time, hash, and the last article row it is of."""
    found = connection.query(
        collection, f'key like "f:%" and {schema.alive(commit)}', ["key", "value"], consistency_level=consistency
    )
    return {row["key"][2:]: json.loads(row["value"]) for row in found}


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    unique = list(dict.fromkeys(keys))
    for at in range(0, len(unique), SOME):
        yield unique[at : at + SOME]
