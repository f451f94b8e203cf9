"""Training of the network of :mod:`statclass.network`: gradients by hand, NumPy alone but for one sparse product."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.network import (
    CODES,
    FIELDS,
    MEAN_SCALE,
    MOST,
    MOST_BESIDE,
    REACH,
    UNKNOWN,
    WIDTHS,
    Arrays,
    Encoded,
    Network,
    Singles,
    beside,
    blank_places,
    centres_of,
    in_floats,
    in_whole_numbers,
    layers_of,
    pick,
    windows_at,
)
from statclass.reading import Ints
from statclass.vectors import FIRST_WORD


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
    layers : int
        Between the tokens and the filters.
    unknown : float
        Share of words that are taken for unknown, drawn anew for each batch: what is said is then to be read from
        categories and other words, as it has to be where a word is rare.
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
    layers: int = 0
    unknown: float = 0.0


def train_network(
    encoded: Encoded,
    vectors: Singles,
    rows: dict[str, int],
    targets: NDArray[Any],
    primary: NDArray[Any],
    settings: NetworkSettings,
    seed: int,
    weights: NDArray[np.float64] | None = None,
    start: Arrays | None = None,
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
    start : dict of str to array, optional
        A network of the same size to begin with, as :func:`start_from` gives it; its outputs are begun anew.

    Returns
    -------
    Network
        With one output for each type, then one for each primary.
    """
    trainer = Trainer(vectors, targets.shape[1], settings, seed)
    trainer.arrays |= {name: array.copy() for name, array in (start or {}).items()}
    batches = _batches_of_epochs(encoded, settings, np.random.RandomState(seed + 1))
    for step, chosen in enumerate(batches):
        counts = None if weights is None else weights[chosen] / weights.mean()
        trainer.step(pick(encoded, chosen), targets[chosen], primary[chosen], step / len(batches), counts)
    return Network(in_whole_numbers(trainer.finished()), rows)


def start_from(network: Network, vectors: Singles) -> Arrays:
    """What a trained network knows of words and of how they stand together: all its arrays but those of its outputs.

    Parameters
    ----------
    network : Network
    vectors : float32 array of shape (n_words, n_dimensions)
        The table that it was trained with: how it projects them is found by least squares.
    """
    from threadpoolctl import threadpool_limits

    arrays = in_floats(network.arrays)
    words = arrays.pop("words")
    with threadpool_limits(limits=1):
        project = np.linalg.lstsq(vectors[FIRST_WORD:], words[FIRST_WORD:], rcond=None)[0]
    known = {name: array for name, array in arrays.items() if name not in ("out", "outbias")}
    return known | {"project": project.astype(np.float32), "special": words[:FIRST_WORD]}


def sized_like(settings: NetworkSettings, start: Arrays) -> NetworkSettings:
    """The settings, with the size of a network to start from."""
    return replace(
        settings,
        width=start["bias"].shape[0],
        filters=start["filter3"].shape[1],
        hidden=start["hiddenbias"].shape[0],
        layers=layers_of(start),
    )


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


