"""The trained network as one graph with two branches on one table of words: texts' heads, and sentence vectors.

The table is not trained, so both share it. Each branch is computed only where its switch is on (``TEXTS``,
``SENTENCES``): ONNX Runtime computes every output else, whichever are asked for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper
from onnxruntime import InferenceSession

from models.training.transformer.graph import FLOAT, FUSED, Array, Graph, model, optional, shape_of, value
from models.training.transformer.heads import SPANS, fields, pair
from models.training.transformer.network import SCALE
from models.transformer.tokens import Tokens

Weights = Mapping[str, npt.NDArray[np.float32]]
TEXTS: Final = "texts_wanted"
SENTENCES: Final = "sentences_wanted"
INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")
SILENT: Final = -1e4
"""Log-odds of evidence at tokens that are none."""


@dataclass(frozen=True)
class Shape:
    """Of a BERT: attention heads, and epsilon of its layer norms; ``reach`` and ``sentence_reach``: the most tokens."""

    heads: int
    epsilon: float
    reach: int
    sentence_reach: int


def assembled(
    tuned: Weights, original: Weights, shape: Shape, rounded: bool = True, typical: Sequence[Tokens] = ()
) -> onnx.ModelProto:
    """The graph of a network's state and of the trunk that it began from.

    ``tuned``: a state of :class:`~models.training.transformer.network.Network`; ``original``: the trunk's weights
    under Hugging Face names. ``typical``: inputs of at most ``shape.sentence_reach`` tokens that show how loud each
    channel is; without them channels are rounded as they are. Raises ValueError when their word tables differ.
    """
    words = tuned["encoder.embeddings.word_embeddings.weight"]
    if not np.array_equal(words, original["embeddings.word_embeddings.weight"]):
        raise ValueError("the word table was trained: sentences and heads cannot share it")
    graph = _with_words(words, rounded)
    texts = Graph("texts.", rounded, peaks(lambda part: _texts(part, tuned, shape), words, typical))
    found = _texts(texts, tuned, shape)
    optional(graph, TEXTS, texts, found)
    sentences = Graph("sentences.", rounded, peaks(lambda part: sentence(part, original, shape), words, typical))
    vector = sentence(sentences, original, shape)
    hidden = words.shape[1]
    optional(graph, SENTENCES, sentences, {"sentence": (vector, hidden)})
    widths = {**{name: width for name, (_, width) in found.items()}, "sentence": hidden}
    return model(graph, _inputs(), {name: shape_of(name, width) for name, width in widths.items()}, (TEXTS, SENTENCES))


def _with_words(words: Array, rounded: bool) -> Graph:
    graph = Graph("", rounded)
    graph.nodes.append(helper.make_node("Identity", [graph.look_up(words, INPUTS[0])], ["words"]))
    return graph


def _texts(graph: Graph, tuned: Weights, shape: Shape) -> dict[str, tuple[str, int]]:
    return heads(graph, states(graph, _inside(tuned, "encoder."), shape, shape.reach), tuned)


def peaks(branch: Callable[[Graph], object], words: Array, typical: Sequence[Tokens]) -> list[Array]:
    """The largest number of every channel, by its size, that meets each evened matrix of a branch in these inputs."""
    if not typical:
        return []
    part = Graph("probe.", False)
    branch(part)
    graph = _with_words(words, False)
    graph.nodes += part.nodes
    graph.weights += part.weights
    hidden = words.shape[1]
    whole = model(graph, _inputs(), {tap: ("texts", f"{tap}.width", hidden) for tap in part.taps})
    session = InferenceSession(whole.SerializeToString(), providers=["CPUExecutionProvider"])
    found = [np.zeros(hidden, np.float32) for _ in part.taps]
    for item in typical:
        ids = np.array([item.ids], np.int64)
        given = {INPUTS[0]: ids, INPUTS[1]: np.ones_like(ids), INPUTS[2]: np.array([item.types], np.int64)}
        for number, array in enumerate(session.run(part.taps, given)):
            found[number] = np.maximum(found[number], np.abs(array).reshape(-1, hidden).max(axis=0))
    return found


def _inputs() -> list[onnx.ValueInfoProto]:
    return [value(name, TensorProto.INT64, ["texts", "width"]) for name in INPUTS]


def _inside(weights: Weights, prefix: str) -> dict[str, npt.NDArray[np.float32]]:
    return {name.removeprefix(prefix): array for name, array in weights.items() if name.startswith(prefix)}


def depth(weights: Weights) -> int:
    """Layers of a BERT's weights."""
    return 1 + max(int(found[1]) for name in weights if (found := re.match(r"encoder\.layer\.(\d+)\.", name)))


