"""Kills an indexing run again and again, and looks at what is left: `python tests/kills.py 1000`.

Each round changes, adds, deletes and renames articles and lets another process index them, which is killed:
at a named step of the store (``qa.store.failpoints``), or at a random moment. Then the index must open, each
article must be as it was before or as it is now, and found by its own words; and a second run must complete
it, without encoding again what the killed one had committed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from indexing import BAKERY, BRIDGE, FESTIVAL, STORM, TRAIN, Listening, assert_sound, stored, write

from qa.encoder import load_encoder
from qa.index import update
from qa.library import Library

STEPS = (
    "article.removed",
    "article.added",
    "words.added",
    "postings.written",
    "commit.before",
    "commit.after",
    "faiss.half-written",
    "faiss.written",
    "faiss.synced",
    "faiss.renamed",
)

WORKER = """\
import json, os, sys
from pathlib import Path
from qa import index
from qa.encoder import load_encoder
from qa.store import derived
index.BATCH = 1
encoder = load_encoder()
print("ready", flush=True)
job = json.loads(sys.stdin.readline())
if job["step"]:
    os.environ["ISNAD_KILL_AT"] = job["step"]
if job["eager"]:
    derived.BEHIND = 0, 0
print("go", flush=True)
index.update([Path(job["news"])], Path(job["index"]), encoder, rebuild=job["rebuild"])
"""

TEXTS = (BRIDGE, BAKERY, STORM, FESTIVAL, TRAIN)
QUESTIONS = ("Which bakery won the prize?", "متى افتتح مهرجان الموسيقى؟", "What did the bridge cost?")


@dataclass
class Tally:
    """What has been seen. All but the first two should stay empty."""

    kills: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Ring:
    """One index, its articles, and the process that will be killed next."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.news, self.index = folder / "news", folder / "index"
        self.random = random.Random(seed)
        self.listening = Listening(load_encoder())
        self.tally = Tally()
        write(self.news, a=BRIDGE, b=BAKERY, c=FESTIVAL)
        update([self.news], self.index, self.listening)
        self._next = self._spawn()

    def round(self, step: str | None = None) -> None:
        """Kill one run at ``step`` (``NAME`` or ``NAME:TIMES``), or at a random moment."""
        before = self._articles()
        self._change()
        after = {f"news/{path.name}": path.read_text() for path in self.news.iterdir()}
        rebuild = self.random.random() < 0.1
        eager = self.random.random() < 0.5 or bool(step and step.startswith("faiss"))
        self._kill({"step": step, "eager": eager, "rebuild": rebuild})
        self._look(before, after, f"{step or 'random'}{' rebuild' * rebuild}{' eager' * eager}")

    def _spawn(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def _change(self) -> None:
        """One to three changes of the articles, at least one of which must be encoded."""
        for n in range(self.random.randint(1, 3)):
            paths = sorted(self.news.iterdir())
            kind = self.random.choice(("write", "write", "delete", "rename")) if n else "write"
            if kind == "write":
                text = self.random.choice(TEXTS).replace("1", str(self.random.randint(2, 9)))
                year = self.random.randint(1900, 2030)
                write(self.news, **{self.random.choice("abcdefg"): f"{text}\nSeen again in {year}.\n"})
            elif kind == "delete" and len(paths) > 2:
                self.random.choice(paths).unlink()
            elif kind == "rename":
                self.random.choice(paths).rename(self.news / f"{self.random.choice('hijkl')}.txt")

    def _kill(self, job: dict[str, object]) -> None:
        worker, self._next = self._next, self._spawn()
        assert worker.stdin
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"
        job |= {"news": str(self.news), "index": str(self.index)}
        worker.stdin.write(json.dumps(job) + "\n")
        worker.stdin.flush()
        assert worker.stdout.readline() == "go\n"
        if not job["step"]:
            time.sleep(self.random.uniform(0, 0.6))
            worker.kill()
        code = worker.wait(timeout=120)
        worker.stdin.close()
        worker.stdout.close()
        self.tally.kills += code == -signal.SIGKILL
        self.tally.ended[str(job["step"] or "random") if code else "not killed"] += 1

    def _look(self, before: dict[str, str], after: dict[str, str], how: str) -> None:
        try:
            left = self._articles()
            assert_sound(self.index)
            texts = {*before.values(), *map(_body, after.values())}
            assert {*left.values()} <= texts, "an article is neither as it was nor as it is"
            self._ask(left)
            self.listening.passages.clear()
            update([self.news], self.index, self.listening)
            new = [*(Counter(map(_body, after.values())) - Counter(left.values()))]
            again = [
                text for text in self.listening.passages if not any(text.split("\n")[-1] in body for body in new)
            ]
            assert not again, f"encoded again: {again}"
            assert self._articles() == {id_: _body(text) for id_, text in after.items()}
            assert_sound(self.index)
            assert not list(self.index.glob("*.tmp"))
        except Exception as error:
            self.tally.wrong.append(f"{how}: {type(error).__name__}: {error}")
            raise

    def _ask(self, left: dict[str, str]) -> None:
        library = Library(self.index)
        for question in QUESTIONS:
            for citation in library.ask(question).citations:
                assert citation.quote == left[citation.article.id][citation.start : citation.end]

    def _articles(self) -> dict[str, str]:
        return {id_: found.article.text for id_, found in stored(self.index).items()}

    def close(self) -> None:
        self._next.kill()
        self._next.wait()
        for pipe in (self._next.stdin, self._next.stdout):
            assert pipe
            pipe.close()


def _body(text: str) -> str:
    """The clean text of one of our articles, which is all but its title."""
    return "\n\n".join(text.strip().split("\n\n")[1:])


def main() -> int:
    wanted, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        ring = Ring(Path(folder), seed)
        rounds = 0
        with suppress(KeyboardInterrupt):  # so many are enough
            while ring.tally.kills < wanted:
                step = None if rounds % 2 else f"{STEPS[rounds // 2 % len(STEPS)]}:{ring.random.randint(1, 3)}"
                ring.round(step)
                rounds += 1
                if rounds % 50 == 0:
                    sys.stderr.write(f"{rounds} rounds, {ring.tally.kills} killed\n")
        ring.close()
        size = sum(path.stat().st_size for path in ring.index.iterdir())
    for how, times in sorted(ring.tally.ended.items()):
        sys.stdout.write(f"{times:5} {how}\n")
    sys.stdout.write(
        f"{ring.tally.kills} kills in {rounds} rounds, {time.monotonic() - began:.0f} s: "
        f"{len(ring.tally.wrong)} wrong; the index has {size / 1e6:.1f} MB\n"
    )
    return bool(ring.tally.wrong)


if __name__ == "__main__":
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    sys.exit(main())
