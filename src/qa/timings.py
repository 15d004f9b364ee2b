"""How long the steps of an answer take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Timings:
    """``ms``: wall-clock milliseconds by step, in the order in which they began.

    A step that is done again adds up.
    """

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        """What is done within is the ``step``."""
        self.ms.setdefault(step, 0.0)
        began = time.perf_counter()
        try:
            yield
        finally:
            self.ms[step] += (time.perf_counter() - began) * 1000
