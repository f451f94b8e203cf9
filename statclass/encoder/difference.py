"""What fine-tuning changed in a transformer, small enough to travel without the transformer.

Of each matrix the signs of the changes are kept, with one size for each row (Liu et al. 2024, "BitDelta: Your fine-tune
may only be worth one bit"), and then the same of what is left over; vectors are kept in half precision.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Weights = Mapping[str, NDArray[np.float32]]
Arrays = Mapping[str, NDArray[Any]]

PLANES = 2
"""Bits for each changed weight."""
_SIGNS, _SIZES, _VECTOR = "signs.", "sizes.", "vector."


def difference(before: Weights, after: Weights, planes: int = PLANES) -> dict[str, NDArray[Any]]:
    """What `after` has otherwise than `before`; weights that are the same take no place.

    Parameters
    ----------
    before, after : mapping of str to float array
        Vectors and matrices by name; those that `after` has not count as the same.
    planes : int
        How many times signs and sizes of what is left over are kept.

    Examples
    --------
    >>> before = {"w": np.zeros((1, 4), np.float32), "b": np.zeros(2, np.float32)}
    >>> after = {"w": np.array([[1, -1, 1, 3]], np.float32), "b": np.ones(2, np.float32)}
    >>> found = applied(before, difference(before, after))
    >>> found["w"].tolist(), found["b"].tolist()
    ([[0.75, -0.75, 0.75, 2.25]], [1.0, 1.0])
    """
    found: dict[str, NDArray[Any]] = {}
    for name in sorted(before.keys() & after.keys()):
        change = after[name] - before[name]
        if not change.any():
            continue
        if change.ndim == 1:
            found[_VECTOR + name] = change.astype(np.float16)
        else:
            found[_SIGNS + name], found[_SIZES + name] = _in_planes(change, planes)
    return found


def applied(before: Weights, kept: Arrays) -> dict[str, NDArray[np.float32]]:
    """The weights that :func:`difference` kept the change of, nearly."""
    found = dict(before)
    for name, old in before.items():
        if _VECTOR + name in kept:
            found[name] = old + kept[_VECTOR + name].astype(np.float32)
        elif _SIGNS + name in kept:
            signs = np.unpackbits(kept[_SIGNS + name], axis=2, count=old.shape[1]).astype(np.float32) * 2 - 1
            sizes = kept[_SIZES + name].astype(np.float32)
            found[name] = old + np.einsum("pr,prc->rc", sizes, signs)
    return found


def _in_planes(change: NDArray[np.float32], planes: int) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """Signs as bits, shape (planes, rows, bytes), and sizes, shape (planes, rows)."""
    signs, sizes, left = [], [], change
    for _ in range(planes):
        size = np.abs(left).mean(1).astype(np.float16)
        signs.append(np.packbits(left > 0, axis=1))
        sizes.append(size)
        left = left - np.where(left > 0, 1, -1) * size.astype(np.float32)[:, None]
    return np.stack(signs), np.stack(sizes)
