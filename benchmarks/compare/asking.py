"""One index, asked question after question in one process: `python asking.py INDEX`. Prints JSON."""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from pathlib import Path

from qa.library import Library

sys.path.append(str(Path(__file__).resolve().parents[1]))

from material import questions

WARM = 5
MEMORY = {"anonymous_mib": "RssAnon", "mapped_mib": "RssFile", "peak_mib": "VmHWM"}


def main(index: Path) -> None:
    library = Library(index)
    asked = questions()
    for question in asked[-WARM:]:
        library.ask(question)
    ms: list[float] = []
    steps: dict[str, list[float]] = defaultdict(list)
    for question in asked[:-WARM]:
        began = time.perf_counter()
        answer = library.ask(question)
        ms.append((time.perf_counter() - began) * 1000)
        for step, taken in answer.timings_ms.items():
            steps[step].append(taken)
    if "dense" in steps:  # "search" is the sum of it and others
        del steps["search"]
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    memory = {name: int(status[key].split()[0]) / 1024 for name, key in MEMORY.items()}
    sys.stdout.write(json.dumps({"ms": ms, "steps": steps, **memory}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
