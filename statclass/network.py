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
from statclass.vectors import FIRST_WORD

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
_MEAN_SCALE = np.float32(3.0)
_MOST = np.float32(4.0)
"""Activations of tokens are cut off here."""
_FINE, _COARSE = 1024, 64
"""Units of a token's parts and of its activation in whole numbers; the one is a power of two times the other."""
_SHIFT = 4
_TOP_BITS, _MEAN_BITS, _HIDDEN_BITS = 20, 12, 18
_POOLED_UNIT, _MOST_POOLED = 64, 4095


@dataclass(frozen=True)
class NetworkSettings:
    """Size and training of the network.

    Parameters
    ----------
    width : int
        Of a token's vector.
    filters : int
        Per window size.
    epochs, batch : int
    rate : float
        Highest learning rate; it rises for a third of the steps and falls to nothing.
    dropout : float
    decay : float
        Weight decay (Loshchilov and Hutter 2019, AdamW).
    smoothing : float
        Labels are moved this far from 0 and 1.
    hidden : int
        Units between the pooled filters and the outputs, beside the direct way; 0 for none.
    """

    width: int = 32
    filters: int = 32
    epochs: int = 16
    batch: int = 64
    rate: float = 3e-3
    dropout: float = 0.3
    decay: float = 0.02
    smoothing: float = 0.02
    hidden: int = 0


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
    stored |= _in_unit("mean", stored["unit"][:, None] * mean / _MEAN_SCALE, _MEAN_BITS)
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
    pooled = np.hstack([top * arrays["unit"], total * (arrays["unit"] / float(_MEAN_SCALE)) / length])
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
    np.clip(token, 0, int(_MOST) * _COARSE - 1, out=token)
    blank = _blank_places(start)
    token[blank] = 0
    windows = _windows(token.astype(np.float32), max(WIDTHS))
    top, total = [], []
    for weights, bias in filters:
        beside = (windows.shape[1] - len(weights)) // 2
        hidden = windows[:, beside : windows.shape[1] - beside] @ weights
        hidden += bias
        np.maximum(hidden, 0, out=hidden)
        hidden[blank] = 0
        top.append(np.maximum.reduceat(hidden, start[:-1]))
        total.append(np.add.reduceat(hidden, start[:-1], dtype=np.float64))
    return np.hstack(top).astype(float), np.hstack(total)


def _blank_places(start: Ints) -> Ints:
    return np.concatenate([start[:-1], start[:-1] + 1])


def _windows(token: Singles, size: int) -> Singles:
    """Each token with its neighbours, side by side: shape (n_tokens, size * width)."""
    reach = size // 2
    width = token.shape[1]
    windows = np.zeros((len(token), size * width), token.dtype)
    for step in range(size):
        into, of = max(reach - step, 0), max(step - reach, 0)
        shared = len(token) - into - of
        windows[into : into + shared, step * width : (step + 1) * width] = token[of : of + shared]
    return windows


def _mean(hidden: Singles, start: Ints, length: Singles) -> Singles:
    """The sum of each filter over a statement by the root of the statement's length."""
    total: Singles = np.add.reduceat(hidden, start[:-1])
    total /= np.sqrt(length) * _MEAN_SCALE
    return total


def train_network(
    encoded: Encoded,
    vectors: Singles,
    rows: dict[str, int],
    targets: NDArray[Any],
    primary: NDArray[Any],
    settings: NetworkSettings,
    seed: int,
    weights: NDArray[np.float64] | None = None,
) -> Network:
    """Fit a network.

    Parameters
    ----------
    encoded : Encoded
        Of the training statements, with rows of `vectors` for words.
    vectors : float32 array of shape (n_words, n_dimensions)
        Fixed word vectors; the first two rows, for unknown words and for names, are learned.
    rows : dict of str to int
        Row of each word.
    targets : array of shape (n_statements, n_types)
        How far each type is to be given, from 0 to 1.
    primary : array of shape (n_statements, n_types + 1)
        How likely each type is to be the primary, and last ``"other"``; each row sums to one.
    settings : NetworkSettings
    seed : int
    weights : float array of shape (n_statements,), optional
        How much each statement counts in the loss.

    Returns
    -------
    Network
        With one output for each type, then one for each primary.
    """
    trainer = _Trainer(vectors, targets.shape[1], settings, seed)
    batches = _batches_of_epochs(encoded, settings, np.random.RandomState(seed + 1))
    for step, chosen in enumerate(batches):
        counts = None if weights is None else weights[chosen] / weights.mean()
        trainer.step(pick(encoded, chosen), targets[chosen], primary[chosen], step / len(batches), counts)
    return Network(in_whole_numbers(trainer.finished()), rows)


