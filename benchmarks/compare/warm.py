"""A question in a running process, step by step, among few and many passages."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from common import run, say
from material import index_of

SIZES = [int(size) for size in os.environ.get("ISNAD_BENCH_SIZES", "1000 100000 1000000").split()]


def measure() -> dict[str, Any]:
    rows = {}
    for size in SIZES:
        index = index_of(size)
        say(f"asking among {size:,} passages")
        found = json.loads(run([sys.executable, Path(__file__).with_name("asking.py"), index]).out)
        rows[str(size)] = {
            "p50": float(np.percentile(found["ms"], 50)),
            "p95": float(np.percentile(found["ms"], 95)),
            "steps": {step: [float(np.percentile(ms, p)) for p in (50, 95)] for step, ms in found["steps"].items()},
            "mean": {step: float(np.mean(ms)) for step, ms in found["steps"].items()},
            **{key: found[key] for key in ("anonymous_mib", "mapped_mib", "peak_mib")},
        }
    return rows
