"""From a fine-tuned network to the graph that ships: weights become bytes, with ranges found on sample statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.encoder.graph import Ranges, Weights, build
from statclass.encoder.runtime import Encoder


def export(weights: Weights, tokenizer: bytes, sample: Sequence[str]) -> tuple[Encoder, Encoder]:
    """The encoder in floats, and that with weights of eight bits.

    Parameters
    ----------
    weights : mapping of str to float array
        Of the transformer, by their names in a BERT model.
    tokenizer : bytes
    sample : sequence of str
        Statements on which the range of each layer's input is found.
    """
    graph, names = build(weights)
    floats = Encoder(graph, tokenizer)
    return floats, Encoder(build(weights, _ranges(floats, names, sample))[0], tokenizer)


def _ranges(floats: Encoder, names: Sequence[str], sample: Sequence[str]) -> Ranges:
    """Lowest and highest value in each channel of the named tensors."""
    lowest: dict[str, list[NDArray[np.float32]]] = {name: [] for name in names}
    highest: dict[str, list[NDArray[np.float32]]] = {name: [] for name in names}
    for _, mask, values in floats.run(sample, names):
        there: Any = mask.astype(bool)
        for name, value in zip(names, values, strict=True):
            lowest[name].append(value[there].min(0))
            highest[name].append(value[there].max(0))
    return {name: (np.min(lowest[name], axis=0), np.max(highest[name], axis=0)) for name in names}