def _batches_of_epochs(encoded: Encoded, settings: NetworkSettings, random: np.random.RandomState) -> list[Ints]:
    """Shuffled batches of all epochs, statements of like length together."""
    length = np.diff(encoded.start)
    batches = []
    for _ in range(settings.epochs):
        order = random.permutation(len(length))
        for at in range(0, len(order), settings.batch * 8):
            pool = order[at : at + settings.batch * 8]
            pool = pool[np.argsort(length[pool], kind="stable")]
            batches += [pool[k : k + settings.batch] for k in range(0, len(pool), settings.batch)]
    return batches


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


class _Trainer:
    """Gradients by hand and AdamW steps under a one-cycle learning rate."""

    def __init__(self, vectors: Singles, types: int, settings: NetworkSettings, seed: int) -> None:
        self.settings = settings
        self.vectors = vectors
        self.types = types
        self.random = np.random.RandomState(seed)
        width, filters = settings.width, settings.filters
        pooled = 2 * len(WIDTHS) * filters
        self.arrays: Arrays = {
            "project": self._uniform(vectors.shape[1], vectors.shape[1], width),
            "special": np.zeros((2, width), np.float32),
            "codes": self.random.normal(0, 0.3, (len(FIELDS) * CODES, width)).astype(np.float32),
            "bias": np.zeros(width, np.float32),
            "hidden": self._uniform(pooled, pooled, settings.hidden),
            "hiddenbias": np.zeros(settings.hidden, np.float32),
            "out": self._uniform(pooled, pooled + settings.hidden, 2 * types + 1),
            "outbias": np.zeros(2 * types + 1, np.float32),
        }
        self.arrays["codes"][::CODES] = 0
        for size in WIDTHS:
            self.arrays[f"filter{size}"] = self._uniform(size * width, size * width, filters)
            self.arrays[f"filterbias{size}"] = np.zeros(filters, np.float32)
        self._first = {name: np.zeros_like(array) for name, array in self.arrays.items()}
        self._second = {name: np.zeros_like(array) for name, array in self.arrays.items()}
        self._steps = 0

    def _uniform(self, fan_in: int, rows: int, columns: int) -> Singles:
        bound = 1 / np.sqrt(fan_in)
        return self.random.uniform(-bound, bound, (rows, columns)).astype(np.float32)

    def _keep(self, shape: tuple[int, ...]) -> Singles:
        kept = self.random.random_sample(shape) >= self.settings.dropout
        return kept.astype(np.float32) / np.float32(1 - self.settings.dropout)

    def finished(self) -> Arrays:
        """The arrays for prediction: word vectors projected once and for all."""
        words = self.vectors @ self.arrays["project"]
        words[:FIRST_WORD] = self.arrays["special"]
        kept = {name: array for name, array in self.arrays.items() if name not in ("project", "special")}
        return {"words": words.astype(np.float32), **kept}

    def step(
        self,
        batch: Encoded,
        targets: NDArray[Any],
        primary: NDArray[Any],
        progress: float,
        weights: NDArray[np.float64] | None = None,
    ) -> None:
        """One batch: forward, backward, update; `progress` runs from 0 to 1 over the training."""
        self._update(self._gradients(batch, targets, primary, weights), progress)

    def _gradients(
        self, batch: Encoded, targets: NDArray[Any], primary: NDArray[Any], weights: NDArray[np.float64] | None
    ) -> Arrays:
        from scipy.sparse import csr_matrix

        arrays, start = self.arrays, batch.start
        vector = self.vectors[batch.word]
        special = batch.word < FIRST_WORD
        width = arrays["bias"].shape[0]
        one_hot = csr_matrix(
            (
                np.ones(batch.codes.size, np.float32),
                batch.codes.T.ravel(),
                np.arange(0, batch.codes.size + 1, len(FIELDS)),
            ),
            shape=(len(batch.word), len(arrays["codes"])),
        )
        before = vector @ arrays["project"] + arrays["bias"] + one_hot @ arrays["codes"]
        before[special] += arrays["special"][batch.word[special]]
        blank = _blank_places(start)
        keep_token = self._keep(before.shape)
        keep_token[blank] = 0
        token = np.clip(before, 0, _MOST) * keep_token
        keep_token *= (before > 0) & (before < _MOST)
        length = (np.diff(start) - 2).astype(np.float32)[:, None]
        row = np.repeat(np.arange(len(length)), np.diff(start))
        windows, hiddens, tops, pooled = {}, {}, {}, []
        for size in WIDTHS:
            windows[size] = _windows(token, size)
            hidden = windows[size] @ arrays[f"filter{size}"] + arrays[f"filterbias{size}"]
            np.maximum(hidden, 0, out=hidden)
            hidden[blank] = 0
            hiddens[size], tops[size] = hidden, np.maximum.reduceat(hidden, start[:-1])
            pooled += [tops[size], _mean(hidden, start, length)]
        features = np.hstack(pooled)
        keep_features = self._keep(features.shape)
        features *= keep_features
        units = features @ arrays["hidden"] + arrays["hiddenbias"]
        keep_units = self._keep(units.shape) * (units > 0)
        both = np.hstack([features, units * keep_units])
        error = self._error(both @ arrays["out"] + arrays["outbias"], targets, primary)
        if weights is not None:
            error *= weights[:, None].astype(np.float32)
        direct, through = np.split(error @ arrays["out"].T, [features.shape[1]], axis=1)
        through *= keep_units
        gradients = {"out": both.T @ error, "outbias": error.sum(0)}
        gradients |= {"hidden": features.T @ through, "hiddenbias": through.sum(0)}
        to_features = (direct + through @ arrays["hidden"].T) * keep_features
        parts = np.split(to_features, 2 * len(WIDTHS), axis=1)
        reach_most = max(WIDTHS) // 2
        spread = np.zeros((len(token) + 2 * reach_most, width), np.float32)
        for n, size in enumerate(WIDTHS):
            hidden = hiddens[size]
            to_mean = parts[2 * n + 1] / (np.sqrt(length) * _MEAN_SCALE)
            back = (hidden == tops[size][row]) * parts[2 * n][row] + to_mean[row]
            back *= hidden > 0
            gradients[f"filter{size}"] = windows[size].T @ back
            gradients[f"filterbias{size}"] = back.sum(0)
            to_windows = back @ arrays[f"filter{size}"].T
            for step in range(size):
                at = reach_most - size // 2 + step
                spread[at : at + len(token)] += to_windows[:, step * width : (step + 1) * width]
        to_token = spread[reach_most : reach_most + len(token)] * keep_token
        gradients["project"] = vector.T @ to_token
        gradients["bias"] = to_token.sum(0)
        gradients["codes"] = one_hot.T @ to_token
        gradients["codes"][::CODES] = 0
        gradients["special"] = np.stack([to_token[batch.word == n].sum(0) for n in range(FIRST_WORD)])
        return gradients

    def _error(self, outputs: Singles, targets: NDArray[Any], primary: NDArray[Any]) -> Singles:
        """Gradient of the loss: twice the mean cross-entropy of the types plus that of the primary."""
        smooth = np.float32(self.settings.smoothing)
        soft = targets.astype(np.float32) * (1 - 2 * smooth) + smooth
        types = 2 * (1 / (1 + np.exp(-outputs[:, : self.types])) - soft) / targets.size
        best = outputs[:, self.types :]
        share = np.exp(best - best.max(1, keepdims=True))
        share /= share.sum(1, keepdims=True)
        return np.hstack([types, (share - primary) / len(primary)]).astype(np.float32)

    def _update(self, gradients: Arrays, progress: float) -> None:
        self._steps += 1
        rate = self.settings.rate * _one_cycle(progress)
        for name, array in self.arrays.items():
            gradient = gradients[name]
            self._first[name] += np.float32(0.1) * (gradient - self._first[name])
            self._second[name] += np.float32(0.001) * (gradient * gradient - self._second[name])
            first = self._first[name] / (1 - 0.9**self._steps)
            second = self._second[name] / (1 - 0.999**self._steps)
            array *= np.float32(1 - rate * self.settings.decay)
            array -= (rate * first / (np.sqrt(second) + 1e-8)).astype(np.float32)


def _one_cycle(progress: float) -> float:
    """Share of the highest learning rate: up along a cosine for 30% of the steps, then down to nothing."""
    if progress < 0.3:
        return 0.04 + 0.96 * (1 - float(np.cos(np.pi * progress / 0.3))) / 2
    return (1 + float(np.cos(np.pi * (progress - 0.3) / 0.7))) / 2
