"""Text to vectors. Two implementations: the bundled model, and any sentence-transformers model by name."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ..errors import EncoderError

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read as a whole: a text, and where its parts stand in it, one after the other."""

    text: str
    parts: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """What a model makes of a text.

    ``vectors``: float32 ``(1 + parts, dim)``, of the whole and of each part. ``tokens``: uint8
    ``(n, tokens.DIM // 2)``, of one part after the other, as ``tokens.kept`` makes them; ``counts`` how many each
    part has, one at least.
    """

    vectors: Vectors
    tokens: npt.NDArray[np.uint8]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model makes of a question: its ``vector`` ``(dim,)``, and its ``tokens`` as ``tokens.asked`` has them.

    Of a model whose tokens are not known there are none, ``(0, tokens.DIM)``.
    """

    vector: Vectors
    tokens: Vectors


class Encoder(Protocol):
    """Turns questions and passages into vectors that can be compared by inner product.

    Vectors are float32 ``(…, dim)``, C-contiguous, L2-normalised, and the same for the same text whatever
    stands beside it in the call. Any string is allowed: empty, NUL and lone surrogates included; what exceeds
    the model's window is cut. Several threads may call at once.
    """

    @property
    def fingerprint(self) -> str:
        """Names model, weights and prompts: vectors of different fingerprints must not be compared."""
        ...

    @property
    def dim(self) -> int: ...

    def encode_question(self, text: str) -> Asked: ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors: ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors: ...

    def iter_passages(self, readings: Sequence[Reading]) -> Iterator[Read]:
        """Each reading, in order; all at once, because how many there are decides how they are encoded best."""
        ...


_FIRST = threading.Lock()


def load_encoder(name: str | None = None) -> Encoder:
    """The bundled model (``None`` or ``"bundled"``), or a sentence-transformers model by name or folder.

    Raises ``EncoderError`` when it cannot be had.
    """
    if name is None or name == "bundled":
        with _FIRST:
            return _bundled()
    from .sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name)


@cache
def _bundled() -> Encoder:
    from .bundled import BundledEncoder

    return BundledEncoder()


def load_ahead() -> None:
    """Begin to load what questions to the bundled model need, for who will ask one as soon as an index is open."""
    threading.Thread(target=_load, name="ahead").start()


def _load() -> None:
    with suppress(EncoderError):  # who asks will be told
        load_encoder().encode_queries([""])
