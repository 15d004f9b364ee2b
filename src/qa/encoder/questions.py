"""The bundled model for questions: the graph of passages (``graph``) for one short text.

What takes a second to make, the graph and the sorted vocabulary, is kept as files, since a question waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path

import numpy as np
import onnxruntime

from . import Vectors
from .cache import unpacked
from .packed import PackedModel
from .unigram import MappedUnigram

_VERSION = 7
"""Of what is kept: another with each change of what this writes."""

_GRAPH, _WEIGHTS, _PIECES, _IDS = "graph.onnx", "weights.bin", "pieces.npy", "piece_ids.npy"
_LARGE = 1024
"""Bytes of a constant from which on it is kept with the weights."""

_SIZES = Path(__file__).with_name("sizes.npy")
"""Of the channels of questions (scripts/ship_sizes.py)."""

_SPACE = "▁"
_REMEMBERED = 10_000
"""Words."""

_PROVIDERS = ["CPUExecutionProvider"]


class QuestionModel:
    """Encodes short texts that have been through ``BundledEncoder.normalised``. Threads may share it."""

    def __init__(self, packed: PackedModel, *, longest_piece: int) -> None:
        self._packed = packed
        try:
            self._load(unpacked(f"questions-{packed.digest()}-{_VERSION}", self._write), longest_piece)
        except OSError:  # nothing can be kept: every process makes it for itself
            from tempfile import TemporaryDirectory

            with TemporaryDirectory(prefix="isnad-questions-", ignore_cleanup_errors=True) as name:
                self._write(Path(name))
                self._load(Path(name), longest_piece)

    def _write(self, folder: Path) -> None:
        from .graph import build

        options = _options()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(folder / _GRAPH)  # done once, not by every question
        # A file of their own is mapped; what stands in the graph is parsed and copied.
        options.add_session_config_entry("session.optimized_model_external_initializers_file_name", _WEIGHTS)
        options.add_session_config_entry(
            "session.optimized_model_external_initializers_min_size_in_bytes", str(_LARGE)
        )
        onnxruntime.InferenceSession(build(self._packed, np.load(_SIZES).astype(np.float32)), options, _PROVIDERS)
        vocabulary = self._packed.vocabulary()
        pieces = np.array([piece.encode() for piece in vocabulary.pieces])
        order = np.argsort(pieces)
        order = order[order != vocabulary.unk]
        np.save(folder / _PIECES, pieces[order])
        np.save(folder / _IDS, order)

    def _load(self, folder: Path, longest_piece: int) -> None:
        self._session = onnxruntime.InferenceSession(folder / _GRAPH, _options(), _PROVIDERS)
        ids = np.load(folder / _IDS, mmap_mode="r")
        pieces = np.load(folder / _PIECES, mmap_mode="r")
        unigram = MappedUnigram(
            pieces, ids, self._packed.scores()[ids], unknown=self._packed.special.unk, longest=longest_piece
        )
        self._split = lru_cache(_REMEMBERED)(unigram.split)

    def tokens(self, text: str) -> list[int]:
        """The ids of ``text``, which has its prefix already, with those that begin and end it."""
        special = self._packed.special
        words = text.replace(_SPACE, " ").split(" ")  # no piece goes on after a space
        return [special.bos, *chain.from_iterable(self._split(_SPACE + word) for word in words), special.eos]

    def encode(self, ids: Sequence[int]) -> Vectors:
        """What the model says of each token of a text given as ids: float32 ``(n, hidden)``."""
        given = {"words": self._packed.words(np.array(ids)), "ids": np.arange(len(ids))[None]}
        states: Vectors = self._session.run(None, given)[0][0]
        return states


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # the other processors have the question's words, and other questions
    options.enable_mem_pattern = options.enable_cpu_mem_arena = False  # for each length, kept for good
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return options
