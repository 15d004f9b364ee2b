"""What was read last of an index, as it is in memory, since questions come back to the same passages."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """By its row, ``most`` of it, of one generation: the last that was asked for. Threads may share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._stamp = ""
        self._kept: dict[int, T] = {}

    def of(self, stamp: str, rows: Sequence[int]) -> dict[int, T]:
        """Those of ``rows`` that are kept of the generation ``stamp``."""
        with self._lock:
            self._turn_to(stamp)
            found = {row: self._kept.pop(row) for row in rows if row in self._kept}
            self._kept |= found  # behind all others
            return found

    def keep(self, stamp: str, read: Mapping[int, T]) -> None:
        with self._lock:
            self._turn_to(stamp)
            self._kept |= read
            for row in list(islice(self._kept, max(0, len(self._kept) - self._most))):
                del self._kept[row]

    def _turn_to(self, stamp: str) -> None:
        if stamp != self._stamp:
            self._stamp, self._kept = stamp, {}
