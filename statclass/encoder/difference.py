"""What fine-tuning changed in a transformer, small enough to travel without the transformer.

Most of the change of a matrix lies in a few directions (Hu et al. 2022, "LoRA"); they are kept in half precision. Of
the rest the signs are kept, with one size for each row (Liu et al. 2024, "BitDelta: Your fine-tune may only be worth
one bit"). Vectors are kept in half precision too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.encoder.mpnet import Weights

Arrays = Mapping[str, NDArray[Any]]

DIRECTIONS = 32
"""Kept of each changed matrix."""
_LEFT, _RIGHT, _SIGNS, _SIZES, _VECTOR = "left.", "right.", "signs.", "sizes.", "vector."


def difference(before: Weights, after: Weights, directions: int = DIRECTIONS) -> dict[str, NDArray[Any]]:
    """What `after` has otherwise than `before`; weights that are the same take no place.

    Parameters
    ----------
    before, after : mapping of str to float array
        Vectors and matrices by name; those that `after` has not count as the same.
    directions : int
        How many of each matrix are kept by themselves.

    Examples
    --------
    >>> before = {"w": np.zeros((1, 4), np.float32), "b": np.zeros(2, np.float32)}
    >>> after = {"w": np.array([[1, -1, 1, 3]], np.float32), "b": np.ones(2, np.float32)}
    >>> found = applied(before, difference(before, after, directions=0))
    >>> found["w"].tolist(), found["b"].tolist()
    ([[1.5, -1.5, 1.5, 1.5]], [1.0, 1.0])
    >>> applied(before, difference(before, after, directions=1))["w"].round(2).tolist()
    [[1.0, -1.0, 1.0, 3.0]]
    """
    found: dict[str, NDArray[Any]] = {}
    for name in sorted(before.keys() & after.keys()):
        change = after[name] - before[name]
        if not change.any():
            continue
        if change.ndim == 1:
            found[_VECTOR + name] = change.astype(np.float16)
        else:
            found |= {kind + name: array for kind, array in _kept_of(change, directions).items()}
    return found


def applied(before: Weights, kept: Arrays) -> dict[str, NDArray[np.float32]]:
    """The weights that :func:`difference` kept the change of, nearly."""
    found = dict(before)
    for name, old in before.items():
        if _VECTOR + name in kept:
            found[name] = old + kept[_VECTOR + name].astype(np.float32)
        elif _SIGNS + name in kept:
            parts = {kind: kept[kind + name] for kind in (_LEFT, _RIGHT, _SIGNS, _SIZES)}
            found[name] = old + _in_directions(parts) + _by_signs(parts, old.shape[1])
    return found


def _kept_of(change: NDArray[np.float32], directions: int) -> dict[str, NDArray[Any]]:
    left, size, right = np.linalg.svd(change, full_matrices=False)
    root = np.sqrt(size[:directions])
    kept: dict[str, NDArray[Any]] = {
        _LEFT: (left[:, :directions] * root).astype(np.float16),
        _RIGHT: (root[:, None] * right[:directions]).astype(np.float16),
    }
    rest = change - _in_directions(kept)
    return kept | {_SIGNS: np.packbits(rest > 0, axis=1), _SIZES: np.abs(rest).mean(1).astype(np.float16)}


def _in_directions(kept: Arrays) -> NDArray[np.float32]:
    found: NDArray[np.float32] = kept[_LEFT].astype(np.float32) @ kept[_RIGHT].astype(np.float32)
    return found


def _by_signs(kept: Arrays, width: int) -> NDArray[np.float32]:
    signs = np.unpackbits(kept[_SIGNS], axis=1, count=width).astype(np.float32) * 2 - 1
    found: NDArray[np.float32] = signs * kept[_SIZES].astype(np.float32)[:, None]
    return found
