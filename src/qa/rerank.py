"""Reranking: a cross-encoder reads the first passages together with the question. Nobody has to: it is slow.

Nogueira and Cho, “Passage Re-ranking with BERT”, 2019, https://arxiv.org/abs/1901.04085
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from qa.encoder.sentence_transformer import load_model
from qa.encoder.text import encodable
from qa.search import Hit
from qa.store import View

READ = 20
"""Passages that are read."""


class Reranker:
    """Orders hits by what a ``CrossEncoder`` of sentence-transformers, by name or folder, thinks of them.

    Raises EncoderError when it cannot be had.
    """

    def __init__(self, name: str) -> None:
        from sentence_transformers import CrossEncoder

        self._model = load_model(CrossEncoder, name)
        self._lock = threading.Lock()

    def __call__(self, question: str, hits: Sequence[Hit], view: View) -> list[Hit]:
        """The first ``READ`` of ``hits`` anew, then the others; sentences gain what their passage does."""
        read, others = hits[:READ], hits[READ:]
        if not read:
            return []
        odds = self._odds([(encodable(question), encodable(_text(hit, view))) for hit in read])
        lead = [
            replace(hit, sentences=tuple(float(one + odd) for one in hit.sentences))
            for hit, odd in zip(read, odds - odds.max(), strict=True)
        ]
        order = np.argsort(-odds, kind="stable")
        return [*(lead[n] for n in order), *others]

    def _odds(self, pairs: Sequence[tuple[str, str]]) -> npt.NDArray[np.float64]:
        """Log-odds that each passage answers its question."""
        from torch.nn import Identity

        with self._lock:
            found = self._model.predict(pairs, activation_fn=Identity(), show_progress_bar=False)
        return np.asarray(found, np.float64).reshape(len(pairs), -1)[:, -1]


def _text(hit: Hit, view: View) -> str:
    encoded = hit.passage.encoded
    return view.article(hit.passage.article).article.text[encoded.start : encoded.end]
