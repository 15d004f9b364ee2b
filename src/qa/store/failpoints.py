"""Places where a writer can be killed on purpose, so that a test can see what is left.

``ISNAD_KILL_AT=commit.before:3`` ends the process, as by a power cut, when it reaches that place for the
third time. The names are those that ``reach`` is called with.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

_reached: Counter[str] = Counter()


def reach(name: str) -> None:
    """Die here if the environment says so."""
    wanted = os.environ.get("ISNAD_KILL_AT")
    if wanted is None:
        return
    place, _, times = wanted.partition(":")
    _reached[name] += 1
    if place == name and _reached[name] == int(times or 1):
        os.kill(os.getpid(), signal.SIGKILL)
