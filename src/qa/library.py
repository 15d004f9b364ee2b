"""A library: one index and the encoder it was built with, ready for questions."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from qa.answer import Answer, Found, Rerank, answer, closest
from qa.config import PIPELINE, index_folder
from qa.encoder import load_encoder
from qa.errors import IndexMismatch, IndexMissing, QueryError
from qa.query import follow, make_query
from qa.store import View, open_store
from qa.store.records import EVERYTHING, Filter
from qa.timings import Timings

LONGEST = 2000
"""Characters of a question."""

_KEPT = 16 << 20
"""Bytes that are taken and given back once. From then on glibc keeps blocks of that size for the next question,
which otherwise gets new pages for each array: a thirtieth of its time."""


_YOUNG = 20_000
"""New objects from which on Python looks for garbage among them: more than a question has at a time. Of its own
accord it looks twice a question, which lets go of all of them at its end: a thirtieth of its time, too."""


class Library:
    """Answers from the index in ``folder``; may be shared by threads, and sees each new generation by itself."""

    def __init__(self, folder: Path, *, rerank: str = "") -> None:
        self.folder = folder
        self.store = open_store(folder)
        settings = self.store.settings
        self.encoder = load_encoder(settings["model"] or None)
        remedy = f"build it anew with `qa index --rebuild --index {folder}`"
        if settings["pipeline"] != PIPELINE:
            raise IndexMismatch(
                f"the index in {folder} was built by a release that read articles otherwise: {remedy}"
            )
        if settings["fingerprint"] != self.encoder.fingerprint:
            ours = self.encoder.fingerprint
            raise IndexMismatch(
                f"the index in {folder} was built by {settings['fingerprint']}, not by {ours}: {remedy}"
            )

        np.empty(_KEPT, np.uint8)
        if 0 < gc.get_threshold()[0] < _YOUNG:  # 0: not at all
            gc.set_threshold(_YOUNG)
        self.rerank: Rerank | None = None
        if rerank:
            from qa.rerank import Reranker

            self.rerank = Reranker(rerank)

    @classmethod
    def open(cls, folder: Path | None = None, *, rerank: str = "") -> Library:
        """The library of ``folder``, or of the folder that ``config.index_folder`` finds.

        ``rerank`` names a cross-encoder, or the folder of one, that reads the passages found once more.
        Raises StoreError where there is no usable index, EncoderError where its model cannot be had.
        """
        return cls(index_folder(folder), rerank=rerank)

    def ask(self, question: str, *, limit: int = 4, only: Filter = EVERYTHING, after: str = "") -> Answer:
        """At most ``limit`` citations from the articles that ``only`` lets through, or an abstention.

        ``after`` is the question that this one follows up, if any: “how much did it cost?”
        Raises QueryError for a question that is none.
        """
        question = _checked(question)
        timings = Timings()
        with self.view() as view:
            query = make_query(question, self.encoder, view, timings=timings)
            if after:
                query = follow(query, make_query(after, self.encoder, view, timings=timings))
            return answer(query, view, limit=limit, only=only, rerank=self.rerank, timings=timings)

    def search(self, text: str, *, limit: int = 10, only: Filter = EVERYTHING) -> Found:
        """The best ``limit`` passages for ``text``, best first. Raises QueryError as ``ask`` does."""
        text = _checked(text)
        with self.view() as view:
            return closest(make_query(text, self.encoder, view), view, limit=limit, only=only, rerank=self.rerank)

    def close(self) -> None:
        """Let go of what this thread has open of the index."""
        self.store.close()

    @contextmanager
    def view(self) -> Iterator[View]:
        """The newest generation. Raises IndexMissing where it holds no article, and what ``Store.view`` raises."""
        with self.store.view() as view:
            if not view.passage_count():
                raise IndexMissing(f"the index in {self.folder} holds no article: add some with `qa index FOLDER`")
            yield view


def _checked(text: str) -> str:
    text = text.strip()
    if not any(char.isalnum() for char in text):
        raise QueryError("the question is empty: ask something in words")
    if len(text) > LONGEST:
        raise QueryError(f"the question has {len(text):,} characters: ask it in at most {LONGEST:,}")
    return text
