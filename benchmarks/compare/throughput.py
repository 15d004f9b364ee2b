"""Indexing the same passages from process start to the end, one warm question after another, and memory."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from common import OURS, PEERS, WORK, Done, peer, qa, run, say
from material import documents, index_of, questions

PASSAGES = 1000


def measure() -> dict[str, Any]:
    index = index_of(PASSAGES)
    given = documents(index)
    lines = given.read_text("utf-8").splitlines()
    characters = sum(len(json.loads(line)["text"]) for line in lines)
    asked = WORK / "questions.json"
    asked.write_text(json.dumps(questions()), "utf-8")
    rows = {OURS: _ours(index)}
    for name, title in PEERS.items():
        folder = WORK / f"peer-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        say(f"{title}: indexing {len(lines):,} passages")
        built = peer(name, "index", given, folder)
        say(f"{title}: {len(questions())} questions")
        rows[title] = _row(built, json.loads(peer(name, "rank", folder, asked).out))
    return {"passages": len(lines), "characters": characters, "rows": rows}


def _ours(index: Path) -> dict[str, float]:
    folder = WORK / "ours"
    shutil.rmtree(folder, ignore_errors=True)
    say(f"{OURS}: indexing")
    built = qa("index", index / "articles", "--index", folder)
    child = Path(__file__).with_name("asking.py")
    return _row(built, json.loads(run([sys.executable, child, folder]).out))


def _row(built: Done, asked: dict[str, Any]) -> dict[str, float]:
    ms = sorted(asked["ms"])
    return {
        "seconds": built.seconds,
        "indexing_mib": built.peak_mib,
        "p50": ms[len(ms) // 2],
        "p95": ms[len(ms) * 95 // 100],
        "asking_mib": asked["peak_mib"],
    }
