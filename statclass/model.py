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
from statclass.records import OTHER, Contribution, Prediction, StatementType
from statclass.text import SEPARATOR, tokenize

Floats = NDArray[np.float64]
Labels = str | Iterable[str]

WEIGHT_SCALE = 2**16
"""Weights are kept as whole numbers of 1/65536, so that sums do not depend on their order."""

MAX_LENGTH = 100_000
"""Statements are read up to this many characters; what follows is left unread and noted as a problem."""


@dataclass(frozen=True)
class Calibration:
    """Turns margins into calibrated scores and says which are enough.

    Parameters
    ----------
    slope, intercept : float array of shape (n_types,)
        Of the logistic curve fitted to out-of-fold margins (Platt 1999, "Probabilistic outputs for support vector
        machines").
    threshold : float array of shape (n_types,)
        Scores at or over it assign the type.
    """

    slope: Floats
    intercept: Floats
    threshold: Floats

    def scores(self, margins: Floats) -> Floats:
        """Calibrated scores, from 0 to 1, of margins of shape (n_statements, n_types)."""
        return 1.0 / (1.0 + np.exp(-np.clip(margins * self.slope + self.intercept, -30.0, 30.0)))


class StatementClassifier(Estimator):
    """Labels statements; follows scikit-learn's conventions for classifiers.

    With sets of labels (or labels among which is ``"other"``) every type gets a score of its own, and a statement
    whose types all stay below their thresholds is ``"other"``. With one label a statement and no ``"other"``, the best
    label is always given.

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

    def fit(self, statements: Iterable[str], labels: Iterable[Labels], groups: Sequence[Any] | None = None) -> Self:
        """Learn from labelled statements.

        Parameters
        ----------
        statements : iterable of str, length n
        labels : iterable of length n
            One label each, or a set of labels each (possibly empty).
        groups : sequence of length n, optional
            Statements of one group (an article, a speaker) never stand on both sides of a cross-validation split.
        """
        from statclass.training import fit_classifier

        fit_classifier(self, check_statements(statements), list(labels), groups)
        return self

    def restore(
        self,
        extractor: FeatureExtractor,
        weights: NDArray[np.int32],
        bias: Floats,
        calibration: Calibration,
        types: Sequence[str],
        exclusive: bool,
        info: dict[str, Any],
    ) -> Self:
        """Set what fitting learns: called by the training and by the loader."""
        self.extractor_ = extractor
        self.weights_ = weights
        self.bias_ = bias
        self.calibration_ = calibration
        self.types_ = tuple(types)
        self.exclusive_ = exclusive
        self.classes_ = np.array(self.types_ if exclusive else (*self.types_, OTHER))
        self.info_ = info
        return self

    def decision_function(self, statements: Iterable[str]) -> Floats:
        """Uncalibrated margins, shape (n_statements, n_types)."""
        texts = self._ready(statements)
        margins = np.empty((len(texts), len(self.types_)))
        for start in range(0, len(texts), BLOCK):
            block = [text[:MAX_LENGTH] for text in texts[start : start + BLOCK]]
            sums = self.extractor_.weighted_sums(block, self.weights_)
            margins[start : start + BLOCK] = margins_of_sums(sums, self.bias_)
        return margins

    def scores(self, statements: Iterable[str]) -> Floats:
        """Calibrated scores of the types, shape (n_statements, n_types), in the order of `types_`."""
        return self.calibration_.scores(self.decision_function(statements))

    def predict_proba(self, statements: Iterable[str]) -> Floats:
        """Scores in the order of `classes_`, shape (n_statements, n_classes), each from 0 to 1.

        With one label a statement the rows sum to one. With independent types the last column, of ``"other"``, is one
        minus the best score.
        """
        scores = self.scores(statements)
        if self.exclusive_:
            return scores / np.maximum(scores.sum(1, keepdims=True), 1e-12)
        return np.column_stack([scores, 1.0 - scores.max(1)])

    def predict(self, statements: Iterable[str]) -> NDArray[np.str_]:
        """The primary label of each statement."""
        return np.array([p.label for p in self.classify_many(statements)], dtype=self.classes_.dtype)

    def classify(self, statement: str) -> Prediction:
        """What one statement does."""
        if not isinstance(statement, str):
            raise InputError(f"expected one statement as str, found {type(statement).__name__}; use classify_many")
        return self.classify_many([statement])[0]

    def classify_many(self, statements: Iterable[str]) -> list[Prediction]:
        """What each statement does, in order."""
        texts = self._ready(statements)
        scores = self.scores(texts)
        over = scores >= self.calibration_.threshold
        best = scores.argmax(1)
        values = scores.tolist()
        return [
            self._prediction(values[n], best[n], np.flatnonzero(over[n]).tolist(), text) for n, text in enumerate(texts)
        ]

    def _prediction(self, scores: list[float], best: int, over: list[int], text: str) -> Prediction:
        over = [int(best)] if self.exclusive_ else sorted(over, key=lambda n: -scores[n])
        labels = tuple(self.types_[n] for n in over)
        return Prediction(
            label=labels[0] if labels else OTHER,
            labels=labels,
            scores=dict(zip(self.types_, scores, strict=True)),
            confidence=scores[over[0]] if over else 1.0 - scores[best],
            problem=_problem(text),
        )

    def explain(self, statement: str) -> list[Contribution]:
        """Which features moved which type, strongest first, with their places in the statement.

        The weights of one type's contributions, plus its intercept, add up to the log-odds of its score.
        """
        if not isinstance(statement, str):
            raise InputError(f"expected one statement as str, found {type(statement).__name__}")
        self._ready([])
        text = statement[:MAX_LENGTH]
        hits, reading, tokens = self.extractor_.hits([text])
        by_track = tracks(reading)
        offsets = token_offsets(text, tokens)
        columns = self.extractor_.column_of_slot_[hits.slot]
        learned = np.flatnonzero(columns < len(self.extractor_.slots_))
        length = np.sqrt(max(len(learned), 1))
        found: dict[tuple[str, int], tuple[float, list[tuple[int, int]]]] = {}
        for n in learned:
            template = self.extractor_.templates_[hits.template[n]]
            track = by_track[template.track]
            name = feature_name(template, track, int(hits.place[n]), reading, self.extractor_.reader_, tokens)
            last = int(hits.place[n]) + max(offset for _, offset in template.fields)
            span = _span(offsets, reading.token[track.place[[int(hits.place[n]), last]]])
            for kind in range(len(self.types_)):
                weight = self.weights_[columns[n], kind] / WEIGHT_SCALE / length * self.calibration_.slope[kind]
                total, spans = found.get((name, kind), (0.0, []))
                found[name, kind] = total + float(weight), [*spans, span] if span else spans
        contributions = [
            Contribution(self.types_[kind], name, weight, tuple(spans), tuple(statement[a:b] for a, b in spans))
            for (name, kind), (weight, spans) in found.items()
            if weight
        ]
        return sorted(contributions, key=lambda c: -abs(c.weight))

    def save(self, folder: str | PathLike[str]) -> None:
        """Write the model as a folder of data; see :mod:`statclass.persistence`."""
        from statclass.persistence import save_model

        save_model(self, folder)

    def _ready(self, statements: Iterable[str]) -> list[str]:
        if not hasattr(self, "weights_"):
            raise InputError(f"this {type(self).__name__} is not fitted; call fit, or load a saved one")
        return check_statements(statements)


def margins_of_sums(sums: NDArray[np.int64], bias: Floats) -> Floats:
    """Margins from weighted sums whose last column counts the known features of the statement."""
    length = np.sqrt(np.maximum(sums[:, -1:], 1))
    return sums[:, :-1] / (WEIGHT_SCALE * length) + bias


def type_order(labels: Iterable[str]) -> tuple[str, ...]:
    """Labels in a fixed order: the four statement types first, as in the codebook, then others by name."""
    codebook = [str(kind) for kind in StatementType]
    return tuple(sorted(labels, key=lambda name: (codebook.index(name) if name in codebook else len(codebook), name)))


def token_offsets(text: str, tokens: Sequence[str]) -> list[tuple[int, int] | None]:
    """Character offsets of a statement's tokens as :meth:`FeatureExtractor.hits` gives them; None for boundaries."""
    places = iter(tokenize(text))
    return [None if token == SEPARATOR else next(places)[1:] for token in tokens]


def _span(offsets: list[tuple[int, int] | None], ends: Sequence[int]) -> tuple[int, int] | None:
    inside = [offsets[end] for end in range(ends[0], ends[-1] + 1) if offsets[end] is not None]
    return (inside[0][0], inside[-1][1]) if inside else None  # type: ignore[index]


def _problem(text: str) -> str | None:
    if len(text) > MAX_LENGTH:
        return f"longer than {MAX_LENGTH} characters; the rest was not read"
    return None if text.strip() else "empty"
