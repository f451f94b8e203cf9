"""A small convolutional network over the reading of a statement: NumPy alone, in training and prediction.

After Kim (2014), "Convolutional neural networks for sentence classification". Each token is the sum of its word's
vector, projected, and of learned vectors of the categories and states that :mod:`statclass.reading` gave it. In each of
a few layers a token then takes in what its neighbours tell, added to what it was (He et al. 2016, "Deep residual
learning for image recognition"). Filters over three and five tokens stand where the middle token has a category, so
that words that tell nothing by themselves are seen only beside those that do; they are pooled by their maximum and mean
over the statement. From these, directly and by way of hidden units, the labels are scored (independently) and the
primary label (against each other).

A trained network is rounded to whole numbers small enough for every sum to be exact (:func:`in_whole_numbers`), so that
a statement's scores are the same on every machine, in whatever block it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
_NARROW = tuple(n for n, name in enumerate(FIELDS) if name in ("culprit", "quoted", "voice"))
_SPARSE = tuple(n for n in range(len(FIELDS)) if n not in _DENSE + _NARROW)
_NARROW_BITS = 3
"""Enough for the values of each of these fields (see :class:`statclass.reading.Reading`)."""
_RUN, _PART, _TOKENS = 128, 64, 2048
"""Statements and tokens that are computed together: few enough for the cache, and for their arrays to be kept by the
allocator, which hands larger ones back to the system and gets them anew, page by page, for every block."""
MEAN_SCALE = np.float32(3.0)
MOST, MOST_BESIDE = np.float32(4.0), np.float32(8.0)
"""Activations of tokens are cut off here: at first, and after each layer."""
_FINE, _COARSE = 1024, 64
"""Units of a token's parts and of its activation in whole numbers; the one is a power of two times the other."""
_SHIFT = 4
_TOP_BITS, _MEAN_BITS, _HIDDEN_BITS = 20, 12, 18
_POOLED_UNIT, _MOST_POOLED = 64, 4095
REACH = max(WIDTHS) // 2
"""How many tokens a filter sees on each side of its own."""


def in_whole_numbers(arrays: Arrays) -> Arrays:
    """The arrays of a trained network in whole numbers: how they are saved and used.

    Parts of tokens become multiples of 1/1024 (16 bits), so that a token's activation is a whole number from 0 to 255,
    and to 511 after a layer; filters and layers become whole numbers from -127 to 127, each column in a unit of its
    own. The sum of up to 256 products of both is below 2**24 and exact in single precision, in whatever order it is
    formed (Jacob et al. 2018, "Quantization and training of neural networks for efficient integer-arithmetic-only
    inference"). The last layer is kept in whole numbers too, whose sums are exact in double precision.
    """
    stored: Arrays = {name: _rounded(arrays[name] * _FINE, np.int16) for name in ("words", "codes", "bias")}
    units = []
    for size in WIDTHS:
        stored[f"filter{size}"], stored[f"filterbias{size}"], unit = _by_column(
            arrays[f"filter{size}"], arrays[f"filterbias{size}"]
        )
        units.append(unit.astype(float) / _COARSE)
    for layer in range(layers_of(arrays)):
        stored[f"layer{layer}"], stored[f"layerbias{layer}"], stored[f"layerunit{layer}"] = _by_column(
            arrays[f"layer{layer}"], arrays[f"layerbias{layer}"]
        )
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


def in_floats(arrays: Arrays) -> Arrays:
    """The inverse of :func:`in_whole_numbers`, but for what rounding took: a network to go on training.

    The unit of each hidden unit is not kept, only its product with the weights that read it; the two are made alike.
    """
    found: Arrays = {name: arrays[name].astype(np.float32) / _FINE for name in ("words", "codes", "bias")}
    filters = arrays["filter3"].shape[1]
    for size, unit in zip(WIDTHS, np.split(arrays["unit"], len(WIDTHS)), strict=True):
        found[f"filter{size}"], found[f"filterbias{size}"] = _of_columns(
            arrays[f"filter{size}"], arrays[f"filterbias{size}"], unit * _COARSE
        )
    for layer in range(layers_of(arrays)):
        found[f"layer{layer}"], found[f"layerbias{layer}"] = _of_columns(
            arrays[f"layer{layer}"], arrays[f"layerbias{layer}"], arrays[f"layerunit{layer}"]
        )
    top = arrays["top"] * arrays["topunit"] / arrays["unit"][:, None]
    mean = arrays["mean"] * arrays["meanunit"] / arrays["unit"][:, None] * MEAN_SCALE
    through = arrays["out"] * arrays["outunit"] * _POOLED_UNIT
    reach, weight = (np.maximum(np.linalg.norm(arrays["hidden"], axis=0), 1.0), np.linalg.norm(through, axis=1))
    unit = np.sqrt(np.maximum(weight, 1e-9) / reach)
    hidden = arrays["hidden"] * unit
    found["hidden"] = _by_size(hidden[: filters * len(WIDTHS)], hidden[filters * len(WIDTHS) :])
    found["hiddenbias"] = arrays["hiddenbias"] * unit / _POOLED_UNIT
    found["out"] = np.vstack([_by_size(top, mean), through / unit[:, None]])
    found["outbias"] = arrays["outbias"]
    return {name: array.astype(np.float32) for name, array in found.items()}


