"""Bulk encoding: passages a second in every way there is, how far the vectors agree, and what that does to nDCG."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from common import model, say
from material import documents, index_of

from qa.encoder import Reading, Vectors, bundled
from qa.encoder.bundled import BundledEncoder

TEXTS, ROUNDS = 160, 3
Encode = Callable[[Sequence[str]], Vectors]


def measure() -> dict[str, Any]:
    sets = question_sets()
    texts = [context for contexts, _ in sets.values() for context in contexts]
    if not texts:
        lines = documents(index_of(1000)).read_text("utf-8").splitlines()
        texts = [json.loads(line)["text"] for line in lines]
    encoder = BundledEncoder()
    texts = [encoder.readable(text) for text in texts]
    chosen = random.Random(1).sample(texts, min(TEXTS, len(texts)))
    ways = all_ways(encoder)
    for encode in ways.values():
        encode(chosen[:4])
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    vectors = {}
    for n in range(ROUNDS):
        for name, encode in ways.items():
            say(f"encoding, round {n + 1} of {ROUNDS}: {name}")
            began = time.perf_counter()
            vectors[name] = encode(chosen)
            seconds[name].append(time.perf_counter() - began)
    first = vectors[next(iter(ways))]
    rows = {}
    for name in ways:
        cosines = np.einsum("nd,nd->n", first, vectors[name])
        rows[name] = {
            "per_second": len(chosen) / min(seconds[name]),
            "cosine": float(cosines.mean()),
            "least": float(cosines.min()),
        }
    return {
        "texts": len(chosen),
        "characters": float(np.mean([len(text) for text in chosen])),
        "rows": rows,
        "ndcg": ndcg(ways, encoder, sets),
    }


def all_ways(encoder: BundledEncoder) -> dict[str, Encode]:
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(model()), device="cpu")

    def by_plain(texts: Sequence[str]) -> Vectors:
        found: Vectors = plain.encode(
            list(texts), prompt_name="passage", normalize_embeddings=True, show_progress_bar=False
        )
        return found

    def by(bulk: bundled.Bulk) -> Encode:
        one = BundledEncoder()
        one._bulk = bulk
        return lambda texts: np.concatenate([read.vectors for read in one.iter_passages([*map(Reading, texts)])])

    def by_engine(texts: Sequence[str]) -> Vectors:
        return np.concatenate([encoder.encode_passages([text]) for text in texts])

    # A text alone is too little work for any way but the engine.
    return {
        "SentenceTransformer.encode, fp32": by_plain,
        "8-bit integers, ONNX Runtime (chosen)": by(bundled._in_integers(encoder._packed)),
        "fallback: sentence-transformers, 16 together": by(bundled._in_torch(encoder._packed)),
        "C engine": by_engine,
    }


def question_sets() -> dict[str, tuple[list[str], list[tuple[str, int]]]]:
    """Contexts, and questions with the place of theirs, of the SQuAD files in ISNAD_EVAL_DIR, if that is set."""
    found = {}
    folder = os.environ.get("ISNAD_EVAL_DIR")
    for path in sorted(Path(folder).glob("*.json")) if folder else []:
        contexts: list[str] = []
        asked: list[tuple[str, int]] = []
        for article in json.loads(path.read_text("utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                asked += ((qa["question"], len(contexts)) for qa in paragraph["qas"])
                contexts.append(paragraph["context"])
        found[path.stem] = contexts, asked
    return found


def ndcg(
    ways: dict[str, Encode], encoder: BundledEncoder, sets: dict[str, tuple[list[str], list[tuple[str, int]]]]
) -> dict[str, dict[str, float]]:
    """nDCG@10 of dense search alone, the passages encoded by each way and the questions in 4 bits."""
    chosen = list(ways)[:2]
    passages = {}
    questions = {}
    for name, (contexts, asked) in sets.items():
        say(f"encoding {name} for nDCG")
        questions[name] = np.concatenate([encoder.encode_queries([text]) for text, _ in asked])
        read = [encoder.readable(text) for text in contexts]
        passages[name] = {way: ways[way](read) for way in chosen}
    found = {}
    for asked_of, searched in pairs(list(sets)):
        gold = [place for _, place in sets[asked_of][1]]
        row = {way: _ndcg(questions[asked_of], passages[searched][way], gold) for way in chosen}
        found[f"{asked_of} in {searched}"] = row
    return found


def pairs(names: list[str]) -> list[tuple[str, str]]:
    """Each set in itself, and those in two languages across."""
    parallel = [name for name in names if name.startswith("xquad")]
    return [(name, name) for name in names] + [(a, b) for a in parallel for b in parallel if a != b]


def _ndcg(questions: Vectors, passages: Vectors, gold: Sequence[int]) -> float:
    scores = questions @ passages.T
    own = scores[np.arange(len(gold)), gold]
    above = (scores > own[:, None]).sum(axis=1)
    return float(np.where(above < 10, 1 / np.log2(above + 2), 0).mean())
