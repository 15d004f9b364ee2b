"""Haystack: hybrid retrieval from its in-memory store, which is saved to a file.

https://docs.haystack.deepset.ai/docs/inmemorydocumentstore, and its tutorial on hybrid retrieval
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)


class Peer:
    def __init__(self, model: str) -> None:
        self._options: dict[str, Any] = {"model": model, "normalize_embeddings": True, "progress_bar": False}

    def index(self, documents: list[dict[str, str]]) -> None:
        embedder = SentenceTransformersDocumentEmbedder(prefix="passage: ", **self._options)
        embedder.warm_up()
        given = [Document(id=document["id"], content=document["text"]) for document in documents]
        self._store = InMemoryDocumentStore()
        self._store.write_documents(embedder.run(given)["documents"])

    def save(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._store.save_to_disk(str(folder / "documents.json"))

    def load(self, folder: Path) -> None:
        self._store = InMemoryDocumentStore.load_from_disk(str(folder / "documents.json"))
        self._pipeline = Pipeline()
        embedder = SentenceTransformersTextEmbedder(prefix="query: ", **self._options)
        self._pipeline.add_component("embedder", embedder)
        self._pipeline.add_component("dense", InMemoryEmbeddingRetriever(self._store))
        self._pipeline.add_component("words", InMemoryBM25Retriever(self._store))
        self._pipeline.add_component("join", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        self._pipeline.connect("embedder.embedding", "dense.query_embedding")
        self._pipeline.connect("dense", "join")
        self._pipeline.connect("words", "join")

    def search(self, question: str, k: int) -> list[tuple[str, str]]:
        given = {"embedder": {"text": question}, "words": {"query": question}}
        found = self._pipeline.run(given)["join"]["documents"]
        return [(document.id, document.content) for document in found[:k]]

    def state(self, folder: Path) -> object:
        store = InMemoryDocumentStore.load_from_disk(str(folder / "documents.json"))
        documents = store.filter_documents()
        return sorted(document.id for document in documents), all(document.embedding for document in documents)
