"""sentence-transformers and FAISS, put together in the shortest honest way."""

from __future__ import annotations

import json
from pathlib import Path

import faiss
from sentence_transformers import SentenceTransformer


class Peer:
    def __init__(self, model: str) -> None:
        self._model = SentenceTransformer(model, device="cpu")

    def index(self, documents: list[dict[str, str]]) -> None:
        self._documents = documents
        texts = [document["text"] for document in documents]
        vectors = self._model.encode_document(texts, normalize_embeddings=True)
        self._faiss: faiss.Index = faiss.IndexFlatIP(vectors.shape[1])
        self._faiss.add(vectors)

    def save(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        faiss.write_index(self._faiss, str(folder / "vectors.faiss"))
        (folder / "documents.json").write_text(json.dumps(self._documents), "utf-8")

    def load(self, folder: Path) -> None:
        self._faiss = faiss.read_index(str(folder / "vectors.faiss"))
        self._documents = json.loads((folder / "documents.json").read_text("utf-8"))

    def search(self, question: str, k: int) -> list[tuple[str, str]]:
        found = (self._documents[place] for place in self.nearest(question, k))
        return [(document["id"], document["text"]) for document in found]

    def nearest(self, question: str, k: int) -> list[int]:
        vector = self._model.encode_query([question], normalize_embeddings=True, show_progress_bar=False)
        return [place for place in self._faiss.search(vector, k)[1][0].tolist() if place >= 0]

    def state(self, folder: Path) -> object:
        documents = json.loads((folder / "documents.json").read_text("utf-8"))
        return faiss.read_index(str(folder / "vectors.faiss")).ntotal, [document["id"] for document in documents]
