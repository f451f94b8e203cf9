"""The classifier: fit on labelled statements, predict records, explain word by word.

Predicting needs NumPy alone; scikit-learn is imported by :meth:`StatementClassifier.fit`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from statclass.errors import InputError
from statclass.estimator import Estimator
from statclass.features import BLOCK, FeatureExtractor, check_statements, feature_name, tracks
from statclass.network import Network
from statclass.records import OTHER, Contribution, Prediction, StatementType
from statclass.text import BOUNDARY, tokenize

Floats = NDArray[np.float64]
Labels = str | Iterable[str]

WEIGHT_SCALE = 2**16
"""Weights are kept as whole numbers of 1/65536, so that sums do not depend on their order."""

_MOST_LEFT_OUT = 400
MAX_LENGTH = 100_000
"""Statements are read up to this many characters; what follows is left unread and noted as a problem."""


@dataclass(frozen=True)
class Calibration:
    """Turns margins into calibrated scores and says which are enough.

    With independent types, `linear`, `network` and `intercept` are of the logistic curve fitted to the out-of-fold
    margins (Platt 1999, "Probabilistic outputs for support vector machines", with two inputs). With one label a
    statement, they and `primary` are of the shares that make the right labels likeliest.

    Parameters
    ----------
    linear, network, intercept : float array of shape (n_types,)
    threshold : float array of shape (n_types,)
        Scores at or over it assign the type; with one label a statement, the label whose score is the highest multiple
        of its threshold is given.
    primary : float array of shape (n_types,)
        How much the network's margins of primaries count.
    """

    linear: Floats
    network: Floats
    intercept: Floats
    threshold: Floats
    primary: Floats

    def log_odds(self, margins: Margins) -> Floats:
        """Calibrated log-odds of the types, shape (n_statements, n_types), rounded to four decimals."""
        return np.round(margins.linear * self.linear + margins.network * self.network + self.intercept, 4)

    def log_shares(self, margins: Margins) -> Floats:
        """Logarithms of the shares of labels of which a statement has one, up to a constant a statement."""
        return np.round(self.log_odds(margins) + margins.primary * self.primary, 4)


@dataclass(frozen=True)
class Margins:
    """What the two parts of a model say of statements, before calibration.

    Parameters
    ----------
    linear : float array of shape (n_statements, n_types)
        Of the logistic regressions over the features.
    network : float array of shape (n_statements, n_types)
        Of the network, for each type by itself.
    primary : float array of shape (n_statements, n_types)
        Of the network, for each type as the primary label.
    """

    linear: Floats
    network: Floats
    primary: Floats


def chances(log_odds: Floats) -> Floats:
    """Scores from 0 to 1 of log-odds.

    Examples
    --------
    >>> chances(np.array([0.0])).tolist()
    [0.5]
    """
    return 1.0 / (1.0 + np.exp(-np.clip(log_odds, -30.0, 30.0)))


def shares(logarithms: Floats) -> Floats:
    """Scores of each row that sum to one, from their logarithms up to a constant a row.

    Examples
    --------
    >>> shares(np.array([[5.0, 5.0]])).tolist()
    [[0.5, 0.5]]
    """
    risen = np.exp(logarithms - logarithms.max(1, keepdims=True, initial=-1e9))
    found: Floats = risen / risen.sum(1, keepdims=True)
    return found


class StatementClassifier(Estimator):
    """Labels statements; follows scikit-learn's conventions for classifiers.

    With sets of labels (or labels among which is ``"other"``) every type gets a score of its own, and a statement
    whose types all stay below their thresholds is ``"other"``. With one label a statement and no ``"other"``, the
    scores of a statement sum to one and a label is always given: the one whose score is best for its threshold, which
    is lower for rare labels.

    Parameters
    ----------
    C : float, default=10.0
        Inverse strength of the regularisation of the logistic regressions.
    min_count : int, default=2
        Features seen in fewer training statements are left out.
    folds : int, default=5
        Folds of the cross-validation that gives calibration and thresholds.
    seed : int, default=0
        Of the folds and the solver.

    Attributes
    ----------
    classes_ : ndarray of str
        The labels in the order of the columns of :meth:`predict_proba`.
    types_ : tuple of str
        The labels with a score of their own: `classes_` without ``"other"``.

    Examples
    --------
    >>> clf = StatementClassifier(folds=2, min_count=1)
    >>> texts = ["We refuse to go.", "We refuse to pay.", "They lied to us.", "They lied again."]
    >>> clf.fit(texts, ["refusal", "refusal", "charge", "charge"]).classify("We refuse.").label
    'refusal'
    """

    _estimator_type = "classifier"

    def __init__(self, C: float = 10.0, min_count: int = 2, folds: int = 5, seed: int = 0) -> None:
        self.C = C
        self.min_count = min_count
        self.folds = folds
        self.seed = seed

    def fit(
        self,
        statements: Iterable[str],
        labels: Iterable[Labels],
        groups: Sequence[Any] | None = None,
        sample_weight: Sequence[float] | None = None,
    ) -> Self:
        """Learn from labelled statements.

        Parameters
        ----------
        statements : iterable of str, length n
        labels : iterable of length n
            One label each, or a set of labels each (possibly empty).
        groups : sequence of length n, optional
            Statements of one group (an article, a speaker) never stand on both sides of a cross-validation split.
        sample_weight : sequence of float of length n, optional
            How much each statement counts; 1 each when not given.
        """
        from statclass.fitting import fit_classifier

        fit_classifier(self, check_statements(statements), list(labels), groups, sample_weight)
        return self

    def restore(
        self,
        extractor: FeatureExtractor,
        weights: NDArray[np.int32],
        bias: Floats,
        network: Network,
        calibration: Calibration,
        types: Sequence[str],
        exclusive: bool,
        info: dict[str, Any],
    ) -> Self:
        """Set what fitting learns: called by the training and by the loader."""
        self.extractor_ = extractor
        self.weights_ = weights
        wide = np.pad(weights, ((0, 0), (0, max(0, 8 - weights.shape[1]))))
        self._wide_weights = np.ascontiguousarray(wide)
        self.bias_ = bias
        self.network_ = network
        self.calibration_ = calibration
        self.types_ = tuple(types)
        self.exclusive_ = exclusive
        self.classes_ = np.array(self.types_ if exclusive else (*self.types_, OTHER))
        self.info_ = info
        return self

    def margins(self, statements: Iterable[str]) -> Margins:
        """What the linear model and the network say of each statement, before calibration."""
        texts = self._ready(statements)
        blocks = [self._margins_of_block(texts[at : at + BLOCK]) for at in range(0, len(texts), BLOCK)]
        if not blocks:
            nothing = np.zeros((0, len(self.types_)))
            return Margins(nothing, nothing, nothing)
        return Margins(
            np.vstack([block.linear for block in blocks]),
            np.vstack([block.network for block in blocks]),
            np.vstack([block.primary for block in blocks]),
        )

    def _margins_of_block(self, texts: list[str]) -> Margins:
        reading = self.extractor_.read([text[:MAX_LENGTH] for text in texts])
        linear = margins_of_sums(self.extractor_.weighted_sums(reading, self._wide_weights), self.bias_)
        outputs = self.network_.outputs(reading, self.extractor_.reader_.table.words).astype(float)
        types = len(self.types_)
        return Margins(linear, outputs[:, :types], outputs[:, types : 2 * types])

    def decision_function(self, statements: Iterable[str]) -> Floats:
        """Calibrated log-odds of the types, shape (n_statements, n_types), in the order of `types_`."""
        margins = self.margins(statements)
        return self.calibration_.log_shares(margins) if self.exclusive_ else self.calibration_.log_odds(margins)

    def scores(self, statements: Iterable[str]) -> Floats:
        """Calibrated scores of the types, shape (n_statements, n_types), in the order of `types_`."""
        return self._scores_of(self.margins(statements))

    def _scores_of(self, margins: Margins) -> Floats:
        if self.exclusive_:
            return shares(self.calibration_.log_shares(margins))
        return chances(self.calibration_.log_odds(margins))

    def predict_proba(self, statements: Iterable[str]) -> Floats:
        """Scores in the order of `classes_`, shape (n_statements, n_classes), each from 0 to 1.

        With one label a statement the rows sum to one. With independent types the last column, of ``"other"``, is one
        minus the best score.
        """
        scores = self.scores(statements)
        return scores if self.exclusive_ else np.column_stack([scores, 1.0 - scores.max(1)])

    def predict(self, statements: Iterable[str]) -> NDArray[np.str_]:
        """The primary label of each statement."""
        return np.array([p.label for p in self.classify_many(statements)], dtype=self.classes_.dtype)

    def score(self, statements: Iterable[str], labels: Sequence[str]) -> float:
        """Share of statements whose primary label is right, as scikit-learn's classifiers have it."""
        return float(np.mean(self.predict(statements) == np.asarray(labels)))

    def classify(self, statement: str) -> Prediction:
        """What one statement does."""
        if not isinstance(statement, str):
            raise InputError(f"expected one statement as str, found {type(statement).__name__}; use classify_many")
        return self.classify_many([statement])[0]

    def classify_many(self, statements: Iterable[str]) -> list[Prediction]:
        """What each statement does, in order."""
        texts = self._ready(statements)
        margins = self.margins(texts)
        scores = self._scores_of(margins)
        chosen, order = self.choose(margins)
        counts, best = chosen.sum(1).tolist(), scores.max(1, initial=0.0).tolist()
        types, order, values = self.types_, order.tolist(), scores.tolist()
        predictions = []
        for n, text in enumerate(texts):
            row = values[n]
            labels = tuple([types[kind] for kind in order[n][: counts[n]]])
            confidence = row[order[n][0]] if labels else 1.0 - best[n]
            by_type = dict(zip(types, row, strict=True))
            predictions.append(Prediction(labels[0] if labels else OTHER, labels, by_type, confidence, _problem(text)))
        return predictions

    def choose(self, margins: Margins) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Which types each statement gets, and the types in order: those first, the primary before the others."""
        return decide(self.calibration_, margins, self.exclusive_)

    def explain(self, statement: str) -> list[Contribution]:
        """Which features moved which type, strongest first, with their places in the statement.

        The weights of the linear features are what they add to a type's log-odds. Those whose names begin with
        ``network:`` tell how far the network's part falls when the word is left out, and are approximate. What the mere
        beginning and end of a statement add is left out.
        """
        if not isinstance(statement, str):
            raise InputError(f"expected one statement as str, found {type(statement).__name__}")
        self._ready([])
        found = [*self._linear_contributions(statement), *self._network_contributions(statement)]
        return sorted(found, key=lambda c: -abs(c.weight))

    def _linear_contributions(self, statement: str) -> list[Contribution]:
        hits, reading = self.extractor_.hits([statement[:MAX_LENGTH]])
        by_track = tracks(reading, self.extractor_.templates_)
        offsets = token_offsets(statement[:MAX_LENGTH])
        columns = self.extractor_.column_of_slot_[hits.slot]
        learned = np.flatnonzero(columns < len(self.extractor_.slots_))
        scale = self.calibration_.linear / (WEIGHT_SCALE * np.sqrt(max(len(learned), 1)))
        total: dict[str, Floats] = {}
        spans: dict[str, list[tuple[int, int]]] = {}
        for n in learned:
            template = self.extractor_.templates_[hits.template[n]]
            track, place = by_track[template.track], int(hits.place[n])
            name = feature_name(template, track, place, reading, self.extractor_.reader_)
            first, last = track.place[[place, place + max(offset for _, offset in template.fields)]]
            last += reading.extent[last] - 1
            total[name] = total.get(name, 0.0) + self.weights_[columns[n], :-1] * scale
            span = _span(offsets, reading.token[[first, last]].tolist())
            spans.setdefault(name, []).extend([span] if span else [])
        return [
            _contribution(self.types_[kind], name, float(weight), spans[name], statement)
            for name, weights in total.items()
            for kind, weight in enumerate(weights)
            if weight and spans[name]
        ]

    def _network_contributions(self, statement: str) -> list[Contribution]:
        """What the network's margins lose when a word is left out."""
        reading = self.extractor_.reader_.read([statement[:MAX_LENGTH]])
        offsets = token_offsets(statement[:MAX_LENGTH])
        encoded = self.network_.encode(reading, self.extractor_.reader_.table.words)
        whole = self.network_.leaving_out(encoded, 0)
        types = len(self.types_)
        found = []
        for place in range(3, min(int(encoded.start[-1]), _MOST_LEFT_OUT)):
            lost = whole - self.network_.leaving_out(encoded, place)
            moved = lost[:types] * self.calibration_.network
            if self.exclusive_:
                moved = moved + lost[types : 2 * types] * self.calibration_.primary
            word = self.extractor_.reader_.word_at(reading, place)
            spans = [span] if (span := offsets[reading.token[place]]) else []
            found += [
                _contribution(name, f"network:{word}", float(weight), spans, statement)
                for name, weight in zip(self.types_, moved, strict=True)
            ]
        return found

    def save(self, folder: str | PathLike[str]) -> None:
        """Write the model as a folder of data; see :mod:`statclass.persistence`."""
        from statclass.persistence import save_model

        save_model(self, folder)

    def _ready(self, statements: Iterable[str]) -> list[str]:
        if not hasattr(self, "weights_"):
            raise InputError(f"this {type(self).__name__} is not fitted; call fit, or load a saved one")
        return check_statements(statements)