def _of_columns(weights: NDArray[Any], bias: NDArray[Any], unit: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The inverse of :func:`_by_column`."""
    return weights * unit, bias * unit / _COARSE


def _by_size(top: NDArray[Any], mean: NDArray[Any]) -> NDArray[Any]:
    """The inverse of :func:`_by_pooling`."""
    parts = zip(np.split(top, len(WIDTHS)), np.split(mean, len(WIDTHS)), strict=True)
    return np.vstack([half for pair in parts for half in pair])


def layers_of(arrays: Arrays) -> int:
    """How many layers there are between the tokens and the filters."""
    return sum(1 for name in arrays if name.startswith("layerbias"))


def with_hidden(arrays: Arrays) -> Arrays:
    """The arrays of a network of the first format, which had no hidden units, with none."""
    return {"hidden": np.zeros((len(arrays["out"]), 0)), "hiddenbias": np.zeros(0), **arrays}


def _by_pooling(weights: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Weights of the maxima of all filters, and of their means; in training they alternate by window size."""
    parts = np.split(weights, 2 * len(WIDTHS))
    return np.vstack(parts[::2]), np.vstack(parts[1::2])


def _by_column(weights: NDArray[Any], bias: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Weights over activations and their bias in whole numbers, and the unit of each column."""
    unit = np.maximum(np.abs(weights).max(0), 1e-6) / 127
    return _rounded(weights / unit, np.int8), _rounded(bias * _COARSE / unit, np.int32), unit


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
        CODES, width), ``bias`` (width,); for each layer ``layer<n>`` (3 * width, width), ``layerbias<n>`` and
        ``layerunit<n>`` (width,); for each window size ``filter<size>`` (size * width, filters) and
        ``filterbias<size>`` (filters,), their ``unit``; ``top`` and ``mean`` (len(WIDTHS) * filters, outputs) with
        their units; ``hidden`` (2 * len(WIDTHS) * filters, hidden), ``hiddenbias``, ``out`` (hidden, outputs) with its
        unit, and ``outbias``.
    rows : dict of str to int
        Row of each word in ``words``.
    everywhere : bool, default=False
        Whether filters stand at every token: so they did in models of the first two formats.
    """

    def __init__(self, arrays: Arrays, rows: dict[str, int], everywhere: bool = False) -> None:
        self.arrays = arrays
        self.rows = rows
        self.everywhere = everywhere
        self._row_of_type: Ints = np.zeros(0, np.int64)
        self._types: list[str] | None = None

    @cached_property
    def _narrow(self) -> NDArray[np.int16]:
        """The parts of the fields with few values, summed for all their combinations."""
        total = np.zeros((1, self.arrays["words"].shape[1]), np.int16)
        for column in _NARROW:
            part = self.arrays["codes"][column * CODES : column * CODES + (1 << _NARROW_BITS)]
            total = (total[:, None] + part).reshape(-1, total.shape[1])
        return total

    @cached_property
    def _layers(self) -> list[tuple[Singles, Singles, Singles]]:
        arrays = {name: array.astype(np.float32) for name, array in self.arrays.items() if name.startswith("layer")}
        numbers = range(layers_of(arrays))
        return [(arrays[f"layer{n}"], arrays[f"layerbias{n}"], arrays[f"layerunit{n}"]) for n in numbers]

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
        return np.vstack([self._outputs_of_run(run) for run in _runs(encoded)])

    def _outputs_of_run(self, encoded: Encoded) -> Doubles:
        token = _activations(self.arrays, self._narrow, encoded)
        for layer in self._layers:
            token = _with_neighbours(token, layer, encoded.start)
        return _forward(self.arrays, self._filters, token, encoded, self.everywhere)

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


def _runs(encoded: Encoded) -> Iterator[Encoded]:
    """Statements a few at a time, so that what is computed of them stays near the processor."""
    last = len(encoded.start) - 1
    for begin in range(0, max(last, 1), _RUN):
        start = encoded.start[begin : begin + _RUN + 1]
        tokens = slice(start[0], start[-1])
        yield Encoded(encoded.word[tokens], encoded.codes[:, tokens], start - start[0])


def _forward(
    arrays: Arrays, filters: list[tuple[Singles, Singles]], token: Singles, encoded: Encoded, everywhere: bool
) -> Doubles:
    """Outputs of encoded statements, of the activations of their tokens."""
    centres = centres_of(encoded, everywhere)
    first = np.searchsorted(centres, encoded.start)
    count = np.diff(first)
    top, total = (np.empty((len(count), len(arrays["unit"])), np.float32) for _ in range(2))
    order = np.argsort(-count, kind="stable")
    for at in range(0, len(order), _PART):
        chosen = order[at : at + _PART]
        top[chosen], total[chosen] = _pooled(filters, token, centres, first[chosen], count[chosen])
    length = np.sqrt(count)[:, None]
    top, total = top.astype(float), total.astype(float)
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
    filters: list[tuple[Singles, Singles]], token: Singles, centres: Ints, first: Ints, count: Ints
) -> tuple[Singles, Singles]:
    """For each of some statements, the maximum and the sum of every filter, in whole numbers.

    Statements come by falling `count` of their centres, and their windows in turns: the first of each, then the second
    of each that has one, and so on. So every turn is a run of rows that is compared with and added to those before it.
    """
    turn, statement = np.nonzero(np.arange(count[0])[:, None] < count)
    windows = windows_at(token, centres[first[statement] + turn])
    hidden = np.empty((len(windows), sum(len(bias) for _, bias in filters)), np.float32)
    at = 0
    for weights, bias in filters:
        beside = (windows.shape[1] - len(weights)) // 2
        np.matmul(windows[:, beside : windows.shape[1] - beside], weights, out=hidden[:, at : at + len(bias)])
        at += len(bias)
    hidden += np.concatenate([bias for _, bias in filters])
    np.maximum(hidden, 0, out=hidden)
    begin = len(first)
    top, total = hidden[:begin].copy(), hidden[:begin].copy()
    for taking_part in np.bincount(turn)[1:].tolist():
        rows = hidden[begin : begin + taking_part]
        np.maximum(top[:taking_part], rows, out=top[:taking_part])
        total[:taking_part] += rows
        begin += taking_part
    return top, total


def _activations(arrays: Arrays, narrow: NDArray[np.int16], encoded: Encoded) -> Singles:
    """The vector of each token, in multiples of 1/64, between rows of zeros (see :func:`windows_at`)."""
    tokens = int(encoded.start[-1])
    found = np.zeros((tokens + 2 * REACH, arrays["words"].shape[1]), np.float32)
    for begin in range(0, tokens, _TOKENS):
        part = slice(begin, min(begin + _TOKENS, tokens))
        sums = _sums_of_parts(arrays, narrow, encoded.word[part], encoded.codes[:, part])
        found[part.start + REACH : part.stop + REACH] = sums
    found[blank_places(encoded.start) + REACH] = 0
    return found


def _with_neighbours(token: Singles, layer: tuple[Singles, Singles, Singles], start: Ints) -> Singles:
    """The vector of each token after a layer, in multiples of 1/64: whole numbers, as it was before."""
    weights, bias, unit = layer
    found = np.zeros_like(token)
    for begin in range(REACH, len(token) - REACH, _TOKENS):
        end = min(begin + _TOKENS, len(token) - REACH)
        gained = beside(token[begin - 1 : end + 1]) @ weights
        gained += bias
        gained *= unit
        np.maximum(gained, 0, out=gained)
        np.rint(gained, out=gained)
        gained += token[begin:end]
        np.minimum(gained, MOST_BESIDE * _COARSE - 1, out=found[begin:end])
    found[blank_places(start) + REACH] = 0
    return found


def beside(token: Singles) -> Singles:
    """Each token but the first and the last between its neighbours: shape (n_tokens - 2, 3 * width)."""
    return np.hstack([token[:-2], token[1:-1], token[2:]])


def _sums_of_parts(arrays: Arrays, narrow: NDArray[np.int16], word: Ints, codes: Ints) -> NDArray[np.int16]:
    """The parts of each token added up and cut off, in multiples of 1/64."""
    token: NDArray[np.int16] = arrays["words"].take(word, axis=0)
    token += arrays["bias"]
    for column in _DENSE:
        token += arrays["codes"].take(codes[column], axis=0)
    combination = np.zeros(len(word), np.int64)
    for column in _NARROW:
        combination = (combination << _NARROW_BITS) + (codes[column] - column * CODES)
    token += narrow.take(combination, axis=0)
    for column in _SPARSE:
        places = np.flatnonzero(codes[column] != column * CODES)
        token[places] += arrays["codes"].take(codes[column, places], axis=0)
    token >>= _SHIFT
    np.maximum(token, 0, out=token)
    np.minimum(token, int(MOST) * _COARSE - 1, out=token)
    return token


def blank_places(start: Ints) -> Ints:
    """The first two tokens of each statement: boundaries that stay blank, so that no filter sees two statements."""
    return np.concatenate([start[:-1], start[:-1] + 1])


def centres_of(encoded: Encoded, everywhere: bool = False) -> Ints:
    """Where filters stand: at the third boundary of each statement and at its tokens with a category."""
    marked = np.ones(len(encoded.word), bool) if everywhere else encoded.codes[0] != 0
    marked[blank_places(encoded.start)] = False
    marked[encoded.start[-1] :] = False
    return np.flatnonzero(marked)


def windows_at(padded: Singles, centres: Ints) -> Singles:
    """Some tokens with their neighbours, side by side: shape (n_centres, longest window * width).

    Parameters
    ----------
    padded : float32 array of shape (n_tokens + longest window - 1, width)
        The tokens, with half a window of zeros before and after them.
    centres : int array of shape (n_centres,)
    """
    places = centres[:, None] + np.arange(max(WIDTHS))
    return padded.take(places, axis=0).reshape(len(centres), -1)


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
