"""An MPNet's weights under the names that a BERT has for them, and its biases for relative places."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Weights = Mapping[str, NDArray[np.float32]]

PLACES = "encoder.relative_attention_bias.weight"
EPSILON = 1e-5
"""Of its layer normalisations."""
_FIRST_PLACE = 2
_FARTHEST = 128
_NAMES = {
    "attention.attn.q": "attention.self.query",
    "attention.attn.k": "attention.self.key",
    "attention.attn.v": "attention.self.value",
    "attention.attn.o": "attention.output.dense",
    "attention.LayerNorm": "attention.output.LayerNorm",
}
_OTHERWISE_NAMED = re.compile("|".join(map(re.escape, _NAMES)))


def as_bert(weights: Weights) -> dict[str, NDArray[np.float32]]:
    """The weights by BERT's names; the table of relative places keeps its own.

    Examples
    --------
    >>> table = np.zeros((514, 4), np.float32)
    >>> named = {"embeddings.position_embeddings.weight": table, "encoder.layer.0.attention.attn.q.bias": table[0]}
    >>> found = as_bert(named)
    >>> sorted(name.removeprefix("encoder.layer.0.") for name in found)[:2]
    ['attention.self.query.bias', 'embeddings.position_embeddings.weight']
    >>> found["embeddings.position_embeddings.weight"].shape
    (512, 4)
    """
    found = {_OTHERWISE_NAMED.sub(lambda name: _NAMES[name.group()], n): value for n, value in weights.items()}
    places = found["embeddings.position_embeddings.weight"][_FIRST_PLACE:]
    kinds = np.zeros((1, places.shape[1]), np.float32)
    return found | {"embeddings.position_embeddings.weight": places, "embeddings.token_type_embeddings.weight": kinds}


def biases_of_places(table: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    """What is added to the attention from each place to each other.

    Parameters
    ----------
    table : float array of shape (n_buckets, n_heads)
        Of distances: exact ones up to a quarter of the buckets, then in logarithmic steps, for each direction (Raffel
        et al. 2020, "T5"; Song et al. 2020, "MPNet").
    length : int

    Returns
    -------
    float array of shape (n_heads, length, length)

    Examples
    --------
    >>> biases_of_places(np.arange(32.0, dtype=np.float32)[:, None], 3)[0].tolist()
    [[0.0, 17.0, 18.0], [1.0, 0.0, 17.0], [2.0, 1.0, 0.0]]
    """
    half = len(table) // 2
    exact = half // 2
    back = np.arange(length)[:, None] - np.arange(length)
    far = np.abs(back)
    steps = np.log(np.maximum(far, 1) / exact) / math.log(_FARTHEST / exact) * (half - exact)
    bucket = np.where(far < exact, far, np.minimum(exact + steps.astype(np.int64), half - 1))
    found: NDArray[np.float32] = table[bucket + half * (back < 0)].transpose(2, 0, 1)
    return found