def decide(calibration: Calibration, margins: Margins, exclusive: bool) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which types each statement gets, and the types in order: those first, the primary before the others."""
    if exclusive:
        liking = calibration.log_shares(margins) - np.log(calibration.threshold)
        chosen = np.zeros(liking.shape, bool)
        chosen[np.arange(len(liking)), liking.argmax(1)] = True
    else:
        log_odds = calibration.log_odds(margins)
        liking = preference(log_odds, margins)
        chosen = chances(log_odds) >= calibration.threshold
    return chosen, np.argsort(-(liking + 1e6 * chosen), axis=1, kind="stable")


def preference(log_odds: Floats, margins: Margins) -> Floats:
    """How well each type would do as the primary label: its log-odds and what the network says of primaries."""
    liking: Floats = log_odds + margins.primary - margins.primary.max(1, keepdims=True, initial=-1e9)
    return liking


def margins_of_sums(sums: NDArray[np.int64], bias: Floats) -> Floats:
    """Margins from weighted sums whose column after the types counts the known features of the statement."""
    types = len(bias)
    length = np.sqrt(np.maximum(sums[:, types : types + 1], 1))
    margins: Floats = sums[:, :types] / (WEIGHT_SCALE * length) + bias
    return margins


def type_order(labels: Iterable[str]) -> tuple[str, ...]:
    """Labels in a fixed order: the four statement types first, as in the codebook, then others by name."""
    codebook = [str(kind) for kind in StatementType]
    return tuple(sorted(labels, key=lambda name: (codebook.index(name) if name in codebook else len(codebook), name)))


def token_offsets(text: str) -> list[tuple[int, int] | None]:
    """Character offsets of a statement's tokens as a :class:`~statclass.reading.Reading` counts them; None for
    boundaries."""
    edge: list[tuple[int, int] | None] = [None] * len(BOUNDARY)
    return [*edge, *((start, end) for _, start, end in tokenize(text)), *edge]


def _contribution(
    label: str, feature: str, weight: float, spans: Sequence[tuple[int, int]], statement: str
) -> Contribution:
    return Contribution(label, feature, weight, tuple(spans), tuple(statement[a:b] for a, b in spans))


def _span(offsets: list[tuple[int, int] | None], ends: Sequence[int]) -> tuple[int, int] | None:
    inside = [offsets[end] for end in range(ends[0], ends[-1] + 1) if offsets[end] is not None]
    return (inside[0][0], inside[-1][1]) if inside else None  # type: ignore[index]


def _problem(text: str) -> str | None:
    if len(text) > MAX_LENGTH:
        return f"longer than {MAX_LENGTH} characters; the rest was not read"
    return "empty" if not text or text.isspace() else None