def _begin(graph: Graph, bert: Weights, shape: Shape, reach: int) -> str:
    """Words, places and types of tokens, summed and normed."""
    places = graph.table(bert["embeddings.position_embeddings.weight"][:reach])
    width = graph.op("Shape", [INPUTS[0]], start=1, end=2)
    nought = graph.weight(np.array([0]))
    types = graph.op("Gather", [graph.weight(bert["embeddings.token_type_embeddings.weight"]), INPUTS[2]])
    total = graph.op("Add", ["words", graph.op("Slice", [places, nought, width, nought])])
    return graph.normed(graph.op("Add", [total, types]), *_norm(bert, "embeddings"), shape.epsilon)


def _norm(bert: Weights, at: str) -> tuple[Array, Array]:
    return bert[f"{at}.LayerNorm.weight"], bert[f"{at}.LayerNorm.bias"]


def _dense(bert: Weights, at: str) -> tuple[Array, Array]:
    return bert[f"{at}.weight"].T, bert[f"{at}.bias"]


def _joint(bert: Weights, at: str, names: tuple[str, ...]) -> tuple[Array, Array]:
    parts = [_dense(bert, f"{at}.attention.self.{name}") for name in names]
    return np.concatenate([weight for weight, _ in parts], axis=1), np.concatenate([bias for _, bias in parts])


def _rest(graph: Graph, bert: Weights, at: str, x: str, seen: str, epsilon: float) -> str:
    """What follows attention in a layer; ``x``: the layer's input, ``seen``: what attention gave."""
    out = graph.linear(seen, *_dense(bert, f"{at}.attention.output.dense"))
    x = graph.normed(out, *_norm(bert, f"{at}.attention.output"), epsilon, beside=x)
    weight, bias = _dense(bert, f"{at}.intermediate.dense")
    inner = graph.op("Gelu", [graph.linear(*graph.evened(x, weight), bias)], FUSED)
    return graph.normed(graph.linear_by_row(inner, *_dense(bert, f"{at}.output.dense")), *_norm(bert, f"{at}.output"),
                        epsilon, beside=x)  # fmt: skip


def states(graph: Graph, bert: Weights, shape: Shape, reach: int, layers: int | None = None) -> str:
    """The hidden states of every token after the last layer, or after so many ``layers``."""
    x = _begin(graph, bert, shape, reach)
    mask = graph.op("Cast", [INPUTS[1]], to=TensorProto.INT32)
    for number in range(depth(bert) if layers is None else layers):
        at = f"encoder.layer.{number}"
        seen = graph.attention(x, *_joint(bert, at, ("query", "key", "value")), mask, shape.heads)
        x = _rest(graph, bert, at, x, seen, shape.epsilon)
    return x


def sentence(graph: Graph, bert: Weights, shape: Shape) -> str:
    """The first token's state at length one; of the last layer nothing else is computed."""
    last = depth(bert) - 1
    x = states(graph, bert, shape, shape.sentence_reach, last)
    at, first = f"encoder.layer.{last}", graph.sliced(x, 0, 1, 1)
    query = graph.linear(first, *_joint(bert, at, ("query",)))
    weight, bias = _joint(bert, at, ("key", "value"))
    both = graph.linear(*graph.evened(x, weight), bias)
    key, content = graph.ops("Split", [both], 2, axis=-1, num_outputs=2)
    mask = graph.op("Cast", [INPUTS[1]], to=TensorProto.INT32)
    seen = graph.op("MultiHeadAttention", [query, key, content, "", mask], FUSED, num_heads=shape.heads)
    state = _rest(graph, bert, at, first, seen, shape.epsilon)
    return graph.unit(graph.op("Squeeze", [state, graph.weight(np.array([1]))]))


