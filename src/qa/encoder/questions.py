"""The bundled model for questions: the engine's 4-bit weights as they are, by ONNX Runtime in half of the time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime

from . import Vectors
from .graph import build
from .integer import threads
from .packed import PackedModel
from .pieces import Pieces


class QuestionModel:
    """Encodes short texts that have been through ``BundledEncoder.normalised``. Threads may share it."""

    def __init__(self, packed: PackedModel) -> None:
        self._packed = packed
        self._pieces = Pieces(packed.vocabulary())
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # as many calls as processors instead, as in ``integer``
        options.enable_mem_pattern = options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        graph = build(packed, four_bits=True)
        self._session = onnxruntime.InferenceSession(graph, options, ["CPUExecutionProvider"])
        self._pool = ThreadPoolExecutor(threads(), thread_name_prefix="encode")

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of ``texts`` with their prefixes, float32 ``(n, hidden)`` of unit length."""
        return np.concatenate(list(self._pool.map(self._encoded, texts)))

    def _encoded(self, text: str) -> Vectors:
        pieces, rows = np.unique(np.array([self._pieces.tokens(text)], np.int64), return_inverse=True)
        inputs = {"words": self._packed.words(pieces), "ids": rows.reshape(1, -1)}
        found: Vectors = self._session.run(None, inputs)[0]
        return found
