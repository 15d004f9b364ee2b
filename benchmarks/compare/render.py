"""The tables and the plot in docs/, from what the parts have kept."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Sequence
from typing import Any

from common import OURS, PEERS, ROOT, saved, say

DOCS = ROOT / "docs"
SYSTEMS = [OURS, *PEERS.values()]


def write() -> None:
    """Replace what stands between the marks of each part that has run."""
    page = DOCS / "benchmarks.md"
    text = page.read_text("utf-8")
    for part, table in TABLES.items():
        if result := saved(part):
            marked = re.compile(rf"(?<=<!-- {part} -->\n).*?(?=<!-- /{part} -->)", re.DOTALL)
            parts = marked.split(text, maxsplit=1)
            text = f"{_machine()}\n\n{table(result)}\n".join(parts)
            found = len(parts) > 1
            if not found:
                say(f"docs/benchmarks.md has no place for {part}")
    page.write_text(text, "utf-8")
    if warm := saved("warm"):
        plot(warm)


def _machine() -> str:
    cpu = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            lines = dict(line.split(":", 1) for line in file if ":" in line)
        cpu = next(value.strip() for key, value in lines.items() if key.startswith("model name"))
        flags = next(value.split() for key, value in lines.items() if key.startswith("flags"))
        cpu += ", " + next(
            (name for name in ("amx_int8", "avx512_vnni", "avx_vnni", "avx512f", "avx2") if name in flags), ""
        )
    except (OSError, StopIteration):
        pass
    return f"{os.cpu_count()} cores ({cpu}), Python {platform.python_version()}."


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(map(str, row))} |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines)


def _encoding(result: dict[str, Any]) -> str:
    rows = result["rows"]
    base = next(iter(rows.values()))["per_second"]
    table = _table(
        ("way", "passages/s", "times", "cosine, mean", "least"),
        (
            (
                name,
                f"{r['per_second']:.1f}",
                f"{r['per_second'] / base:.1f}",
                f"{r['cosine']:.4f}",
                f"{r['least']:.4f}",
            )
            for name, r in rows.items()
        ),
    )
    table = f"{result['texts']} passages of {result['characters']:.0f} characters.\n\n{table}"
    if not (ndcg := result["ndcg"]):
        return table + "\n\nnDCG was not measured: ISNAD_EVAL_DIR was not set."
    ways = list(next(iter(ndcg.values())))
    effect = _table(
        ("nDCG@10, dense alone", *ways, "difference"),
        (
            (name, *(f"{row[way]:.4f}" for way in ways), f"{row[ways[1]] - row[ways[0]]:+.4f}")
            for name, row in ndcg.items()
        ),
    )
    return f"{table}\n\n{effect}"


def _cold(result: dict[str, dict[str, float]]) -> str:
    base = next(r["median"] for name, r in result.items() if name.startswith(OURS))
    return _table(
        ("from process start to the last byte", "median s", "min", "max", "times", "peak MiB"),
        (
            (
                name,
                *(f"{r[key]:.2f}" for key in ("median", "min", "max")),
                f"{r['median'] / base:.1f}",
                f"{r['peak_mib']:.0f}",
            )
            for name, r in result.items()
        ),
    )


def _throughput(result: dict[str, Any]) -> str:
    rows, passages = result["rows"], result["passages"]
    table = _table(
        ("", "passages/s", "peak MiB", "warm question p50 ms", "p95 ms", "peak MiB of asking"),
        (
            (
                name,
                f"{passages / r['seconds']:.1f}",
                f"{r['indexing_mib']:.0f}",
                f"{r['p50']:.0f}",
                f"{r['p95']:.0f}",
                f"{r['asking_mib']:.0f}",
            )
            for name, r in rows.items()
        ),
    )
    return f"{passages:,} passages of {result['characters'] / passages:.0f} characters.\n\n{table}"


def _ranking(result: dict[str, dict[str, float]]) -> str:
    return _table(
        ("nDCG@10", *SYSTEMS),
        (
            (name, *(_bold(row[system], row.values()) for system in SYSTEMS if system in row))
            for name, row in result.items()
        ),
    )


def _bold(value: float, among: Iterable[float]) -> str:
    return f"**{value:.3f}**" if value == max(among) else f"{value:.3f}"


def _killing(result: dict[str, dict[str, Any]]) -> str:
    return _table(
        ("killed while saving", "whole, the old or the new", "opens, but its parts disagree", "does not open"),
        ((name, *(row.get(how, 0) for how in ("whole", "wrong", "unusable"))) for name, row in result.items()),
    )


def _warm(result: dict[str, dict[str, Any]]) -> str:
    steps = list(next(iter(result.values()))["steps"])
    return _table(
        ("passages", "p50 ms", "p95 ms", *(f"{step} p50 / p95" for step in steps), "MiB", "and mapped files"),
        (
            (
                f"{int(size):,}",
                f"{r['p50']:.0f}",
                f"{r['p95']:.0f}",
                *(f"{r['steps'][step][0]:.1f} / {r['steps'][step][1]:.1f}" for step in steps),
                f"{r['anonymous_mib']:.0f}",
                f"{r['mapped_mib']:.0f}",
            )
            for size, r in result.items()
        ),
    )


def _profiling(result: dict[str, dict[str, Any]]) -> str:
    parts = []
    for what, found in result.items():
        table = _table(
            ("function", "s of its own", "of the thread"),
            ((f"`{name}`", f"{own:.2f}", f"{own / found['thread']:.0%}") for name, own in found["rows"]),
        )
        threads = f"{found['process']:.1f} s of processor time, {found['thread']:.1f} of it in this thread."
        parts.append(f"**{what}**: {threads}\n\n{table}")
    return "\n\n".join(parts)


TABLES = {
    "encoding": _encoding,
    "cold": _cold,
    "throughput": _throughput,
    "ranking": _ranking,
    "killing": _killing,
    "warm": _warm,
    "profiling": _profiling,
}


def plot(result: dict[str, dict[str, Any]]) -> None:
    """Where the time of a question goes, and the memory it takes, as docs/warm.svg."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "isnad"
    from matplotlib import pyplot

    sizes = [f"{int(size):,}" for size in result]
    figure, (time, memory) = pyplot.subplots(
        1, 2, figsize=(9, 3.6), width_ratios=(2, 1), layout="constrained", facecolor="white"
    )
    left = [0.0] * len(sizes)
    for step in next(iter(result.values()))["steps"]:
        mean = [r["mean"][step] for r in result.values()]
        time.barh(sizes, mean, left=left, label=step)
        left = [a + b for a, b in zip(left, mean, strict=True)]
    places = range(len(sizes))
    time.plot([r["p50"] for r in result.values()], places, "k|", markersize=14, label="p50")
    time.plot([r["p95"] for r in result.values()], places, "kx", markersize=7, label="p95")
    time.set(xlabel="ms a question: mean of each step", ylabel="passages")
    time.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=5, frameon=False)
    own, mapped = ([r[key] for r in result.values()] for key in ("anonymous_mib", "mapped_mib"))
    memory.barh(sizes, own, label="of its own")
    memory.barh(sizes, mapped, left=own, label="mapped files")
    memory.set(xlabel="MiB of memory")
    memory.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)
    for axes in (time, memory):
        axes.invert_yaxis()
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(DOCS / "warm.svg", metadata={"Date": None})
    pyplot.close(figure)