def heads(graph: Graph, x: str, tuned: Weights) -> dict[str, tuple[str, int]]:
    """``fields``, ``tokens`` and ``pair`` of the states, with their widths."""
    codes, hidden = tuned["evidence_weight"].shape
    both = _pooled(graph, x, hidden)
    tokens, loudest = _tokens(graph, x, tuned)
    weight, bias = _of_texts(tuned)
    plain = graph.exact(both, weight.T, bias)
    further = np.array([0, 0, 0, len(bias) - 2 * codes])
    spread = graph.op("Pad", [graph.op("Concat", [loudest, loudest], axis=1), graph.weight(further)])
    inner = graph.op("Tanh", [graph.exact(both, *_dense(tuned, "pair_hidden"))])
    paired = [_dense(tuned, f"pair.{head.name}") for head in pair()]
    stance = graph.exact(inner, np.concatenate([w for w, _ in paired], axis=1), np.concatenate([b for _, b in paired]))
    return {
        "fields": (graph.op("Add", [plain, spread]), len(bias)),
        "tokens": (tokens, codes + 3 * len(SPANS)),
        "pair": (stance, sum(len(head.labels) for head in pair())),
    }


def _pooled(graph: Graph, x: str, hidden: int) -> str:
    """First token beside the mean of the real tokens; the first brought to such a length that both weigh alike."""
    one, real = graph.weight(np.array([1])), graph.op("Cast", [INPUTS[1]], to=FLOAT)
    column = graph.op("Unsqueeze", [real, graph.weight(np.array([2]))])
    total = graph.op("ReduceSum", [graph.op("Mul", [x, column]), one], keepdims=0)
    mean = graph.op("Div", [total, graph.op("ReduceSum", [real, one], keepdims=1)])
    first = graph.scaled(graph.unit(graph.op("Squeeze", [graph.sliced(x, 0, 1, 1), one])), math.sqrt(hidden))
    return graph.op("Concat", [first, mean], axis=1)


def _tokens(graph: Graph, x: str, tuned: Weights) -> tuple[str, str]:
    """Log-odds of every token, and of each factor those of its loudest real token, times the learnt share."""
    spans = [_dense(tuned, f"spans.{kind.replace('.', '_')}") for kind in SPANS]
    codes = len(tuned["evidence_bias"])
    weight = np.concatenate([tuned["evidence_weight"].T * SCALE, *(w for w, _ in spans)], axis=1)
    bias = np.concatenate([np.zeros(codes, np.float32), *(b for _, b in spans)])
    found = graph.ops(
        "Split", [graph.linear(x, weight, bias), graph.weight(np.array([codes, 3 * len(SPANS)]))], 2, axis=-1
    )
    length = graph.op("ReduceL2", [x, graph.weight(np.array([-1]))], keepdims=1)
    evidence = graph.op("Add", [graph.op("Div", [found[0], length]), graph.weight(tuned["evidence_bias"])])
    real = graph.op("Cast", [graph.op("Unsqueeze", [INPUTS[1], graph.weight(np.array([2]))])], to=TensorProto.BOOL)
    heard = graph.op("Where", [real, evidence, graph.weight(np.array(SILENT, np.float32))])
    loudest = graph.op("ReduceMax", [heard, graph.weight(np.array([1]))], keepdims=0)
    return graph.op("Concat", [evidence, found[1]], axis=2), graph.scaled(loudest, float(tuned["evidence_share"]))


def _of_texts(tuned: Weights) -> tuple[Array, Array]:
    """All text-level heads as one matrix over :func:`_pooled`: labels × 2 hidden, and a bias."""
    hidden = tuned["evidence_weight"].shape[1]
    described = np.concatenate([np.full(hidden, SCALE / math.sqrt(hidden)), np.ones(hidden)])
    shared: Any = tuned["category.membership"].T
    common, offset = shared @ tuned["category.linear.weight"], shared @ tuned["category.linear.bias"]
    weights = [tuned["factors.weight"] * described + common]
    weights.append(tuned["primary.weight"] * described + np.pad(common, ((0, 1), (0, 0))))
    biases = [tuned["factors.bias"] + offset, tuned["primary.bias"] + np.pad(offset, (0, 1))]
    others = [f"heads.{head.name}" for head in fields()[2:]]
    return (
        np.concatenate([*weights, *(tuned[f"{name}.weight"] for name in others)]),
        np.concatenate([*biases, *(tuned[f"{name}.bias"] for name in others)]),
    )
