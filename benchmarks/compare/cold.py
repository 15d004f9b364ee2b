"""From process start to the last byte, each run in a process of its own, all in turn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from common import OURS, PEERS, QUESTION, WORK, Done, median_of, peer, qa, say
from material import documents, index_of, seeds

RUNS = 5
PASSAGES, MANY = 1000, 100_000


def measure() -> dict[str, Any]:
    folders = {passages: index_of(passages) for passages in (PASSAGES, MANY)}
    own = seeds()
    ways: dict[str, Callable[[], Done]] = {
        "qa --help": lambda: qa("--help"),
        "qa ask, seeds/": lambda: qa("ask", QUESTION, "--index", own),
        f"qa ask, {MANY:,} passages": lambda: qa("ask", _question(), "--index", folders[MANY]),
        f"{OURS}, {PASSAGES:,} passages": lambda: qa("ask", _question(), "--index", folders[PASSAGES]),
    }
    for name, title in PEERS.items():
        ways[f"{title}, {PASSAGES:,} passages"] = lambda name=name: peer(  # type: ignore[misc]
            name, "ask", _built(name, folders[PASSAGES]), _question()
        )
    for name in PEERS:
        _built(name, folders[PASSAGES])
    done: dict[str, list[Done]] = {name: [] for name in ways}
    for n in range(RUNS + 1):
        say(f"cold start, round {n} of {RUNS}")
        for name, ask in ways.items():
            done[name].append(ask())
    return {name: median_of(runs[1:]) for name, runs in done.items()}


def _question() -> str:
    from material import questions

    return questions()[0]


def _built(name: str, index: Path) -> Path:
    folder = WORK / f"peer-{name}"
    if not folder.exists():
        say(f"indexing {PASSAGES:,} passages by {name}")
        peer(name, "index", documents(index), folder)
    return folder
