"""The bundled model as an ONNX graph whose large products are of 8-bit integers.

Dynamic quantisation as tools do it gives all tokens of a batch one scale, so that one outlier costs every text
of it, and a vector depends on what stands beside it. Here each token has a scale of its own: its vector agrees
with that of the unquantised model to a cosine of .999 instead of .996, alone and in company, for 4 % more time.

Weights take 7 bits: processors without VNNI add two products in 16 bits, which 8 would overflow. Their own
precision is 4 bits, so little is lost, and every machine computes with the same numbers.

All texts of a call have the same length. There is no padding then and no mask, which ONNX Runtime's fastest
attention does not take. A question is a call of one text.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from . import Vectors
from .onnx_graph import MICROSOFT, Graph
from .packed import PackedModel

_WEIGHT_LIMIT = 63
_MIDDLE = 128
"""Stands for zero where values have both signs."""
_GELU_ZERO, _GELU_LEAST = 16, 0.17
"""What stands for zero after GELU, which never goes below -0.17: the other levels are for what is above."""


def build(model: PackedModel, channels: Vectors | None = None) -> bytes:
    """The serialised graph: from ``words`` ``(u, hidden)``, the embeddings of the pieces that occur, and
    ``ids`` ``(texts, length)``, rows of ``words``, to ``vectors`` ``(texts, length, hidden)`` of tokens.

    ``channels`` ``(layers, 2, hidden)``: how large each channel becomes that goes into attention and into the inner
    layer. A few are twenty times as large as the others, which then have few levels left; so a channel is divided
    by the root of its size, and its weights multiplied by that (Xiao et al., “SmoothQuant”, 2023,
    https://arxiv.org/abs/2211.10438).
    """
    graph = _Integers()
    sizes = model.sizes
    tensor = model.tensor

    def normalised(x: str, name: str) -> str:
        weights = [graph.constant(tensor(f"{name}.{kind}")) for kind in "wb"]
        return graph.node("LayerNormalization", x, *weights, axis=-1, epsilon=sizes.epsilon)

    def residual(product: str, x: str, layer: int, part: str, norm: str) -> str:
        biased = graph.node("Add", product, biases(layer, part))
        return normalised(graph.node("Add", biased, x), f"l{layer}.{norm}")

    def biases(layer: int, *parts: str) -> str:
        return graph.constant(np.concatenate([tensor(f"l{layer}.{part}.b") for part in parts]))

    def product(x: _Quantised, layer: int, *parts: str, even: Vectors | None = None) -> str:
        """``x`` times the weights of all ``parts``, one beside the other."""
        names = [f"l{layer}.{part}" for part in parts]
        weights = np.concatenate([tensor(f"{name}.w").reshape(len(tensor(f"{name}.b")), -1) for name in names])
        if even is not None:
            weights = weights * even
        scale = np.abs(weights).max(axis=1) / _WEIGHT_LIMIT
        whole = np.round(weights / scale[:, None]).astype(np.int8)
        return graph.product(x, np.ascontiguousarray(whole.T), scale)

    def evened(x: str, layer: int, place: int, *parts: str) -> str:
        """The same product of ``x`` as it comes, whose channels differ in size."""
        if channels is None:
            return product(graph.quantised(x), layer, *parts)
        even = np.sqrt(channels[layer, place])
        return product(graph.quantised(graph.node("Mul", x, graph.constant(1 / even))), layer, *parts, even=even)

    shape = graph.node("Shape", "ids")
    by_text = graph.node("Concat", shape, graph.constant(np.array([-1])), axis=0)
    by_token = graph.constant(np.array([-1, sizes.hidden]))
    places = tensor("emb.pos").reshape(-1, sizes.hidden) + tensor("emb.type")[: sizes.hidden]
    first = graph.constant(np.array([0]))
    end = graph.node("Slice", shape, graph.constant(np.array([1])), graph.constant(np.array([2])), first)
    placed = graph.node("Slice", graph.constant(places), first, end, first)
    x = normalised(graph.node("Add", graph.node("Gather", "words", "ids"), placed), "emb.ln")
    x = graph.node("Reshape", x, by_token)
    for layer in range(sizes.layers):
        qkv = graph.node("Reshape", evened(x, layer, 0, *"qkv"), by_text)
        heads = graph.nodes("Split", qkv, outputs=3, axis=-1, num_outputs=3)
        attended = graph.node(
            "MultiHeadAttention", *heads, biases(layer, *"qkv"), domain=MICROSOFT, num_heads=sizes.heads
        )
        heard = graph.quantised(graph.node("Reshape", attended, by_token))
        x = residual(product(heard, layer, "ao"), x, layer, "ao", "aln")
        inner = evened(x, layer, 1, "fi")
        inner = graph.node("BiasGelu", inner, biases(layer, "fi"), domain=MICROSOFT)
        x = residual(product(graph.quantised_gelu(inner), layer, "fo"), x, layer, "fo", "oln")
    words: list[str | int] = ["pieces", sizes.hidden]
    states: list[str | int] = ["texts", "length", sizes.hidden]
    tokens = graph.node("Reshape", x, by_text)
    return graph.serialised(tokens, states, words=("float32", words), ids=("int64", ["texts", "length"]))


class _Quantised:
    """Tokens as ``uint8``, the float scale of each ``(tokens, 1)``, and the level that stands for zero."""

    def __init__(self, levels: str, scale: str, zero: str) -> None:
        self.levels, self.scale, self.zero = levels, scale, zero


class _Integers(Graph):
    """A graph with products of 8-bit integers."""

    def __init__(self) -> None:
        super().__init__()
        self._one = self.constant(np.float32(1))
        self._columns = self.constant(np.array([1]))
        self._tokens = self.node("Size", "ids")
        self._middle, self._middles = self._zero(_MIDDLE)
        self._gelu_zero, self._gelu_zeros = self._zero(_GELU_ZERO)

    def _zero(self, level: int) -> tuple[str, str]:
        """What stands for zero, and the same for each token."""
        zero = self.constant(np.uint8(level))
        return zero, self.node("Expand", zero, self.node("Unsqueeze", self._tokens, self.constant(np.array([0]))))

    def quantised(self, x: str) -> _Quantised:
        largest = self.node("ReduceMax", self.node("Abs", x), self._columns)
        scale = self.node("Mul", largest, self.constant(np.float32(1 / (_MIDDLE - 1))))
        return _Quantised(self._levels(x, scale, self._middles), scale, self._middle)

    def quantised_gelu(self, x: str) -> _Quantised:
        largest = self.node("ReduceMax", x, self._columns)
        scale = self.node("Mul", largest, self.constant(np.float32(1 / (255 - _GELU_ZERO))))
        scale = self.node("Max", scale, self.constant(np.float32(_GELU_LEAST / _GELU_ZERO)))
        return _Quantised(self._levels(x, scale, self._gelu_zeros), scale, self._gelu_zero)

    def _levels(self, x: str, scale: str, zeros: str) -> str:
        return self.node("QuantizeLinear", x, self.node("Squeeze", scale, self._columns), zeros, axis=0)

    def product(self, x: _Quantised, weights: npt.NDArray[np.int8], scale: npt.NDArray[np.float32]) -> str:
        """``x`` times ``weights`` ``(k, n)``, of which each column has a ``scale``."""
        inputs = (x.levels, self.constant(weights), self._one, self.constant(scale), x.zero)
        return self.node("Mul", self.node("MatMulIntegerToFloat", *inputs, domain=MICROSOFT), x.scale)
