"""Commits: the one row that makes what was written before it count, all together.

Milvus has no transactions over several rows. So whatever a writer inserts bears the number of the commit that it
will be part of, readers look at the rows of the commit that they began with, and the row of the commit is
written last.
"""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from qa.centring import Background, dim_of
from qa.store import database
from qa.store.milvus import schema
from qa.store.milvus.connection import Connection, NoCollection

GRACE = 600.0
"""Seconds after which nobody reads an older commit any more, so that what died before it can go."""

SETTLED = 60.0
"""Seconds after which a commit is everywhere in a cluster; clocks may differ by almost as much."""

_KIND = "commit"


@dataclass(frozen=True, slots=True)
class Commit:
    """``id`` names the state of the store, and never that of another store; ``at`` is seconds since 1970.

    ``last`` are the numbers used up so far, by kind of row; ``articles`` how many there are by language.
    """

    number: int = 0
    id: str = ""
    at: float = 0.0
    epoch: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    background: dict[str, str] = field(default_factory=dict)
    articles: dict[str, int] = field(default_factory=dict)
    passages: int = 0
    words: int = 0
    partitions: tuple[str, ...] = ()
    last: dict[str, int] = field(default_factory=lambda: dict.fromkeys(schema.KINDS, 0))

    @property
    def consistency(self) -> str:
        """How fresh what is read must be: all that came before this commit must be seen."""
        return "Strong" if time.time() - self.at < SETTLED else "Bounded"

    @property
    def time(self) -> str:
        """When it was made, ISO 8601 in UTC."""
        return datetime.fromtimestamp(self.at, UTC).isoformat(timespec="seconds")


def every(connection: Connection) -> list[Commit]:
    """The commits that are remembered, oldest first; none where there is no index."""
    try:
        rows = connection.query(
            connection.prefix, f'kind == "{_KIND}"', ["number", "body"], consistency_level="Strong"
        )
    except NoCollection:
        return []
    commits = (Commit(**json.loads("".join(row["body"]))) for row in rows)
    return sorted(commits, key=lambda commit: commit.number)


def newest(connection: Connection) -> Commit | None:
    found = every(connection)
    return found[-1] if found else None


def record(connection: Connection, commit: Commit) -> None:
    """Make ``commit`` the newest, and forget those that nobody reads any more."""
    row = {
        "key": f"{_KIND}:{commit.number:012}",
        "kind": _KIND,
        "number": commit.number,
        "body": schema.parts(json.dumps(asdict(commit), ensure_ascii=False)),
    }
    connection.insert(connection.prefix, [schema.with_none(row)])
    connection.settle([connection.prefix])


def forget(connection: Connection, before: int) -> None:
    """Forget the commits with numbers under ``before``."""
    connection.delete(connection.prefix, f'kind == "{_KIND}" and number < {before}')


def next_id() -> str:
    return uuid.uuid4().hex


def unread(commits: list[Commit]) -> int:
    """The number of the newest commit that has been the newest for so long that no reader has an older one."""
    now = time.time()
    return max((commit.number for commit in commits if now - commit.at > GRACE), default=0)


def pack(background: Background) -> dict[str, str]:
    return {
        f"{role} {lang}": base64.b64encode(database.to_blob(mean, "<f4")).decode("ascii")
        for (role, lang), mean in background.means.items()
    }


def unpack(packed: dict[str, str], dim: int) -> Background:
    means: dict[tuple[str, str], Any] = {}
    for name, text in packed.items():
        role, _, lang = name.partition(" ")
        means[role, lang] = database.unit_vectors(base64.b64decode(text), "<f4", dim_of(role, dim))[0]
    return Background(means)


def without_nothing(counts: Counter[str]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
