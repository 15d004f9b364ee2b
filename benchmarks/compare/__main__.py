"""Everything that docs/benchmarks.md says of speed, measured again: `make bench [PARTS="cold warm"]`.

    encoding    bulk encoding in every way, agreement and nDCG            about 6 minutes on two cores
    throughput  indexing, warm questions and memory, with the peers       9
    cold        process start to printed answer, with the peers           7
    killing     what a kill while saving leaves, with the peers           4
    ranking     nDCG@10 on the sets in ISNAD_EVAL_DIR, with the peers     20
    profiling   where the processor time of indexing and asking goes      2
    warm        a question step by step, among 1,000 to 1,000,000         30, most of them to make the index

Each part keeps what it finds in build/bench/ (or ISNAD_BENCH_DIR), with the indexes that it made; without PARTS
those that have run are not run again. The tables of docs/benchmarks.md and docs/warm.svg are written after each.
"""

from __future__ import annotations

import compileall
import importlib
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

import render
from common import ROOT, save, saved, say

PARTS = ("encoding", "throughput", "cold", "killing", "ranking", "profiling", "warm")


def main(chosen: list[str]) -> None:
    if strange := set(chosen) - {*PARTS, "render"}:
        raise SystemExit(f"no such part: {' '.join(sorted(strange))}; there are {' '.join(PARTS)} render")
    compileall.compile_dir(ROOT / "src", quiet=1)  # as pip does with the packages of all others
    for part in chosen or PARTS:
        if part == "render" or (not chosen and saved(part)):
            continue
        say(f"── {part}")
        save(part, importlib.import_module(part).measure())
        render.write()
    render.write()


if __name__ == "__main__":
    main(sys.argv[1:])
