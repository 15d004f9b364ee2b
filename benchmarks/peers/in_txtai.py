"""txtai: hybrid search with content, saved to a folder. https://neuml.github.io/txtai/embeddings/"""

from __future__ import annotations

from pathlib import Path

from txtai import Embeddings


class Peer:
    def __init__(self, model: str) -> None:
        self._models: dict[str, object] = {}  # shared, so that state() need not load the model again
        self._model = model
        self._embeddings = self._new()

    def _new(self) -> Embeddings:
        return Embeddings(
            path=self._model,
            hybrid=True,
            content=True,
            instructions={"query": "query: ", "data": "passage: "},
            models=self._models,
        )

    def index(self, documents: list[dict[str, str]]) -> None:
        self._embeddings = self._new()
        self._embeddings.index([(document["id"], document["text"], None) for document in documents])

    def save(self, folder: Path) -> None:
        self._embeddings.save(str(folder))

    def load(self, folder: Path) -> None:
        self._embeddings.load(str(folder))

    def search(self, question: str, k: int) -> list[tuple[str, str]]:
        return [(found["id"], found["text"]) for found in self._embeddings.search(question, k)]

    def state(self, folder: Path) -> object:
        loaded = Embeddings(models=self._models)
        loaded.load(str(folder))
        rows = loaded.search("SELECT id, text FROM txtai", 1_000_000)
        parts = loaded.ann.count(), loaded.scoring.count()
        return parts, sorted(row["id"] for row in rows)
