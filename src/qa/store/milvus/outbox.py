"""Rows on their way to Milvus: numbered, sent many at a time, put out of sight; all of it seen from a commit on."""

from __future__ import annotations

from collections.abc import Sequence

from qa.centring import Background
from qa.store.failpoints import reach
from qa.store.milvus import commits, schema
from qa.store.milvus.commits import Commit
from qa.store.milvus.connection import Connection, Row
from qa.store.milvus.rewrite import exchange
from qa.store.milvus.schema import KINDS, NEVER, PASSAGES

TOGETHER, LARGE = 500, 4_000_000
"""Rows that are sent together, and characters of texts in them."""


class Outbox:
    """The rows of the commit after ``before``, in the collections of its epoch.

    ``settings`` and ``background`` say how they are made, ``last`` which numbers are used up, by kind of row;
    ``made`` are the collections that are known to be there.
    """

    def __init__(self, connection: Connection, before: Commit, made: set[str] | None = None) -> None:
        self.number = before.number + 1
        self.epoch = before.epoch
        self.names = schema.names(connection.prefix, before.epoch)
        self.settings = dict(before.settings)
        self.background = dict(before.background)
        self.partitions = set(before.partitions)
        self.last = dict(before.last)
        self.made = made
        self.changed = False
        self._connection = connection
        self._waiting: dict[str, list[Row]] = {kind: [] for kind in KINDS}
        self._size = 0

    @property
    def dim(self) -> int:
        return int(self.settings["dim"])

    def centring(self) -> Background:
        return commits.unpack(self.background, self.dim)

    def next(self, kind: str) -> int:
        self.last[kind] += 1
        return self.last[kind]

    def put(self, kind: str, row: Row) -> None:
        self._waiting[kind].append(row | {"born": self.number, "died": NEVER})
        self._size += sum(map(len, row.get("body", ())))
        self.changed = True
        if len(self._waiting[kind]) >= TOGETHER or self._size >= LARGE:
            self.send()

    def send(self) -> None:
        """Send what waits."""
        if not any(self._waiting.values()):
            return
        self.make()
        for kind, waiting in self._waiting.items():
            if kind == PASSAGES:
                for partition, some in schema.by_partition(waiting).items():
                    self._make_partition(partition)
                    self._connection.insert(self.names[kind], some, partition_name=partition)
            elif waiting:
                self._connection.insert(self.names[kind], waiting)
            waiting.clear()
        self._size = 0
        reach("rows.sent")

    def bury(self, kind: str, where: str) -> list[Row]:
        """Let those rows be seen no more from this commit on; gives them as they were."""
        self.send()
        found = self.rows(kind, where)
        if found:
            self.exchange(kind, found)
            reach("rows.buried")
        return found

    def exchange(self, kind: str, found: list[Row]) -> None:
        """Let ``found`` die with this commit."""
        self.changed = True
        exchange(self._connection, self.names[kind], kind, found, self.number, self.centring())

    def rows(self, kind: str, where: str) -> list[Row]:
        """The rows that are there for this writer."""
        return self.query(kind, f"{where} and died == {NEVER}", schema.STORED[kind]) if self.there() else []

    def query(self, kind: str, where: str, fields: Sequence[str]) -> list[Row]:
        return self._connection.query(self.names[kind], where, fields, consistency_level="Strong")

    def there(self) -> bool:
        """Whether the collections of this epoch have been made."""
        if self.made is None:
            self.made = set(self._connection.collections()) & set(self.names.values())
        return len(self.made) == len(self.names)

    def make(self) -> None:
        """Make them, if need be."""
        if not self.there():
            for collection in self.made or ():
                self._connection.drop(collection)
            schema.create_epoch(self._connection, self.epoch, self.dim)
            self.made = set(self.names.values())

    def _make_partition(self, name: str) -> None:
        if name not in self.partitions:
            if name not in self._connection.partitions(self.names[PASSAGES]):
                self._connection.add_partition(self.names[PASSAGES], name)
            self.partitions.add(name)
