"""The fine-tuned transformer as an ONNX graph, in floats or with weights and layer inputs of eight bits.

Each layer's input is scaled by a constant found on sample statements, not by what happens to stand in the same batch,
so that an embedding depends on its statement alone. Weights have a scale for each column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from statclass.encoder.mpnet import PLACES, Weights, biases_of_places

Ranges = Mapping[str, tuple[NDArray[np.float32], NDArray[np.float32]]]

HEADS = 12
LONGEST = 128
EPSILON = 1e-12
"""Of BERT's layer normalisations."""
_ZERO = 128
_OPSET = 17
_SMOOTHING = 0.75
_CHANNELS_FOR_ONE_FAR = 48
_IR_VERSION = 8
_MICROSOFT = "com.microsoft"


class _Graph:
    """Collects nodes and constants; each method adds an operation and gives the name of its result."""

    def __init__(self, ranges: Ranges | None, epsilon: float) -> None:
        self.ranges = ranges
        self.epsilon = epsilon
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.inputs_of_products: list[str] = []

    def constant(self, name: str, value: Any) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: Sequence[str], output: str, domain: str = "", **settings: Any) -> str:
        self.nodes.append(helper.make_node(kind, list(inputs), [output], domain=domain, **settings))
        return output

    def product(self, source: str, name: str, weight: NDArray[np.float32]) -> str:
        """``source @ weight``, in bytes where the range of `source` is known.

        The few channels of `source` that reach farthest are multiplied in floats (Dettmers et al. 2022, "LLM.int8()"),
        so that they do not make the bytes of all the others coarse.
        """
        self.inputs_of_products.append(source)
        if self.ranges is None:
            return self.add("MatMul", [source, self.constant(f"{name}.w", weight)], name)
        lowest, highest = self.ranges[source]
        far = np.sort(np.argsort(np.maximum(-lowest, highest))[-len(lowest) // _CHANNELS_FOR_ONE_FAR :])
        near = np.setdiff1d(np.arange(len(lowest)), far)
        rest = weight.copy()
        rest[far] = 0.0
        values, scale, zero = self.quantized(source, name, lowest[near].min(), highest[near].max())
        parts = self.bytes_of(f"{name}.w", rest)
        self.add(
            "MatMulIntegerToFloat", [values, parts[0], scale, parts[1], zero, parts[2]], f"{name}.near", _MICROSOFT
        )
        self.add("Gather", [source, self.constant(f"{name}.far", far)], f"{name}.picked", axis=2)
        self.add("MatMul", [f"{name}.picked", self.constant(f"{name}.far.w", weight[far])], f"{name}.floats")
        return self.add("Add", [f"{name}.near", f"{name}.floats"], name)

    def attention(self, source: str, name: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        """Self-attention over `source`, with the queries', keys' and values' weights side by side.

        A channel of `source` that reaches far is made smaller and its weights larger by as much (Xiao et al. 2023,
        "SmoothQuant").
        """
        self.inputs_of_products.append(source)
        offset = self.constant(f"{name}.b", bias)
        if self.ranges is None:
            inputs = [source, self.constant(f"{name}.w", weight), offset, "lengths"]
            return self.add("Attention", inputs, name, _MICROSOFT, num_heads=HEADS)
        lowest, highest = self.ranges[source]
        reach = np.maximum(-lowest, highest)
        balance = np.maximum(reach / np.median(reach), 1.0) ** _SMOOTHING
        balanced = self.add("Mul", [source, self.constant(f"{name}.balance", 1 / balance)], f"{name}.balanced")
        values, scale, zero = self.quantized(balanced, name, (lowest / balance).min(), (highest / balance).max())
        parts = self.bytes_of(f"{name}.w", weight * balance[:, None])
        inputs = [values, parts[0], offset, scale, parts[1], "lengths", zero, parts[2]]
        return self.add("QAttention", inputs, name, _MICROSOFT, num_heads=HEADS)

    def placed_attention(self, source: str, name: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        """Self-attention to which ``places.bias`` is added, with the weights as for :meth:`attention`."""
        parts = [f"{name}.{part}" for part in ("queries", "keys", "values")]
        self.nodes.append(helper.make_node("Split", [self.product(source, f"{name}.all", weight)], parts, axis=2))
        inputs = [*parts, self.constant(f"{name}.b", bias), "lengths", "places.bias"]
        return self.add("MultiHeadAttention", inputs, name, _MICROSOFT, num_heads=HEADS)

    def quantized(self, source: str, name: str, low: float, high: float) -> tuple[str, str, str]:
        """`source` as bytes, with the names of its scale and zero point."""
        low, high = min(float(low), 0.0), max(float(high), 0.0)
        step = (high - low) / 255 or 1.0
        scale = self.constant(f"{name}.scale", np.float32(step))
        zero = self.constant(f"{name}.zero", np.uint8(np.clip(round(-low / step), 0, 255)))
        return self.add("QuantizeLinear", [source, scale, zero], f"{name}.bytes"), scale, zero

    def bytes_of(self, name: str, weight: NDArray[np.float32]) -> list[str]:
        """A matrix as bytes with one scale a column: names of the values, scales and zero points.

        The bytes are without sign, as those of the layers' inputs are: products of bytes with sign and bytes without
        are cut off at 16 bits by processors that have no instruction for them.
        """
        scale = np.maximum(np.abs(weight).max(0), 1e-9) / 127
        return [
            self.constant(name, (np.round(weight / scale) + _ZERO).astype(np.uint8)),
            self.constant(f"{name}.scale", scale.astype(np.float32)),
            self.constant(f"{name}.zero", np.full(len(scale), _ZERO, np.uint8)),
        ]

    def norm(self, inputs: Sequence[str], name: str, weights: Weights, key: str, bias: str) -> str:
        """Layer normalisation of the sum of two tensors and a bias."""
        scale = self.constant(f"{name}.gamma", weights[f"{key}.weight"])
        shift = self.constant(f"{name}.beta", weights[f"{key}.bias"])
        settings = {"epsilon": self.epsilon}
        return self.add("SkipLayerNormalization", [*inputs, scale, shift, bias], name, _MICROSOFT, **settings)


def build(weights: Weights, ranges: Ranges | None = None, epsilon: float = EPSILON) -> tuple[bytes, list[str]]:
    """The graph as bytes, and the names of the tensors whose ranges :func:`build` wants.

    Parameters
    ----------
    weights : mapping of str to float array
        Of the transformer, by their names in a BERT model; one with a table of relative places is an MPNet.
    ranges : mapping of str to (float, float), optional
        Lowest and highest value of each tensor that is multiplied; without them the graph computes in floats, and gives
        those tensors as further outputs.
    epsilon : float
        Of the layer normalisations.
    """
    graph = _Graph(ranges, epsilon)
    state = _embedding(graph, weights)
    for number in range(_layers(weights)):
        state = _layer(graph, weights, number, state)
    _pooling(graph, state)
    outputs = ["pooled"] if ranges is not None else ["pooled", *dict.fromkeys(graph.inputs_of_products)]
    width = weights["embeddings.LayerNorm.weight"].shape[0]
    return _model(graph, outputs, width), outputs[1:] if ranges is None else []


def _layers(weights: Weights) -> int:
    return 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))


def _embedding(graph: _Graph, weights: Weights) -> str:
    """Word vectors, as bytes with a scale for each word, and places, added and normalised."""
    table = weights["embeddings.word_embeddings.weight"]
    scale = np.maximum(np.abs(table).max(1, keepdims=True), 1e-9).astype(np.float32) / 127
    rows = graph.constant("words", np.round(table / scale).astype(np.int8))
    scales = graph.constant("words.scale", scale)
    places = weights["embeddings.position_embeddings.weight"][:LONGEST]
    places = places + weights["embeddings.token_type_embeddings.weight"][0]
    graph.add("Gather", [rows, "ids"], "rows")
    graph.add("Cast", ["rows"], "rows.float", to=TensorProto.FLOAT)
    graph.add("Gather", [scales, "ids"], "rows.scale")
    graph.add("Mul", ["rows.float", "rows.scale"], "vectors")
    graph.add("Shape", ["ids"], "length", start=1, end=2)
    graph.add(
        "Slice", [graph.constant("places", places), graph.constant("zero", np.array([0])), "length"], "places.here"
    )
    graph.add("Add", ["vectors", "places.here"], "placed")
    gamma = graph.constant("placed.gamma", weights["embeddings.LayerNorm.weight"])
    beta = graph.constant("placed.beta", weights["embeddings.LayerNorm.bias"])
    graph.add("LayerNormalization", ["placed", gamma, beta], "state.0", epsilon=graph.epsilon)
    if PLACES in weights:
        _relative_places(graph, weights[PLACES])
    graph.add("ReduceSum", ["mask", graph.constant("one", np.array([1]))], "lengths", keepdims=0)
    graph.add("Cast", ["mask"], "mask.float", to=TensorProto.FLOAT)
    graph.add("Unsqueeze", ["mask.float", graph.constant("last", np.array([2]))], "mask.wide")
    graph.add("ReduceSum", ["mask.float", "one"], "mask.count", keepdims=1)
    return "state.0"


def _relative_places(graph: _Graph, table: NDArray[np.float32]) -> None:
    """``places.bias``, of shape (1, heads, tokens, tokens)."""
    whole = graph.constant("places.whole", biases_of_places(table, LONGEST)[None])
    graph.add("Concat", ["length", "length"], "square", axis=0)
    axes = [graph.constant("square.start", np.array([0, 0])), "square", graph.constant("square.axes", np.array([2, 3]))]
    graph.add("Slice", [whole, *axes], "places.bias")


def _layer(graph: _Graph, weights: Weights, number: int, state: str) -> str:
    key, name = f"encoder.layer.{number}", f"layer.{number}"
    parts = [f"{key}.attention.self.{part}" for part in ("query", "key", "value")]
    side_by_side = np.hstack([weights[f"{part}.weight"].T for part in parts])
    bias = np.concatenate([weights[f"{part}.bias"] for part in parts])
    attention = graph.placed_attention if PLACES in weights else graph.attention
    seen = attention(state, f"{name}.attention", side_by_side, bias)
    seen = graph.product(seen, f"{name}.seen", weights[f"{key}.attention.output.dense.weight"].T)
    bias_name = graph.constant(f"{name}.seen.b", weights[f"{key}.attention.output.dense.bias"])
    middle = graph.norm([seen, state], f"{name}.middle", weights, f"{key}.attention.output.LayerNorm", bias_name)
    wide = graph.product(middle, f"{name}.wide", weights[f"{key}.intermediate.dense.weight"].T)
    bias_name = graph.constant(f"{name}.wide.b", weights[f"{key}.intermediate.dense.bias"])
    wide = graph.add("BiasGelu", [wide, bias_name], f"{name}.gelu", _MICROSOFT)
    narrow = graph.product(wide, f"{name}.narrow", weights[f"{key}.output.dense.weight"].T)
    bias_name = graph.constant(f"{name}.narrow.b", weights[f"{key}.output.dense.bias"])
    return graph.norm([narrow, middle], f"state.{number + 1}", weights, f"{key}.output.LayerNorm", bias_name)


def _pooling(graph: _Graph, state: str) -> None:
    """Mean of the last layer over the tokens that are there."""
    graph.add("Mul", [state, "mask.wide"], "kept")
    graph.add("ReduceSum", ["kept", "one"], "total", keepdims=0)
    graph.add("Div", ["total", "mask.count"], "pooled")


def _model(graph: _Graph, outputs: Sequence[str], width: int) -> bytes:
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT32, ["n", "t"]) for name in ("ids", "mask")]
    shapes: dict[str, list[str | int | None]] = {"pooled": ["n", width]}
    given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes.get(name)) for name in outputs]
    whole = helper.make_graph(graph.nodes, "encoder", inputs, given, graph.constants)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    model = helper.make_model(whole, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="statclass")
    data: bytes = model.SerializeToString()
    return data
