"""Any sentence-transformers model, by name or folder, with its own prompts."""

from __future__ import annotations

import hashlib
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import EncoderError
from . import Asked, Read, Reading, Vectors, tokens
from .text import encodable, slices

# About three seconds on two cores for a model of the bundled one's size.
_SLICE_CHARACTERS = 20_000
# Texts of a batch are padded to the longest: 32 of mixed lengths take half again as long on a CPU.
_TOGETHER = 16
_HUB_SECONDS = 5.0
_PASSAGE_PROMPTS = ("document", "passage", "corpus")


class SentenceTransformerEncoder:
    """An ``Encoder`` of a model in a folder, in the hub's cache, or on the hub.

    The model's prompts ``query`` and ``document`` (or ``passage``, ``corpus``) stand before the texts if it
    has them. Raises ``EncoderError`` in one line, after seconds, when the model cannot be had.
    """

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        self._model = load_model(SentenceTransformer, name)
        self._query_prompt: str = self._model.prompts.get("query") or ""
        self._passage_prompt: str = next(filter(None, map(self._model.prompts.get, _PASSAGE_PROMPTS)), "")
        self.dim: int = len(self._model.encode("", show_progress_bar=False))
        self.fingerprint = f"{Path(name).name}:{self._digest()}"
        # A fast tokenizer must not be used by two threads at once.
        self._lock = threading.Lock()

    def encode_question(self, text: str) -> Asked:
        return Asked(self.encode_queries([text])[0], np.empty((0, tokens.DIM), np.float32))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self._model.encode_query, texts, self._query_prompt)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self._model.encode_document, texts, self._passage_prompt)

    def iter_passages(self, readings: Sequence[Reading]) -> Iterator[Read]:
        """Parts are encoded alone: what a model's tokens mean within a text, only its makers know."""
        for some in slices(readings, _SLICE_CHARACTERS // 2, key=lambda reading: len(reading.text)):
            texts = [[r.text, *(r.text[start:end] for start, end in r.parts)] for r in some]
            vectors = self.encode_passages([*chain.from_iterable(texts)])
            for own in np.split(vectors, np.cumsum([*map(len, texts)])[:-1]):
                yield Read(own, *tokens.none(len(own) - 1))

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str], prompt: str) -> Vectors:
        if not texts:
            return np.empty((0, self.dim), np.float32)
        clean = [encodable(text) for text in texts]
        try:
            with self._lock:
                vectors = encode(
                    clean,
                    prompt=prompt,
                    batch_size=_TOGETHER,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
        except RuntimeError as error:  # out of memory, or a kernel that the machine lacks
            raise EncoderError(f"the model cannot encode: {_first_line(error)}") from error
        return np.ascontiguousarray(vectors, np.float32)

    def _digest(self) -> str:
        """Of what is loaded, not of where it came from: a folder may be moved, a hub's copy unpacked.

        A thousand numbers of each tensor tell weights apart as surely as all of them.
        """
        modules = [(type(m).__name__, getattr(m, "pooling_mode", None)) for m in self._model]
        prompts = (self._query_prompt, self._passage_prompt)
        digest = hashlib.blake2b(repr((modules, prompts, self._model.max_seq_length)).encode(), digest_size=8)
        for name, tensor in sorted(self._model.state_dict().items()):
            flat = tensor.detach().reshape(-1)
            digest.update(f"{name} {tuple(tensor.shape)}".encode())
            digest.update(flat[:: max(1, len(flat) // 1024)].float().cpu().numpy().tobytes())
        return digest.hexdigest()


def load_model(kind: Callable[..., Any], name: str) -> Any:
    """A model of this ``kind``, from a folder, the hub's cache or the hub. Raises EncoderError."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the model's own files: nothing that a user can mend
        if Path(name).expanduser().is_dir():
            try:
                return kind(str(Path(name).expanduser()), local_files_only=True)
            # Loading what may be anything can fail in any way.
            except Exception as error:
                raise EncoderError(
                    f"cannot load the model in {name!r}: {_first_line(error)} — "
                    "give a folder that sentence-transformers has saved"
                ) from error
        try:
            # What the hub's cache holds needs no network, and does not change unasked.
            return kind(name, local_files_only=True)
        except Exception:
            _require_on_hub(name)
        try:
            return kind(name)
        except Exception as error:
            raise EncoderError(f"cannot load the model {name!r}: {_first_line(error)}") from error


def _require_on_hub(name: str) -> None:
    """Ask the hub once, with a short limit: its client would try each of a dozen files, again and again."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError

    try:
        HfApi().model_info(name, timeout=_HUB_SECONDS)
    except Exception as error:
        unknown = isinstance(error, RepositoryNotFoundError | HFValidationError)
        reason = "the hub has no model of this name" if unknown else "the hub cannot be reached"
        raise EncoderError(
            f"cannot load the model {name!r}: no such folder, and {reason} — "
            "download it beforehand, or leave out the model name to use the bundled one"
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
