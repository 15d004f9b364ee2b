"""Readers ask without pause while a writer works: `python tests/serving.py 60 8`, seconds and readers.

First the readers ask by themselves, then the writer adds, changes and deletes articles meanwhile. Every quote
must be one of the sentences that the article it names has ever had.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from indexing import write

from qa.encoder import load_encoder
from qa.index import update

TOWNS = [f"{first}{last}" for first in "Ash Birch Cove Dun Elm Fern Glen Holm".split() for last in
         "bury dale field ford ham mouth stead ton wick worth".split()]  # fmt: skip

READER = """\
import json, sys, time
from pathlib import Path
from qa.library import Library
import serving
library = Library(Path(sys.argv[1]))
number, times, wrong = 0, [], []
print("ready", flush=True)
until = time.monotonic() + float(sys.stdin.readline())
while time.monotonic() < until:
    town = serving.TOWNS[(number * 7 + int(sys.argv[2])) % int(sys.argv[3])]
    number += 1
    began = time.perf_counter()
    try:
        answer = library.ask(f"What did the bridge of {town} cost?")
    except Exception as error:
        wrong.append(f"{type(error).__name__}: {error}")
        continue
    times.append(time.perf_counter() - began)
    wrong += [c.quote for c in answer.citations if not serving.true(c.article.id, c.quote)]
print(json.dumps([times, wrong]), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Served:
    """What readers saw: seconds of each answer, and what was wrong; ``updates``: commits meanwhile."""

    times: list[float]
    wrong: list[str]
    updates: int

    def p95(self) -> float:
        return float(np.percentile(self.times, 95))


def text(town: str, version: int) -> str:
    return (
        f"The bridge of {town} reopens\n\n"
        f"The bridge of {town} cost {version + 2} million dollars, the mayor of {town} said. "
        f"Drivers from {town} had waited {version + 3} years for the bridge.\n"
    )


def true(article: str, quote: str) -> bool:
    """Whether ``quote`` is in one of the versions that the article of a town has had."""
    town = Path(article).stem
    number = next((int(word) for word in quote.split() if word.isdecimal()), 0)
    return any(quote in text(town, version) for version in (number - 2, number - 3))


def serve(index: Path, seconds: float, readers: int, towns: int, *, news: Path | None = None) -> Served:
    """Let ``readers`` ask for so long; with ``news``, the folder of the articles, these change meanwhile."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent), "OMP_NUM_THREADS": "1"}
    asking = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(index), str(n), str(towns)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=environment,
        )
        for n in range(readers)
    ]
    for process in asking:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in asking:
        assert process.stdin
        process.stdin.write(f"{seconds}\n")
        process.stdin.flush()
    updates = _change(news, index, seconds, towns) if news else 0
    times, wrong = [], []
    for process in asking:
        out, _ = process.communicate(timeout=seconds + 120)
        theirs, complaints = json.loads(out)
        times += theirs
        wrong += complaints
    return Served(times, wrong, updates)


def _change(news: Path, index: Path, seconds: float, towns: int) -> int:
    encoder, chance, version, updates = load_encoder(), random.Random(3), 10, 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        version += 1
        for _ in range(3):
            town = chance.choice(TOWNS[:towns])
            path = news / f"{town}.txt"
            if path.exists() and chance.random() < 0.3:
                path.unlink()
            else:
                write(news, **{town: text(town, version)})
        update([news], index, encoder)
        updates += 1
    return updates


def main() -> int:
    seconds, readers, towns = float(sys.argv[1]), int(sys.argv[2]), len(TOWNS)
    with tempfile.TemporaryDirectory() as folder:
        news, index = Path(folder) / "news", Path(folder) / "index"
        update([write(news, **{town: text(town, 0) for town in TOWNS})], index, load_encoder())
        idle = serve(index, seconds / 4, readers, towns)
        busy = serve(index, seconds, readers, towns, news=news)
    for name, served in (("idle", idle), ("while a writer works", busy)):
        sys.stdout.write(
            f"{name}: {len(served.times)} answers, p50 {np.median(served.times) * 1000:.0f} ms, "
            f"p95 {served.p95() * 1000:.0f} ms, {len(served.wrong)} wrong; {served.updates} updates\n"
        )
    sys.stdout.write(f"p95 ratio {busy.p95() / idle.p95():.2f}\n")
    return bool(idle.wrong or busy.wrong)


if __name__ == "__main__":
    sys.exit(main())
