"""Rows that get another end, and what is left over: no row is ever changed, ``schema`` says why."""

from __future__ import annotations

from collections.abc import Sequence

from qa.centring import LANGUAGES, Background
from qa.store.failpoints import reach
from qa.store.milvus import commits, rows, schema
from qa.store.milvus.commits import Commit
from qa.store.milvus.connection import Connection, Row, listed
from qa.store.milvus.schema import NEVER, PASSAGES, WORDS

TOGETHER = 500
"""Rows that are brought back together."""


def sweep(connection: Connection, remembered: Sequence[Commit]) -> None:
    """Undo what was never committed, and take away what nobody reads any more."""
    unread = commits.unread(list(remembered))
    epochs = {commit.epoch for commit in remembered if commit.number >= unread}
    there = connection.collections()
    for collection in there:
        epoch = schema.epoch_of(connection.prefix, collection)
        if epoch and epoch not in epochs:
            connection.drop(collection)
    if not remembered:
        return
    now = remembered[-1]
    for kind, collection in schema.names(connection.prefix, now.epoch).items():
        if collection not in there:
            continue
        connection.delete(collection, f"born > {now.number}")
        if kind == WORDS:  # they never die
            continue
        risen = f"died > {now.number} and died < {NEVER}"
        background = commits.unpack(now.background, int(now.settings["dim"]))
        while undone := connection.query(
            collection, risen, schema.STORED[kind], limit=TOGETHER, consistency_level="Strong"
        ):
            before = f"pk in {listed(-row['pk'] for row in undone)}"
            kept = {row["pk"] for row in connection.query(collection, before, ["pk"], consistency_level="Strong")}
            gone = [row for row in undone if -row["pk"] not in kept]
            exchange(connection, collection, kind, gone, NEVER, background)
            connection.delete(collection, f"pk in {listed(row['pk'] for row in undone)}")
        if unread:
            connection.delete(collection, f"died <= {unread}")
    if unread:
        commits.forget(connection, unread)


def exchange(
    connection: Connection, collection: str, kind: str, found: list[Row], died: int, background: Background
) -> None:
    """Have the same rows there with another end, under the negatives of their keys."""
    dim = len(background.means["passage", LANGUAGES[0]])
    again = [rows.whole(kind, row | {"pk": -row["pk"], "died": died}, background, dim) for row in found]
    if kind == PASSAGES:
        for partition, some in schema.by_partition(again).items():
            connection.insert(collection, some, partition_name=partition)
    elif again:
        connection.insert(collection, again)
    reach("rows.doubled")
    if found:
        connection.delete(collection, f"pk in {listed(row['pk'] for row in found)}")
