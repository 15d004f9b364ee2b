"""An encoder that remembers: words come again from question to question, and people ask once more."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence

import numpy as np

from . import Encoder, Vectors

KEPT = 4096
"""Questions and words whose vectors are kept: 6 MB of the bundled encoder's."""


class RememberingEncoder:
    """The vectors of ``encoder``; of the ``KEPT`` questions and words that were last asked for without encoding."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        return self._encoder.fingerprint

    @property
    def dim(self) -> int:
        return self._encoder.dim

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known |= zip(new, self._encoder.encode_queries(new), strict=True)
        with self._lock:
            for text, vector in known.items():
                self._kept[text] = vector
                self._kept.move_to_end(text)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return np.array([known[text] for text in texts], np.float32).reshape(-1, self.dim)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_passages(texts)

    def iter_passages(self, texts: Sequence[str]) -> Iterator[Vectors]:
        return self._encoder.iter_passages(texts)
