"""The passages that were read last, as they are in memory, since questions come back to the same ones."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from itertools import islice

from qa.store.records import StoredPassage

MOST = 3000
"""Passages that are kept, some 20 KB each."""


class Recent:
    """What is kept is of one generation, the last that was asked for. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stamp = ""
        self._kept: dict[int, StoredPassage] = {}

    def of(self, stamp: str, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Those of ``ids`` that are kept of the generation ``stamp``."""
        with self._lock:
            self._turn_to(stamp)
            found = {id_: self._kept.pop(id_) for id_ in ids if id_ in self._kept}
            self._kept |= found  # behind all others
            return found

    def keep(self, stamp: str, passages: Iterable[StoredPassage]) -> None:
        with self._lock:
            self._turn_to(stamp)
            self._kept |= {passage.id: passage for passage in passages}
            for id_ in list(islice(self._kept, max(0, len(self._kept) - MOST))):
                del self._kept[id_]

    def _turn_to(self, stamp: str) -> None:
        if stamp != self._stamp:
            self._stamp, self._kept = stamp, {}
