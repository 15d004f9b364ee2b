"""nDCG@10 on the sets in ISNAD_EVAL_DIR: each whole search, the same paragraphs, every second question."""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path
from typing import Any

from common import OURS, PEERS, WORK, peer, say
from encoding import pairs, question_sets

from qa.encoder.bundled import BundledEncoder
from qa.evaluate.run import build
from qa.library import Library
from qa.query import make_query
from qa.search import search


def measure() -> dict[str, Any] | None:
    sets = question_sets()
    if not sets:
        say("nDCG: left out, since ISNAD_EVAL_DIR names no folder of question sets")
        return None
    sets = {name: (contexts, asked[::2]) for name, (contexts, asked) in sets.items()}
    encoder = BundledEncoder()
    rows: dict[str, dict[str, float]] = {f"{asked} in {searched}": {} for asked, searched in pairs(list(sets))}
    with tempfile.TemporaryDirectory(dir=WORK) as name:
        folder = Path(name)
        for set_, (contexts, asked) in sets.items():
            lines = [
                json.dumps({"id": str(n), "text": encoder.normalised(text)}) for n, text in enumerate(contexts)
            ]
            (folder / f"{set_}.jsonl").write_text("\n".join(lines), "utf-8")
            (folder / f"{set_}.questions").write_text(
                json.dumps([encoder.normalised(text) for text, _ in asked]), "utf-8"
            )
            say(f"{OURS}: indexing {set_}")
            build(contexts, folder / f"ours-{set_}", encoder)
            for name in PEERS:
                say(f"{name}: indexing {set_}")
                peer(name, "index", folder / f"{set_}.jsonl", folder / f"{name}-{set_}")
        for asked_of, searched in pairs(list(sets)):
            row = rows[f"{asked_of} in {searched}"]
            gold = [str(place) for _, place in sets[asked_of][1]]
            texts = [text for text, _ in sets[asked_of][1]]
            say(f"asking {asked_of} in {searched}")
            row[OURS] = _mean(_ours(folder / f"ours-{searched}", texts), gold)
            for name, title in PEERS.items():
                done = peer(name, "rank", folder / f"{name}-{searched}", folder / f"{asked_of}.questions")
                row[title] = _mean(json.loads(done.out)["ids"], gold)
    return rows


def _ours(index: Path, questions: list[str]) -> list[list[str]]:
    library = Library(index)
    ranked = []
    with library.view() as view:
        ids = {stored.rowid: stored.article.id for stored in view.articles()}
        for question in questions:
            hits = search(make_query(question, library.encoder, view), view, limit=view.passage_count())
            ranked.append(list(dict.fromkeys(ids[hit.passage.article] for hit in hits))[:10])
    return ranked


def _mean(ranked: list[list[str]], gold: list[str]) -> float:
    gains = (1 / math.log2(ids.index(one) + 2) if one in ids else 0 for ids, one in zip(ranked, gold, strict=True))
    return sum(gains) / len(gold)
