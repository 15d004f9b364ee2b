"""The bundled model as an ONNX graph whose large products are of its own 4-bit weights, for one short text.

``MatMulNBits`` with ``accuracy_level`` 4 computes as the engine does: each 32 numbers of a token are rounded to 8
bits with a scale of their own, multiplied and added in integers.
"""

from __future__ import annotations

import numpy as np

from .onnx_graph import MICROSOFT, Graph
from .packed import BLOCK_WEIGHTS, PackedModel


def build(model: PackedModel) -> bytes:
    """The serialised graph: from ``x`` ``(1, length, hidden)``, the sums of a text's embeddings, to ``states`` of
    the same shape, what it says of each token."""
    graph = Graph()
    sizes = model.sizes

    def constant(name: str) -> str:
        return graph.constant(model.tensor(name))

    def product(x: str, *names: str) -> str:
        nibbles, scales = zip(*(model.blocks(f"{name}.w") for name in names), strict=True)
        n = sum(len(model.tensor(f"{name}.b")) for name in names)
        packed = np.concatenate(nibbles).reshape(n, -1, BLOCK_WEIGHTS // 2)
        weights = graph.constant(packed), graph.constant(np.concatenate(scales).reshape(n, -1))
        k = packed.shape[1] * BLOCK_WEIGHTS
        what = {"K": k, "N": n, "bits": 4, "block_size": BLOCK_WEIGHTS, "accuracy_level": 4}
        return graph.node("MatMulNBits", x, *weights, domain=MICROSOFT, **what)

    def residual(y: str, x: str, part: str, norm: str) -> str:
        weights = map(constant, (f"{norm}.w", f"{norm}.b", f"{part}.b"))
        return graph.node("SkipLayerNormalization", y, x, *weights, domain=MICROSOFT, epsilon=sizes.epsilon)

    first = map(constant, ("emb.ln.w", "emb.ln.b"))
    x = graph.node("LayerNormalization", "x", *first, axis=-1, epsilon=sizes.epsilon)
    for layer in (f"l{n}" for n in range(sizes.layers)):
        parts = [f"{layer}.{part}" for part in "qkv"]
        heads = graph.nodes("Split", product(x, *parts), outputs=3, axis=-1, num_outputs=3)
        biases = graph.constant(np.concatenate([model.tensor(f"{part}.b") for part in parts]))
        heard = graph.node("MultiHeadAttention", *heads, biases, domain=MICROSOFT, num_heads=sizes.heads)
        x = residual(product(heard, f"{layer}.ao"), x, f"{layer}.ao", f"{layer}.aln")
        inner = graph.node("BiasGelu", product(x, f"{layer}.fi"), constant(f"{layer}.fi.b"), domain=MICROSOFT)
        x = residual(product(inner, f"{layer}.fo"), x, f"{layer}.fo", f"{layer}.oln")
    return graph.serialised(x, [1, "length", sizes.hidden], x=("float32", [1, "length", sizes.hidden]))
