"""A small convolutional network over the reading of a statement: NumPy alone, in training and prediction.

After Kim (2014), "Convolutional neural networks for sentence classification". Each token is the sum of its word's
vector, projected, and of learned vectors of the categories and states that :mod:`statclass.reading` gave it; filters
over three and five tokens are pooled by their maximum and mean over the statement; from these, directly and by way of
hidden units, the labels are scored (independently) and the primary label (against each other).

A trained network is rounded to whole numbers small enough for every sum to be exact (:func:`in_whole_numbers`), so that
a statement's scores are the same on every machine, in whatever block it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.reading import Ints, Reading

Arrays = dict[str, NDArray[Any]]
Singles = NDArray[np.float32]
Doubles = NDArray[np.float64]

FIELDS = (
    "category", "second", "third", "subject", "source", "negation", "modality",
    "predicate", "depth", "culprit", "quoted", "voice",
)  # fmt: skip
CODES = 96
WIDTHS = (3, 5)
UNKNOWN, NAME_VECTOR = 0, 1
_DENSE = tuple(n for n, name in enumerate(FIELDS) if name in ("category", "subject", "source", "predicate"))
_SPARSE = tuple(n for n in range(len(FIELDS)) if n not in _DENSE)
_PART = 64
MEAN_SCALE = np.float32(3.0)
MOST = np.float32(4.0)
"""Activations of tokens are cut off here."""
_FINE, _COARSE = 1024, 64
"""Units of a token's parts and of its activation in whole numbers; the one is a power of two times the other."""
_SHIFT = 4
_TOP_BITS, _MEAN_BITS, _HIDDEN_BITS = 20, 12, 18
_POOLED_UNIT, _MOST_POOLED = 64, 4095


def in_whole_numbers(arrays: Arrays) -> Arrays:
    """The arrays of a trained network in whole numbers: how they are saved and used.

    Parts of tokens become multiples of 1/1024 (16 bits), so that a token's activation is a whole number from 0 to 255;
    filters become whole numbers from -127 to 127, each filter in a unit of its own. The sum of up to 512 products of
    both is below 2**24 and exact in single precision, in whatever order it is formed (Jacob et al. 2018, "Quantization
    and training of neural networks for efficient integer-arithmetic-only inference"). The last layer is kept in whole
    numbers too, whose sums are exact in double precision.
    """
    stored: Arrays = {name: _rounded(arrays[name] * _FINE, np.int16) for name in ("words", "codes", "bias")}
    units = []
    for size in WIDTHS:
        filters = arrays[f"filter{size}"]
        unit = np.maximum(np.abs(filters).max(0), 1e-6) / 127
        stored[f"filter{size}"] = _rounded(filters / unit, np.int8)
        stored[f"filterbias{size}"] = _rounded(arrays[f"filterbias{size}"] * _COARSE / unit, np.int32)
        units.append(unit.astype(float) / _COARSE)
    per_filter = np.split(arrays["out"].astype(float), [2 * len(WIDTHS) * arrays["filter3"].shape[1]])
    top, mean = _by_pooling(per_filter[0])
    stored["unit"] = np.concatenate(units)
    stored |= _in_unit("top", stored["unit"][:, None] * top, _TOP_BITS)
    stored |= _in_unit("mean", stored["unit"][:, None] * mean / MEAN_SCALE, _MEAN_BITS)
    hidden = np.vstack(_by_pooling(arrays["hidden"].astype(float)))
    unit = np.maximum(np.abs(hidden).max(0, initial=0), 1e-6) / 127
    stored["hidden"] = _rounded(hidden / unit, np.int8)
    stored["hiddenbias"] = _rounded(arrays["hiddenbias"] * _POOLED_UNIT / unit, np.int32)
    stored |= _in_unit("out", per_filter[1] * (unit / _POOLED_UNIT)[:, None], _HIDDEN_BITS)
    stored["outbias"] = arrays["outbias"].astype(float)
    return stored


def with_hidden(arrays: Arrays) -> Arrays:
    """The arrays of a network of the first format, which had no hidden units, with none."""
    return {"hidden": np.zeros((len(arrays["out"]), 0)), "hiddenbias": np.zeros(0), **arrays}


