"""How fast people ask."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Pace(Generic[K]):
    """How many questions a minute each person has asked; those of the last minute only are remembered."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._times: OrderedDict[K, deque[float]] = OrderedDict()

    def too_fast(self, person: K) -> int:
        """0 while ``person`` keeps the pace; else by how many questions they have exceeded it."""
        return self.noted(person, time.monotonic())

    def noted(self, person: K, now: float) -> int:
        """The same of a question that came at ``now``, as ``time.monotonic`` tells it."""
        while self._times and next(iter(self._times.values()))[-1] < now - 60:
            self._times.popitem(last=False)
        times = self._times.setdefault(person, deque(maxlen=2 * self._most))
        self._times.move_to_end(person)
        while times and times[0] < now - 60:
            times.popleft()
        times.append(now)
        return max(0, len(times) - self._most)
