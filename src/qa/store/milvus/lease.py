"""One writer at a time on a server, which has no locks: each claims the index, and looks who else does.

A claim is a row of its own, so nobody overwrites another's. Who has written its claim and then sees a second
one gives up: of two that come at once both may have to, but never do both go on. A claim that is not
renewed runs out; one of a process of this machine that is gone counts no longer.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from qa.errors import IndexLocked, StoreError
from qa.store import lock
from qa.store.milvus import schema
from qa.store.milvus.connection import Connection, NoCollection, quoted

LASTS = 60.0
"""Seconds after which a claim that has not been renewed is void; clocks must not differ by as much."""

RENEWED = 15.0
"""Seconds after which a claim is renewed."""

_KIND = "claim"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who writes, and until when in seconds since 1970."""

    token: str
    host: str
    process: int
    until: float

    @property
    def holds(self) -> bool:
        return self.until > time.time() and not (self.host == socket.gethostname() and not _runs(self.process))

    def __str__(self) -> str:
        return f"process {self.process} on {self.host}"


class Lease:
    """A claim that is being renewed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._token = uuid.uuid4().hex
        self._written = 0
        self._ended = threading.Event()
        self._renewing = threading.Thread(target=self._renew, daemon=True)

    def take(self) -> None:
        self._write()
        others = [claim for claim in claims(self._connection) if claim.token != self._token]
        if holding := [claim for claim in others if claim.holds]:
            self._remove(self._token)
            raise IndexLocked(
                f"{self._connection.where} is being written by {holding[0]}: wait until it ends, then try again"
            )
        for claim in others:
            self._remove(claim.token)
        self._renewing.start()

    def check(self) -> None:
        """Raises StoreError where another has taken over, because this process or the network stood still."""
        if not any(claim.token == self._token and claim.holds for claim in claims(self._connection)):
            raise StoreError(
                f"{self._connection.where} was out of reach for so long that another may write it: what had been "
                "committed is kept, the rest is done by the next `qa index`"
            )

    def end(self) -> None:
        self._ended.set()
        if self._renewing.is_alive():
            self._renewing.join()
        with suppress(StoreError):  # a server that is away finds out by itself that the claim has run out
            self._remove(self._token)

    def _renew(self) -> None:
        while not self._ended.wait(RENEWED):
            try:
                self._write()
            except StoreError:  # the next commit finds out whether that was too long
                continue

    def _write(self) -> None:
        body = json.dumps([socket.gethostname(), os.getpid(), time.time() + LASTS])
        self._written += 1
        key = f"{_KIND}:{self._token}:{self._written}"
        row = {"key": key, "kind": _KIND, "number": self._written, "body": [body]}
        self._connection.insert(self._connection.prefix, [schema.with_none(row)])
        # Then those before: there is never a moment without one.
        self._remove(self._token, f" and number < {self._written}")

    def _remove(self, token: str, which: str = "") -> None:
        mine = f'kind == "{_KIND}" and key like {quoted(f"{_KIND}:{token}:%")}'
        self._connection.delete(self._connection.prefix, mine + which)


def claims(connection: Connection) -> list[Claim]:
    """All claims, also void ones."""
    try:
        rows = connection.query(
            connection.prefix, f'kind == "{_KIND}"', ["key", "body"], consistency_level="Strong"
        )
    except NoCollection:
        return []
    return [Claim(row["key"].split(":")[1], *json.loads(row["body"][0])) for row in rows]


@contextmanager
def writing(connection: Connection, folder: Path) -> Iterator[Lease | None]:
    """Be the one writer: by the folder's lock with Milvus Lite, by a lease on a server.

    Raises IndexLocked, naming the holder, where there is another.
    """
    if connection.lite:
        with lock.writing(folder):
            yield None
        return
    lease = Lease(connection)
    lease.take()
    try:
        yield lease
    finally:
        lease.end()


def holder(connection: Connection, folder: Path) -> str | None:
    """Who is writing now, or None."""
    if connection.lite:
        return lock.held_by(folder)
    return next((str(claim) for claim in claims(connection) if claim.holds), None)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