class Trainer:
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
        for layer in range(settings.layers):
            self.arrays[f"layer{layer}"] = self._uniform(3 * width, 3 * width, width)
            self.arrays[f"layerbias{layer}"] = np.zeros(width, np.float32)
        for size in WIDTHS:
            self.arrays[f"filter{size}"] = self._uniform(size * width, size * width, filters)
            self.arrays[f"filterbias{size}"] = np.zeros(filters, np.float32)
        self._first = {name: np.zeros_like(array) for name, array in self.arrays.items()}
        self._second = {name: np.zeros_like(array) for name, array in self.arrays.items()}
        self._steps = 0

    def _uniform(self, fan_in: int, rows: int, columns: int) -> Singles:
        bound = 1 / np.sqrt(fan_in)
        return self.random.uniform(-bound, bound, (rows, columns)).astype(np.float32)

    def _with_gaps(self, word: Ints) -> Ints:
        """The words of a batch, some of them unknown."""
        if not self.settings.unknown:
            return word
        return np.where(self.random.random_sample(len(word)) < self.settings.unknown, UNKNOWN, word)

    def _keep(self, shape: tuple[int, ...]) -> Singles:
        """Zero for what is dropped, and for the rest what makes up for it; one random byte decides for each."""
        dropped = round(256 * self.settings.dropout)
        drawn = np.frombuffer(self.random.bytes(int(np.prod(shape))), np.uint8).reshape(shape)
        return (drawn >= dropped) * np.float32(256 / (256 - dropped))

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
        self._update(self.gradients(batch, targets, primary, weights), progress)

    def outputs(self, batch: Encoded) -> Singles:
        """Outputs of a batch, shape (n_statements, n_outputs), with what is dropped in training dropped."""
        return self._forward(batch).outputs

    def gradients(
        self,
        batch: Encoded,
        targets: NDArray[Any],
        primary: NDArray[Any],
        weights: NDArray[np.float64] | None = None,
    ) -> Arrays:
        """Gradients of the loss of a batch, by the names of the arrays."""
        way = self._forward(batch)
        error = self._error(way.outputs, targets, primary)
        if weights is not None:
            error *= weights[:, None].astype(np.float32)
        gradients, to_features = self._back_to_features(way, error)
        to_token = self._back_to_tokens(way, to_features, gradients)
        for layer in reversed(range(self.settings.layers)):
            to_token, gradients[f"layer{layer}"], gradients[f"layerbias{layer}"] = way.passes[layer].back(to_token)
        to_token *= way.keep_token
        codes, learned = len(self.arrays["codes"]), way.words < FIRST_WORD
        gradients["bias"] = to_token.sum(0)
        gradients["codes"], to_words = np.split(way.parts.T @ to_token, [codes])
        gradients["project"] = self.vectors[way.words].T @ to_words
        gradients["special"] = np.zeros_like(self.arrays["special"])
        gradients["special"][way.words[learned]] = to_words[learned]
        return gradients

    def _forward(self, batch: Encoded) -> _Way:
        arrays, start = self.arrays, batch.start
        width = arrays["bias"].shape[0]
        words, place = np.unique(self._with_gaps(batch.word), return_inverse=True)
        learned = words < FIRST_WORD
        projected = self.vectors[words] @ arrays["project"]
        projected[learned] = arrays["special"][words[learned]]
        parts = _parts_of_tokens(batch.codes, place, len(arrays["codes"]), len(words))
        before = parts @ np.vstack([arrays["codes"], projected]) + arrays["bias"]
        blank = blank_places(start)
        keep_token = self._keep(before.shape)
        keep_token[blank] = 0
        token = np.clip(before, 0, MOST) * keep_token
        keep_token *= (before > 0) & (before < MOST)
        passes = []
        for layer in range(self.settings.layers):
            passes.append(_Pass.of(arrays[f"layer{layer}"], arrays[f"layerbias{layer}"], token, blank))
            token = passes[-1].found
        centres = centres_of(batch)
        first = np.searchsorted(centres, start[:-1])
        length = np.diff(first, append=len(centres)).astype(np.float32)[:, None]
        widest = windows_at(np.pad(token, ((REACH, REACH), (0, 0))), centres)
        windows, hiddens, tops, pooled = {}, {}, {}, []
        for size in WIDTHS:
            outside = (max(WIDTHS) - size) // 2 * width
            windows[size] = widest[:, outside : widest.shape[1] - outside]
            hidden = windows[size] @ arrays[f"filter{size}"] + arrays[f"filterbias{size}"]
            np.maximum(hidden, 0, out=hidden)
            hiddens[size], tops[size] = hidden, np.maximum.reduceat(hidden, first)
            pooled += [tops[size], _mean(hidden, first, length)]
        features = np.hstack(pooled)
        keep_features = self._keep(features.shape)
        features *= keep_features
        units = features @ arrays["hidden"] + arrays["hiddenbias"]
        keep_units = self._keep(units.shape) * (units > 0)
        both = np.hstack([features, units * keep_units])
        outputs = both @ arrays["out"] + arrays["outbias"]
        return _Way(
            words, parts, keep_token, passes, centres, length, windows, hiddens, tops,
            features, keep_features, keep_units, both, outputs,
        )  # fmt: skip

    def _back_to_features(self, way: _Way, error: Singles) -> tuple[Arrays, Singles]:
        """Gradients of the last layers, and of what was pooled."""
        direct, through = np.split(error @ self.arrays["out"].T, [way.features.shape[1]], axis=1)
        through *= way.keep_units
        gradients = {"out": way.both.T @ error, "outbias": error.sum(0)}
        gradients |= {"hidden": way.features.T @ through, "hiddenbias": through.sum(0)}
        return gradients, (direct + through @ self.arrays["hidden"].T) * way.keep_features

    def _back_to_tokens(self, way: _Way, to_features: Singles, gradients: Arrays) -> Singles:
        """Gradient of the tokens as the filters saw them; those of the filters are added to `gradients`."""
        tokens, width = way.keep_token.shape
        parts = np.split(to_features, 2 * len(WIDTHS), axis=1)
        row = np.repeat(np.arange(len(way.length)), way.length[:, 0].astype(int))
        spread = np.zeros((tokens + 2 * REACH, width), np.float32)
        for n, size in enumerate(WIDTHS):
            hidden = way.hiddens[size]
            to_mean = parts[2 * n + 1] / (np.sqrt(way.length) * MEAN_SCALE)
            back = (hidden == way.tops[size][row]) * parts[2 * n][row] + to_mean[row]
            back *= hidden > 0
            gradients[f"filter{size}"] = way.windows[size].T @ back
            gradients[f"filterbias{size}"] = back.sum(0)
            to_windows = back @ self.arrays[f"filter{size}"].T
            for step in range(size):
                at = way.centres + REACH - size // 2 + step
                spread[at] += to_windows[:, step * width : (step + 1) * width]
        return spread[REACH : REACH + tokens]

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