def _by_pooling(weights: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Weights of the maxima of all filters, and of their means; in training they alternate by window size."""
    parts = np.split(weights, 2 * len(WIDTHS))
    return np.vstack(parts[::2]), np.vstack(parts[1::2])


def _in_unit(name: str, weights: NDArray[Any], bits: int) -> Arrays:
    """Weights as whole multiples of a unit, with that unit."""
    unit = np.maximum(np.abs(weights).max(initial=0), 1e-12) / 2**bits
    return {name: _rounded(weights / unit, np.int32), f"{name}unit": np.array([unit])}


def _rounded(values: NDArray[Any], kind: type[np.signedinteger[Any]]) -> NDArray[Any]:
    ends = np.iinfo(kind)
    whole: NDArray[Any] = np.clip(np.rint(values), max(ends.min, -(2**24)), min(ends.max, 2**24)).astype(kind)
    return whole


@dataclass(frozen=True)
class Encoded:
    """Statements as the network reads them, one after the other.

    Parameters
    ----------
    word : int array of shape (n_tokens,)
        Row of the table of word vectors.
    codes : int array of shape (len(FIELDS), n_tokens)
    start : int array of shape (n_statements + 1,)
        First token of each statement, and the end of the last.
    """

    word: Ints
    codes: Ints
    start: Ints = field(repr=False)


class Network:
    """The network's arrays and what to do with them.

    Parameters
    ----------
    arrays : dict of str to array
        Of whole numbers, as :func:`in_whole_numbers` returns them: ``words`` (n_words, width), ``codes`` (len(FIELDS) *
        CODES, width), ``bias`` (width,), for each window size ``filter<size>`` (size * width, filters) and
        ``filterbias<size>`` (filters,), their ``unit``; ``top`` and ``mean`` (len(WIDTHS) * filters, outputs) with
        their units; ``hidden`` (2 * len(WIDTHS) * filters, hidden), ``hiddenbias``, ``out`` (hidden, outputs) with its
        unit, and ``outbias``.
    rows : dict of str to int
        Row of each word in ``words``.
    """

    def __init__(self, arrays: Arrays, rows: dict[str, int]) -> None:
        self.arrays = arrays
        self.rows = rows
        self._row_of_type: Ints = np.zeros(0, np.int64)
        self._types: list[str] | None = None

    @cached_property
    def _filters(self) -> list[tuple[Singles, Singles]]:
        return _filters_of(self.arrays)

    def outputs(self, reading: Reading, words: list[str]) -> Doubles:
        """Scores of a block, shape (n_statements, n_outputs).

        Parameters
        ----------
        reading : Reading
        words : list of str
            The token table's words by number.
        """
        return self.outputs_of(self.encode(reading, words))

    def outputs_of(self, encoded: Encoded) -> Doubles:
        """Scores of encoded statements, shape (n_statements, n_outputs)."""
        return _forward(self.arrays, self._filters, encoded)

    def leaving_out(self, encoded: Encoded, token: int) -> Doubles:
        """Outputs of one encoded statement with one of its tokens made an unknown word without categories."""
        word, codes = encoded.word.copy(), encoded.codes.copy()
        word[token] = UNKNOWN
        codes[:3, token] = np.arange(3) * CODES
        alone: Doubles = self.outputs_of(Encoded(word, codes, encoded.start))[0]
        return alone

    def encode(self, reading: Reading, words: list[str]) -> Encoded:
        """A block as the network reads it."""
        if self._types is not words or len(self._row_of_type) < len(words):
            known = len(self._row_of_type) if self._types is words else 0
            fresh = np.fromiter((self.rows.get(word, UNKNOWN) for word in words[known:]), np.int64)
            self._row_of_type = np.concatenate([self._row_of_type[:known], fresh])
            self._types = words
        word = np.where(reading.is_name, NAME_VECTOR, self._row_of_type[reading.type])
        codes = np.stack([getattr(reading, name) for name in FIELDS])
        codes += np.arange(len(FIELDS))[:, None] * CODES
        start = np.searchsorted(reading.row, np.arange(reading.n_statements + 1))
        return Encoded(word, codes, start)


def _forward(arrays: Arrays, filters: list[tuple[Singles, Singles]], encoded: Encoded) -> Doubles:
    """Outputs of encoded statements; the first two tokens of each are boundaries and stay blank."""
    statements = len(encoded.start) - 1
    parts = [_pooled(arrays, filters, encoded, at, min(at + _PART, statements)) for at in range(0, statements, _PART)]
    top, total = (np.vstack(each) for each in zip(*parts, strict=True))
    length = np.sqrt(np.diff(encoded.start) - 2.0)[:, None]
    pooled = np.hstack([top * arrays["unit"], total * (arrays["unit"] / float(MEAN_SCALE)) / length])
    np.minimum(np.rint(pooled * _POOLED_UNIT), _MOST_POOLED, out=pooled)
    hidden = np.maximum(pooled @ arrays["hidden"].astype(float) + arrays["hiddenbias"], 0)
    by_top = top @ arrays["top"].astype(float) * arrays["topunit"]
    by_mean = total @ arrays["mean"].astype(float) * arrays["meanunit"]
    by_hidden = hidden @ arrays["out"].astype(float) * arrays["outunit"]
    outputs: Doubles = by_top + by_mean / length + by_hidden + arrays["outbias"]
    return outputs


def _filters_of(arrays: Arrays) -> list[tuple[Singles, Singles]]:
    """The filters of each window size and their biases, as they are multiplied."""
    return [
        (arrays[f"filter{size}"].astype(np.float32), arrays[f"filterbias{size}"].astype(np.float32)) for size in WIDTHS
    ]


def _pooled(
    arrays: Arrays, filters: list[tuple[Singles, Singles]], encoded: Encoded, begin: int, end: int
) -> tuple[Doubles, Doubles]:
    """For each of some statements, the maximum and the sum of every filter, in whole numbers."""
    start = encoded.start[begin : end + 1] - encoded.start[begin]
    tokens = slice(encoded.start[begin], encoded.start[end])
    codes = encoded.codes[:, tokens]
    token = arrays["words"].take(encoded.word[tokens], axis=0)
    token += arrays["bias"]
    for column in _DENSE:
        token += arrays["codes"].take(codes[column], axis=0)
    for column in _SPARSE:
        places = np.flatnonzero(codes[column] != column * CODES)
        token[places] += arrays["codes"].take(codes[column, places], axis=0)
    token >>= _SHIFT
    np.clip(token, 0, int(MOST) * _COARSE - 1, out=token)
    blank = blank_places(start)
    token[blank] = 0
    windows = windows_of(token.astype(np.float32), max(WIDTHS))
    hidden = np.empty((len(token), sum(len(bias) for _, bias in filters)), np.float32)
    at = 0
    for weights, bias in filters:
        beside = (windows.shape[1] - len(weights)) // 2
        np.matmul(windows[:, beside : windows.shape[1] - beside], weights, out=hidden[:, at : at + len(bias)])
        at += len(bias)
    hidden += np.concatenate([bias for _, bias in filters])
    np.maximum(hidden, 0, out=hidden)
    hidden[blank] = 0
    return np.maximum.reduceat(hidden, start[:-1]).astype(float), np.add.reduceat(hidden, start[:-1]).astype(float)


def blank_places(start: Ints) -> Ints:
    return np.concatenate([start[:-1], start[:-1] + 1])


def windows_of(token: Singles, size: int) -> Singles:
    """Each token with its neighbours, side by side: shape (n_tokens, size * width)."""
    reach = size // 2
    width = token.shape[1]
    windows = np.zeros((len(token), size * width), token.dtype)
    for step in range(size):
        into, of = max(reach - step, 0), max(step - reach, 0)
        shared = len(token) - into - of
        windows[into : into + shared, step * width : (step + 1) * width] = token[of : of + shared]
    return windows


def pick(encoded: Encoded, chosen: Ints) -> Encoded:
    """The chosen statements of an encoded block, one after the other."""
    length = np.diff(encoded.start)[chosen]
    start = np.concatenate([[0], np.cumsum(length)])
    token = np.arange(start[-1]) + np.repeat(encoded.start[chosen] - start[:-1], length)
    return Encoded(encoded.word[token], encoded.codes[:, token], start)


def joined_encoded(blocks: Sequence[Encoded]) -> Encoded:
    """Encoded statements of several blocks, one after the other."""
    ends = np.cumsum([0, *(block.start[-1] for block in blocks)])
    start = np.concatenate([block.start[:-1] + end for block, end in zip(blocks, ends, strict=False)])
    return Encoded(
        np.concatenate([block.word[: block.start[-1]] for block in blocks]),
        np.concatenate([block.codes[:, : block.start[-1]] for block in blocks], axis=1),
        np.concatenate([start, ends[-1:]]),
    )
