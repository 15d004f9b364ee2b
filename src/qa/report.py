"""What an indexing run shows: a progress bar while it is long, and one closing line."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from tqdm import tqdm

from qa.index import Report
from qa.plan import Plan

PATIENCE = 1.0
"""Seconds before a bar appears."""

PROGRESS = "ISNAD_PROGRESS"
"""Set to ``lines`` by a program that runs `qa` as its child: ``progress 3 12`` then stands for the bar."""


@contextmanager
def progress_bar(stream: TextIO, *, unit: str = "article") -> Iterator[Callable[[int, int], None]]:
    """A function to tell ``(done, total)``; the bar stands in ``stream`` if that is a terminal."""
    if os.environ.get(PROGRESS) == "lines":

        def tell(done: int, total: int) -> None:
            stream.write(f"progress {done} {total}\n")
            stream.flush()

        yield tell
        return
    bar = tqdm(
        file=stream,
        disable=not stream.isatty(),
        delay=PATIENCE,
        unit=f" {unit}",
        leave=False,
        dynamic_ncols=True,
    )

    def progress(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    with bar:
        yield progress


def closing_line(report: Report) -> str:
    """``12 articles: 3 added, 1 updated, 8 unchanged, 0 removed · 87 passages · 4.1 s``."""
    counts = (
        f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, {report.removed} removed"
    )
    line = (
        f"{_count(report.articles, 'article')}: {counts} · "
        f"{_count(report.passages, 'passage')} · {report.seconds:.1f} s"
    )
    return line + _left_out(len(report.skipped), report.ignored)


def plan_lines(plan: Plan) -> Iterator[str]:
    """A line for each article that would be added (+), updated (~) or removed (-), and one that counts them."""
    for sign, ids, count in zip("+~-", (plan.added, plan.updated, plan.removed), plan.counts, strict=True):
        for id_ in ids:
            yield f"{sign} {''.join(char if char.isprintable() else '?' for char in id_)}"
        if count > len(ids):
            yield f"{sign} … and {count - len(ids):,} more"
    added, updated, removed = plan.counts
    yield (
        f"would add {added:,}, update {updated:,}, remove {removed:,}, "
        f"leave {plan.unchanged:,} as they are{_left_out(len(plan.skipped), plan.ignored)}"
    )


def _left_out(skipped: int, ignored: Counter[str]) -> str:
    line = f" · skipped: {skipped:,}" if skipped else ""
    if ignored:
        kinds = ", ".join(f"{n} {kind}" for kind, n in ignored.most_common())
        line += f" · not of a kind that can be read: {kinds}"
    return line


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
