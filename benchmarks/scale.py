"""What a large index costs: search, whole answers, opening, and one changed article.

    python benchmarks/scale.py INDEX grow --from SMALL --passages 100000
    python benchmarks/scale.py INDEX dense lexical union ask open cold update --squad FILE...

``grow`` makes INDEX out of a small one (see scale_corpus.py). The others measure it with the questions of SQuAD
files and print a Markdown table. ``update`` changes, adds, renames and removes a file of INDEX, each
three times, brings the index up to date after each, and prints the least. Searches take one thread (unless
OMP_NUM_THREADS says otherwise); times are wall clock, with the CPU time beside them for busy machines.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("OMP_NUM_THREADS", "1")

import faiss
import numpy as np
from scale_corpus import grow

from qa.answer import Answer
from qa.encoder import load_encoder
from qa.index import update
from qa.language.analyse import analyse
from qa.language.script import language
from qa.library import Library
from qa.query import DEPTH
from qa.store import View, database
from qa.store.reader import Reader
from qa.store.records import Vectors

COLD = 9
"""Processes that are started to ask one question each."""

WARM = 5
"""Questions asked before the clock runs."""

T = TypeVar("T")
Row = tuple[str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what a large index costs.")
    parser.add_argument("index", type=Path)
    parser.add_argument("what", nargs="+", choices=["grow", *MEASURES])
    parser.add_argument("--from", dest="source", type=Path, help="the small index that grow starts from")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--squad", type=Path, nargs="+", default=[], help="files with questions")
    parser.add_argument("--questions", type=int, default=200)
    args = parser.parse_args()
    if "grow" in args.what:
        if args.source is None:
            parser.error("grow needs --from SMALL: build one with `qa index`")
        grow(args.source, args.index, args.passages)
    wanted = [name for name in args.what if name != "grow"]
    if wanted and not args.squad:
        parser.error("name files with questions: --squad FILE...")
    faiss.omp_set_num_threads(1)
    asked = questions(args.squad, args.questions)
    show((name, *row) for name in wanted for row in MEASURES[name](args.index, asked))


def questions(files: Sequence[Path], most: int) -> list[str]:
    """At most ``most`` questions of SQuAD ``files``, the same ones each time."""
    found = [
        question["question"]
        for path in files
        for entry in json.loads(path.read_text("utf-8"))["data"]
        for paragraph in entry["paragraphs"]
        for question in paragraph["qas"]
    ]
    return random.Random(1).sample(found, min(most, len(found)))


def dense(index: Path, asked: Sequence[str]) -> list[Row]:
    """Search by vector, and how much of the exact ten and hundred nearest it finds."""
    encoder = load_encoder()
    with Reader(index).view() as view:
        vectors = [view.background.centre_questions(encoder.encode_queries([q]), language(q))[0] for q in asked]
        found: list[list[int]] = []
        rows = timed(lambda v: found.append([id_ for id_, _ in view.dense(v, DEPTH)]), vectors)
        exact = exact_nearest(index, view, np.stack(vectors))
    return [*rows, *((f"recall@{k}", f"{recall(found, exact, k):.4f}") for k in (10, DEPTH))]


def exact_nearest(index: Path, view: View, vectors: Vectors) -> list[list[int]]:
    """The ids of the ``DEPTH`` passages nearest to each of ``vectors``, from the vectors in the database."""
    best = faiss.ResultHeap(len(vectors), DEPTH, keep_max=True)
    with closing(database.connect(index)) as db:
        for lang in sorted(view.languages()):
            rows = db.execute("SELECT id, vector FROM passages WHERE lang = ?", (lang,))
            while batch := rows.fetchmany(20_000):
                some = database.from_blob(b"".join(blob for _, blob in batch), "<f4", vectors.shape[1])
                scores = vectors @ view.background.centre_passages(some, lang).T
                ids = np.broadcast_to(np.array([id_ for id_, _ in batch], np.int64), scores.shape)
                best.add_result(np.ascontiguousarray(scores), np.ascontiguousarray(ids))
    best.finalize()
    nearest: list[list[int]] = best.I.tolist()
    return nearest


def recall(found: Sequence[Sequence[int]], exact: Sequence[Sequence[int]], k: int) -> float:
    return float(np.mean([len({*f[:k]} & {*e[:k]}) / k for f, e in zip(found, exact, strict=True)]))


def lexical(index: Path, asked: Sequence[str]) -> list[Row]:
    """Search by words."""
    terms = [tuple(dict.fromkeys(token.term for token in analyse(question))) for question in asked]
    with Reader(index).view() as view:
        return timed(lambda some: view.lexical(some, DEPTH), terms)


def union(index: Path, asked: Sequence[str]) -> list[Row]:
    """Search by vector and by words, as one question needs both."""
    encoder = load_encoder()
    with Reader(index).view() as view:
        ready = [
            (
                view.background.centre_questions(encoder.encode_queries([question]), language(question))[0],
                tuple(dict.fromkeys(token.term for token in analyse(question))),
            )
            for question in asked
        ]
        return timed(lambda one: {*view.dense(one[0], DEPTH)} | {*view.lexical(one[1], DEPTH)}, ready)


def ask(index: Path, asked: Sequence[str]) -> list[Row]:
    """Whole answers, with the encoding of the question, and their steps."""
    library = Library(index)
    answers: list[Answer] = []
    rows = timed(lambda question: answers.append(library.ask(question)), asked)
    taken = [answer.timings_ms for answer in answers[WARM:]]
    return rows + [
        (f"{step} p{p}", f"{np.percentile([ms.get(step, 0.0) for ms in taken], p):.1f} ms")
        for step in taken[0]
        for p in (50, 95)
    ]


def open_and_ask(index: Path, asked: Sequence[str]) -> list[Row]:
    """From opening to the first answer, without what Python and the encoder take to start."""
    code = (
        "import sys, time; from pathlib import Path\n"
        "from qa.library import Library; from qa.encoder import load_encoder\n"
        "load_encoder().encode_queries(['x']); began = time.perf_counter()\n"
        "library = Library(Path(sys.argv[1])); library.ask(sys.argv[2]); print(time.perf_counter() - began)\n"
        "print(open('/proc/self/status').read())"
    )
    out = subprocess.run(
        [sys.executable, "-c", code, str(index), asked[0]], check=True, capture_output=True, text=True
    ).stdout
    status = dict(line.split(":", 1) for line in out.splitlines() if ":" in line)
    resident = ((name, int(status[key].split()[0]) / 1024) for name, key in RESIDENT.items())
    return [
        ("open to first answer", f"{float(out.split()[0]):.2f} s"),
        *((name, f"{size:,.0f} MiB") for name, size in resident),
    ]


def cold(index: Path, asked: Sequence[str]) -> list[Row]:
    """`qa ask` as a process of its own, nothing loaded but what the system keeps of files."""
    taken = []
    for question in asked[:COLD]:
        began = time.perf_counter()
        command = [sys.executable, "-m", "qa", "ask", "--json", "--index", str(index), question]
        done = subprocess.run(command, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - began)
        if done.returncode not in (0, 1):
            raise SystemExit(f"qa ask ended with {done.returncode}")
    return [("process start to answer, median", f"{np.median(taken):.2f} s"), ("slowest", f"{max(taken):.2f} s")]


RESIDENT = {"resident": "VmRSS", "of it anonymous": "RssAnon", "of it mapped files": "RssFile"}


def change_one(index: Path, asked: Sequence[str]) -> list[Row]:  # noqa: ARG001
    """One article of many that is changed, added, renamed or removed, the walk over all of them included."""
    encoder = load_encoder()
    encoder.encode_queries(["x"])
    articles = index / "articles"
    path = next(articles.rglob("*.txt"))
    text, added, renamed = path.read_text("utf-8"), path.with_name("added.txt"), path.with_name("renamed.txt")

    def write(to: Path) -> None:
        to.write_text(f"{text}\nA word was added at {time.time_ns()}.\n", "utf-8")

    def bring_up_to_date(*expected: int) -> None:
        report = update([articles], index, encoder)
        if expected and expected != (report.added, report.updated, report.removed):
            raise SystemExit(f"{report} instead of {expected} added, updated and removed")

    steps: dict[str, tuple[Callable[[], object], tuple[int, int, int]]] = {
        "one changed": (lambda: write(path), (0, 1, 0)),
        "one added": (lambda: write(added), (1, 0, 0)),
        "one renamed": (lambda: added.rename(renamed), (0, 0, 0)),
        "one removed": (renamed.unlink, (0, 0, 1)),
        "none changed": (lambda: None, (0, 0, 0)),
    }
    write(path)
    bring_up_to_date()  # the first run also has to load what encodes words
    taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for _ in range(3):
        for name, (change, expected) in steps.items():
            change()
            taken[name].append(clocked(partial(bring_up_to_date, *expected)))
        taken["os.walk and a stat of each"].append(clocked(partial(look_at_all, articles)))
    path.write_text(text, "utf-8")
    bring_up_to_date()
    return [
        (name, f"{min(wall for wall, _ in own):.3f} s, CPU {min(cpu for _, cpu in own):.3f} s")
        for name, own in taken.items()
    ]


def look_at_all(folder: Path) -> None:
    """What cannot be done without."""
    for here, _, names in os.walk(folder):
        for name in names:
            os.stat(os.path.join(here, name))


def clocked(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the wall and of CPU."""
    began, used = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - began, time.process_time() - used


MEASURES: dict[str, Callable[[Path, Sequence[str]], list[Row]]] = {
    "dense": dense,
    "lexical": lexical,
    "union": union,
    "ask": ask,
    "open": open_and_ask,
    "cold": cold,
    "update": change_one,
}


def timed(call: Callable[[T], object], inputs: Sequence[T]) -> list[Row]:
    """``call`` with each of ``inputs``, of which the first ``WARM`` do not count."""
    for one in inputs[:WARM]:
        call(one)
    wall, cpu = [], []
    for one in inputs[WARM:]:
        began, used = time.perf_counter(), time.thread_time()
        call(one)
        cpu.append(time.thread_time() - used)
        wall.append(time.perf_counter() - began)
    return [
        (f"{name} p{p}", f"{np.percentile(taken, p) * 1000:.1f} ms")
        for name, taken in (("wall", wall), ("CPU", cpu))
        for p in (50, 95)
    ]


def show(rows: Iterable[tuple[str, str, str]]) -> None:
    sys.stdout.write(f"`python {' '.join(sys.argv)}`\n\n| what | measure | figure |\n|---|---|---|\n")
    for row in rows:
        sys.stdout.write(f"| {' | '.join(row)} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
