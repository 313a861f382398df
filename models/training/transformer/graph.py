"""Graphs of ONNX Runtime's fused operators, with weights as they are (float) or rounded to int8.

Rounded, every matrix has one scale a column and the numbers that meet it are rounded at run time with one scale an
input; attention itself, layer norms and the activation stay float. A few channels are much louder than the rest, which
that one scale would drown: where it is known how loud each is, they are brought nearer to each other before, and the
matrix takes it back (Xiao et al.: SmoothQuant, 2023). After the activation single tokens are loud: each is rounded as a
share of its own loudest channel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Array = npt.NDArray[Any]
FUSED: Final = "com.microsoft"
OPSETS: Final = (helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1))
VERSION: Final = 10
"""The ONNX IR version that is written: read by ONNX Runtime from 1.18 on."""
TOP: Final = 127
FLOAT: Final = TensorProto.FLOAT
EVENING: Final = 0.7
"""How much of the difference between channels goes from the numbers into the matrix; of .5 and .7 this lost less."""
QUIETEST: Final = 1e-3


def levels(weight: Array, axis: int) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """A matrix as whole numbers from -127 to 127 and the scale of each row that is left when ``axis`` is taken away."""
    scale = np.maximum(np.abs(weight).max(axis=axis, keepdims=True), 1e-9) / TOP
    return np.rint(weight / scale).astype(np.int8), scale.squeeze(axis).astype(np.float32)


class Graph:
    """Nodes and weights in the order in which they are added; names begin with ``prefix``.

    ``peaks``: how loud each channel is, for every matrix that :meth:`evened` is called for, in that order. ``taps``:
    what meets those matrices.
    """

    def __init__(self, prefix: str, rounded: bool, peaks: Sequence[Array] = ()) -> None:
        self.prefix = prefix
        self.rounded = rounded
        self.peaks = peaks
        self.taps: list[str] = []
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def _name(self) -> str:
        return f"{self.prefix}{len(self.nodes)}.{len(self.weights)}"

    def weight(self, array: Array) -> str:
        """Adds a constant; numbers with a point are stored as float32."""
        kept = array.astype(np.float32) if array.dtype.kind == "f" else array
        name = f"{self._name()}.w"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(kept), name))
        return name

    def op(self, kind: str, inputs: Sequence[str], domain: str = "", **attributes: Any) -> str:
        """Adds a node with one output and returns its name."""
        return self.ops(kind, inputs, 1, domain, **attributes)[0]

    def ops(self, kind: str, inputs: Sequence[str], count: int, domain: str = "", **attributes: Any) -> list[str]:
        """Adds a node with ``count`` outputs."""
        outputs = [f"{self._name()}.{kind}{number}" for number in range(count)]
        self.nodes.append(helper.make_node(kind, list(inputs), outputs, domain=domain, **attributes))
        return outputs

    def linear(self, x: str, weight: Array, bias: Array) -> str:
        """``x @ weight + bias``; weight: inputs × outputs."""
        if not self.rounded:
            return self.op("Add", [self.op("MatMul", [x, self.weight(weight)]), self.weight(bias)])
        whole, scale = levels(weight, 0)
        given = [x, self.weight(whole), self.weight(scale), "", self.weight(bias)]
        return self.op("DynamicQuantizeMatMul", given, FUSED)

    def evened(self, x: str, weight: Array) -> tuple[str, Array]:
        """``x`` with its channels brought nearer to each other, and the matrix that takes it back."""
        number = len(self.taps)
        self.taps.append(x)
        if not self.rounded or number >= len(self.peaks):
            return x, weight
        loud = np.maximum(self.peaks[number], QUIETEST) ** EVENING
        scale = loud / np.maximum(np.abs(weight).max(axis=1), QUIETEST) ** (1 - EVENING)
        scale = scale / np.exp(np.log(scale).mean())
        return self.op("Mul", [x, self.weight(1 / scale)]), weight * scale[:, None]

    def linear_by_row(self, x: str, weight: Array, bias: Array) -> str:
        """Like :meth:`linear`, each token rounded as a share of its loudest channel, which is positive."""
        if not self.rounded:
            return self.linear(x, weight, bias)
        loudest = self.op("ReduceMax", [x, self.weight(np.array([-1]))], keepdims=1)
        loudest = self.op("Max", [loudest, self.weight(np.array(QUIETEST, np.float32))])
        shares = self.linear(self.op("Div", [x, loudest]), weight, np.zeros_like(bias))
        return self.op("Add", [self.op("Mul", [shares, loudest]), self.weight(bias)])

    def table(self, rows: Array) -> str:
        """A constant table as floats; its rows are stored rounded."""
        if not self.rounded:
            return self.weight(rows)
        whole, scale = levels(rows, 1)
        return self.op("Mul", [self.op("Cast", [self.weight(whole)], to=FLOAT), self.weight(scale[:, None])])

    def exact(self, x: str, weight: Array, bias: Array) -> str:
        """Like :meth:`linear`, but what meets the weights is not rounded: for few rows, where that costs nothing."""
        return self.op("Gemm", [x, self.table(weight.T), self.weight(bias)], transB=1)

    def look_up(self, rows: Array, numbers: str) -> str:
        """Rows of a table by number; only those are turned into floats."""
        if not self.rounded:
            return self.op("Gather", [self.weight(rows), numbers])
        whole, scale = levels(rows, 1)
        found = self.op("Cast", [self.op("Gather", [self.weight(whole), numbers])], to=FLOAT)
        return self.op("Mul", [found, self.op("Gather", [self.weight(scale[:, None]), numbers])])

    def attention(self, x: str, weight: Array, bias: Array, mask: str, heads: int) -> str:
        """Self-attention before its output matrix; weight: inputs × (queries, keys, values). ``mask`` is int32."""
        x, weight = self.evened(x, weight)
        if not self.rounded:
            given = [x, self.weight(weight), self.weight(bias), mask]
            return self.op("Attention", given, FUSED, num_heads=heads)
        whole, scale = levels(weight, 0)
        around, step, zero = self.ops("DynamicQuantizeLinear", [x], 3)
        given = [around, self.weight(whole), self.weight(bias), step, self.weight(scale), mask, zero,
                 self.weight(np.zeros(len(scale), np.int8))]  # fmt: skip
        return self.op("QAttention", given, FUSED, num_heads=heads)

    def normed(self, x: str, scale: Array, shift: Array, epsilon: float, beside: str | None = None) -> str:
        """Layer norm of ``x``, or of the sum of ``x`` and what stands ``beside`` it."""
        given = [*([x] if beside is None else [x, beside]), self.weight(scale), self.weight(shift)]
        if beside is None:
            return self.op("LayerNormalization", given, axis=-1, epsilon=epsilon)
        return self.op("SkipLayerNormalization", given, FUSED, epsilon=epsilon)

    def scaled(self, x: str, by: float) -> str:
        """``x`` times a number."""
        return self.op("Mul", [x, self.weight(np.array(by, np.float32))])

    def sliced(self, x: str, start: int, end: int, axis: int) -> str:
        """A part of ``x`` along an axis."""
        return self.op("Slice", [x, *(self.weight(np.array([number])) for number in (start, end, axis))])

    def unit(self, x: str) -> str:
        """Vectors along the last axis brought to length one."""
        return self.op("Div", [x, self.op("ReduceL2", [x, self.weight(np.array([-1]))], keepdims=1)])


def value(name: str, kind: int, shape: Sequence[str | int]) -> onnx.ValueInfoProto:
    """What an input or output of a graph is."""
    return helper.make_tensor_value_info(name, kind, shape)


def optional(graph: Graph, wanted: str, branch: Graph, outputs: dict[str, tuple[str, int]]) -> None:
    """Adds a branch that is computed where the truth value ``wanted`` says so; else its outputs have no rows.

    ``outputs``: by name in the whole graph the name in the branch and the number of its columns.
    """
    empty = Graph(f"{branch.prefix}none.", False)
    for name, (inside, _) in outputs.items():
        ranks = 3 if name == "tokens" else 2
        shape = [0] * (ranks - 1) + [outputs[name][1]]
        blank = empty.weight(np.zeros(shape, np.float32))
        empty.nodes.append(helper.make_node("Identity", [blank], [f"{branch.prefix}none.{name}"]))
        branch.nodes.append(helper.make_node("Identity", [inside], [f"{branch.prefix}{name}"]))

    def body(part: Graph, prefix: str) -> onnx.GraphProto:
        given = [value(f"{prefix}{name}", FLOAT, shape_of(name, width)) for name, (_, width) in outputs.items()]
        return helper.make_graph(part.nodes, prefix, [], given, part.weights)

    graph.nodes.append(
        helper.make_node(
            "If",
            [wanted],
            list(outputs),
            then_branch=body(branch, branch.prefix),
            else_branch=body(empty, f"{branch.prefix}none."),
        )
    )


def shape_of(name: str, width: int) -> list[str | int]:
    """What an output measures: ``tokens`` has a row a token, the others have one a text."""
    return ["texts", "width", width] if name == "tokens" else ["texts", width]


def model(
    graph: Graph,
    inputs: Sequence[onnx.ValueInfoProto],
    outputs: Mapping[str, Sequence[str | int]],
    switches: Sequence[str] = (),
) -> onnx.ModelProto:
    """The finished model. ``switches``: truth values that are true unless they are given with a run."""
    on = [numpy_helper.from_array(np.array(True), name) for name in switches]
    given = [*inputs, *(value(name, TensorProto.BOOL, []) for name in switches)]
    found = [value(name, FLOAT, shape) for name, shape in outputs.items()]
    whole = helper.make_graph(graph.nodes, "minyi", given, found, [*graph.weights, *on])
    return helper.make_model(whole, opset_imports=list(OPSETS), ir_version=VERSION, producer_name="minyi")
