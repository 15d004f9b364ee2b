"""One index, asked question after question in one process, with the time of each step: `python asking.py INDEX`.

A step's time is its own, without that of the steps within it. Prints JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import qa.answer
import qa.library
from qa.encoder.bundled import BundledEncoder
from qa.library import Library
from qa.store.reader import LocalView

STEPS: dict[str, list[tuple[Any, str]]] = {
    "encode": [(BundledEncoder, "encode_queries")],
    "dense": [(LocalView, "dense"), (LocalView, "similar_words"), (LocalView, "word_vectors")],
    "lexical": [(LocalView, "lexical"), (LocalView, "document_frequencies")],
    "fuse": [(qa.library, "make_query"), (qa.answer, "search")],
    "quotes": [(qa.library, "answer")],
    "read back": [(LocalView, "passages"), (LocalView, "article"), (LocalView, "find")],
}
WARM = 5

spent: dict[str, float] = defaultdict(float)
_running: list[str] = []
_since = 0.0


def _switch() -> None:
    global _since
    now = time.perf_counter()
    if _running:
        spent[_running[-1]] += now - _since
    _since = now


def timed(step: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def within(*arguments: Any, **options: Any) -> Any:
        _switch()
        _running.append(step)
        try:
            return call(*arguments, **options)
        finally:
            _switch()
            _running.pop()

    return within


def main(index: Path) -> None:
    sys.path.append(str(Path(__file__).parents[1]))
    from material import questions

    for step, places in STEPS.items():
        for owner, name in places:
            setattr(owner, name, timed(step, getattr(owner, name)))
    library = Library(index)
    began = time.perf_counter()
    for question in questions()[:WARM]:
        library.ask(question)
    first = time.perf_counter() - began
    ms, steps = [], defaultdict(list)
    for question in questions():
        spent.clear()
        began = time.perf_counter()
        library.ask(question)
        ms.append((time.perf_counter() - began) * 1000)
        for step in STEPS:
            steps[step].append(spent[step] * 1000)
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    memory = {name: int(status[key].split()[0]) / 1024 for name, key in MEMORY.items()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print_json(ms=ms, steps=steps, warm_up=first, peak_mib=peak, **memory)


MEMORY = {"anonymous_mib": "RssAnon", "mapped_mib": "RssFile"}


def print_json(**result: Any) -> None:
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
