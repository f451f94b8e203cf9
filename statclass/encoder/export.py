"""From a fine-tuned network to the graph that ships: weights become bytes, with ranges found on sample statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.encoder.graph import EPSILON, Ranges, build
from statclass.encoder.mpnet import Weights
from statclass.encoder.runtime import Encoder


def export(
    weights: Weights, tokenizer: bytes, sample: Sequence[str], epsilon: float = EPSILON
) -> tuple[Encoder, Encoder]:
    """The encoder in floats, and that with weights of eight bits.

    Parameters
    ----------
    weights : mapping of str to float array
        Of the transformer, by their names in a BERT model.
    tokenizer : bytes
    sample : sequence of str
        Statements on which the range of each layer's input is found.
    epsilon : float
        Of the layer normalisations.
    """
    floats, ranges = in_floats(weights, tokenizer, sample, epsilon)
    return floats, Encoder(build(weights, ranges, epsilon)[0], tokenizer)


def in_floats(
    weights: Weights, tokenizer: bytes, sample: Sequence[str], epsilon: float = EPSILON
) -> tuple[Encoder, Ranges]:
    """The encoder in floats, and the lowest and highest value in each channel of what its layers multiply."""
    graph, names = build(weights, None, epsilon)
    floats = Encoder(graph, tokenizer)
    lowest: dict[str, list[NDArray[np.float32]]] = {name: [] for name in names}
    highest: dict[str, list[NDArray[np.float32]]] = {name: [] for name in names}
    for _, mask, values in floats.run(sample, names):
        there: Any = mask.astype(bool)
        for name, value in zip(names, values, strict=True):
            lowest[name].append(value[there].min(0))
            highest[name].append(value[there].max(0))
    return floats, {name: (np.min(lowest[name], axis=0), np.max(highest[name], axis=0)) for name in names}