@dataclass(frozen=True)
class _Way:
    """What a forward pass came by, for the way back."""

    words: Ints
    parts: Any
    keep_token: Singles
    passes: list[_Pass]
    centres: Ints
    length: Singles
    windows: dict[int, Singles]
    hiddens: dict[int, Singles]
    tops: dict[int, Singles]
    features: Singles
    keep_features: Singles
    keep_units: Singles
    both: Singles
    outputs: Singles


@dataclass(frozen=True)
class _Pass:
    """One pass through a layer: what it saw and found, and what is needed on the way back."""

    weights: Singles
    seen: Singles
    gains: NDArray[np.bool_]
    passes: NDArray[np.bool_]
    found: Singles

    @classmethod
    def of(cls, weights: Singles, bias: Singles, token: Singles, blank: Ints) -> _Pass:
        """Tokens through a layer; the places in `blank` stay empty."""
        seen = beside(np.pad(token, ((1, 1), (0, 0))))
        gained = np.maximum(seen @ weights + bias, 0)
        total = token + gained
        total[blank] = 0
        passes = total < MOST_BESIDE
        passes[blank] = False
        return cls(weights, seen, gained > 0, passes, np.minimum(total, MOST_BESIDE))

    def back(self, to_found: Singles) -> tuple[Singles, Singles, Singles]:
        """Gradients of the tokens, the weights and the bias from that of what was found."""
        to_token = to_found * self.passes
        gained = to_token * self.gains
        width = gained.shape[1]
        to_seen = gained @ self.weights.T
        to_token[:-1] += to_seen[1:, :width]
        to_token += to_seen[:, width : 2 * width]
        to_token[1:] += to_seen[:-1, 2 * width :]
        return to_token, self.seen.T @ gained, gained.sum(0)


def _parts_of_tokens(codes: Ints, word: Ints, n_codes: int, n_words: int) -> Any:
    """Which parts each token is the sum of: sparse, of shape (n_tokens, n_codes + n_words).

    The first code of each field says that there is nothing to say, and is no part.
    """
    from scipy.sparse import csr_matrix

    column = np.vstack([codes, n_codes + word]).astype(np.int32)
    part = np.vstack([codes != np.arange(len(codes))[:, None] * CODES, np.ones(len(word), bool)])
    end = np.concatenate([[0], np.cumsum(part.sum(0))]).astype(np.int32)
    indices = column.T[part.T]
    return csr_matrix((np.ones(len(indices), np.float32), indices, end), shape=(len(word), n_codes + n_words))


def _one_cycle(progress: float) -> float:
    """Share of the highest learning rate: up along a cosine for 30% of the steps, then down to nothing."""
    if progress < 0.3:
        return 0.04 + 0.96 * (1 - float(np.cos(np.pi * progress / 0.3))) / 2
    return (1 + float(np.cos(np.pi * (progress - 0.3) / 0.7))) / 2


def _mean(hidden: Singles, first: Ints, length: Singles) -> Singles:
    """The sum of each filter over a statement by the root of how many places it stands at."""
    total: Singles = np.add.reduceat(hidden, first)
    total /= np.sqrt(length) * MEAN_SCALE
    return total
