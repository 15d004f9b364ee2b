"""Where the processor time of indexing and of asking goes: the functions with the most time of their own."""

from __future__ import annotations

import cProfile
import pstats
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from common import say
from material import index_of, questions

from qa.encoder import load_encoder
from qa.index import update
from qa.library import Library

PASSAGES, TOP = 1000, 12


def measure() -> dict[str, Any]:
    index = index_of(PASSAGES)
    say("profiling: indexing, in one thread besides those that encode")
    with tempfile.TemporaryDirectory() as folder:
        found = {"qa index": profiled(lambda: update([index / "articles"], Path(folder), load_encoder()))}
    library = Library(index)
    asked = questions()
    library.ask(asked[0])
    say("profiling: asking")
    return found | {"qa ask, warm": profiled(lambda: [library.ask(question) for question in asked])}


def profiled(work: Callable[[], object]) -> dict[str, Any]:
    """Processor seconds of the process, of this thread, and of functions without what they call."""
    profile = cProfile.Profile(time.thread_time)
    began = time.process_time()
    profile.runcall(work)
    whole = time.process_time() - began
    stats: Any = pstats.Stats(profile)
    rows = [
        (f"{Path(file).parent.name}/{Path(file).name}:{name}" if line else name, own)
        for (file, line, name), (_, _, own, _, _) in stats.stats.items()
    ]
    rows.sort(key=lambda row: -row[1])
    return {"process": whole, "thread": stats.total_tt, "rows": rows[:TOP]}
