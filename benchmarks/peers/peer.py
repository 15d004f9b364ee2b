"""One way of searching passages, run as its documentation says: `python peer.py PEER WHAT MODEL ARGUMENTS…`.

    index MODEL DOCUMENTS FOLDER     index JSON Lines of {"id", "text"}; how long it took
    ask MODEL FOLDER QUESTION        print the best passage
    rank MODEL FOLDER QUESTIONS      ask a JSON list of questions: ten ids and milliseconds for each
    kill MODEL DOCUMENTS ROUNDS      kill it while it saves over a good index, and look at what is left

Runs in an environment of its own, with nothing of Isnad's. Results are printed as JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Protocol

Documents = list[dict[str, str]]
FOUND = 10
WARM = 5
"""Questions that are asked before the clock runs."""


class Peer(Protocol):
    """What each of the modules beside this one has as ``Peer``; ``model`` is a sentence-transformers folder."""

    def __init__(self, model: str) -> None: ...

    def index(self, documents: Documents) -> None: ...

    def save(self, folder: Path) -> None: ...

    def load(self, folder: Path) -> None: ...

    def search(self, question: str, k: int) -> list[tuple[str, str]]:
        """Ids and texts, best first."""

    def state(self, folder: Path) -> object:
        """Load what is in ``folder`` and say what all parts of it hold; it may fail in any way."""


def main() -> None:
    name, what, model, *rest = sys.argv[1:]
    peer: Peer = importlib.import_module(name).Peer(model)
    {"index": index, "ask": ask, "rank": rank, "kill": kill}[what](peer, *rest)


def documents_in(path: str) -> Documents:
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


def index(peer: Peer, path: str, folder: str) -> None:
    documents = documents_in(path)
    began = time.perf_counter()
    peer.index(documents)
    peer.save(Path(folder))
    show(seconds=time.perf_counter() - began, documents=len(documents))


def ask(peer: Peer, folder: str, question: str) -> None:
    peer.load(Path(folder))
    sys.stdout.write(peer.search(question, 1)[0][1] + "\n")


def rank(peer: Peer, folder: str, path: str) -> None:
    peer.load(Path(folder))
    questions = json.loads(Path(path).read_text("utf-8"))
    for question in questions[:WARM]:
        peer.search(question, FOUND)
    ids, ms = [], []
    for question in questions:
        began = time.perf_counter()
        found = peer.search(question, FOUND)
        ms.append((time.perf_counter() - began) * 1000)
        ids.append([id_ for id_, _ in found])
    show(ids=ids, ms=ms)


def kill(peer: Peer, path: str, rounds: str) -> None:
    """Save a larger index over a smaller one, die at a random moment: either of them whole is right."""
    documents = documents_in(path)
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as name:
        good, work = Path(name, "good"), Path(name, "work")
        peer.index(documents[: 2 * len(documents) // 3])
        peer.save(good)
        before = peer.state(good)
        peer.index(documents)  # and never saved by this process: some would then save nothing again
        began = time.perf_counter()
        os.waitpid(_saving(peer, work), 0)
        lasts = time.perf_counter() - began
        right = (before, peer.state(work))
        ended: Counter[str] = Counter()
        for _ in range(int(rounds)):
            shutil.rmtree(work, ignore_errors=True)
            shutil.copytree(good, work)
            child = _saving(peer, work)
            time.sleep(chance.uniform(0, lasts))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            ended[_outcome(peer, work, right)] += 1
    show(**ended)


def _saving(peer: Peer, folder: Path) -> int:
    """A process that has begun to save."""
    ready, tell = os.pipe()
    child = os.fork()
    if not child:
        os.write(tell, b".")
        peer.save(folder)
        os._exit(0)
    os.read(ready, 1)
    os.close(ready)
    os.close(tell)
    return child


def _outcome(peer: Peer, folder: Path, right: tuple[object, object]) -> str:
    try:
        state = peer.state(folder)
    except Exception:
        return "unusable"
    return "whole" if state in right else "wrong"


def show(**result: Any) -> None:
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    peak = int(status["VmHWM"].split()[0]) / 1024
    sys.stdout.write(json.dumps(result | {"peak_mib": peak}) + "\n")


if __name__ == "__main__":
    main()
