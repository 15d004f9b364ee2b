"""An ONNX graph as it is put together: nodes and constants, known by their names."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = "com.microsoft"
"""The domain of what ONNX Runtime has beyond ONNX."""

_OPSET, _IR = 18, 9
_TYPES = {"float32": TensorProto.FLOAT, "int64": TensorProto.INT64}


class Graph:
    """Nodes and constants as they are added; a value is known by its name."""

    def __init__(self) -> None:
        self._nodes: list[object] = []
        self._constants: list[object] = []

    def constant(self, value: npt.ArrayLike) -> str:
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(self, kind: str, *inputs: str, domain: str = "", **attributes: object) -> str:
        (name,) = self.nodes(kind, *inputs, outputs=1, domain=domain, **attributes)
        return name

    def nodes(self, kind: str, *inputs: str, outputs: int, domain: str = "", **attributes: object) -> list[str]:
        """A node of several ``outputs``."""
        names = [f"n{len(self._nodes)}.{output}" for output in range(outputs)]
        self._nodes.append(helper.make_node(kind, inputs, names, domain=domain, **attributes))
        return names

    def serialised(self, result: str, shape: list[str | int], **inputs: tuple[str, list[str | int]]) -> bytes:
        """The whole, from ``inputs``, each a type and a shape, to ``states``: float32 of ``shape``."""
        nodes = [*self._nodes, helper.make_node("Identity", [result], ["states"])]
        graph = helper.make_graph(
            nodes,
            "e5",
            [helper.make_tensor_value_info(name, _TYPES[kind], size) for name, (kind, size) in inputs.items()],
            [helper.make_tensor_value_info("states", TensorProto.FLOAT, shape)],
            self._constants,
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(MICROSOFT, 1)]
        made: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=_IR).SerializeToString()
        return made
