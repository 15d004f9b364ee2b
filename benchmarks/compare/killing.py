"""What is left of an index when the process that saves it is killed."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from common import OURS, PEERS, ROOT, WORK, peer, run, say
from material import documents, index_of

KILLS, DOCUMENTS = 40, 120


def measure() -> dict[str, dict[str, Any]]:
    lines = documents(index_of(1000)).read_text("utf-8").splitlines()[:DOCUMENTS]
    some = WORK / "some.jsonl"
    some.write_text("\n".join(lines), "utf-8")
    rows: dict[str, dict[str, Any]] = {}
    say(f"{OURS}: {KILLS} kills")
    done = run([sys.executable, ROOT / "tests" / "kills.py", str(KILLS)])
    wrong = re.search(r"(\d+) wrong", done.out)
    assert wrong, done.out
    rows[OURS] = {"whole": KILLS - int(wrong[1]), "wrong": int(wrong[1]), "unusable": 0}
    for name, title in PEERS.items():
        say(f"{title}: {KILLS} kills")
        rows[title] = json.loads(peer(name, "kill", some, str(KILLS)).out)
    return rows
