"""The shipped model adapted to a few more statements: its linear part moves as far as they need, the rest stays.

Two things hold it back. The weights are drawn to those that they were (Chelba and Acero 2004, "Adaptation of maximum
entropy capitalizer: little data can help a lot"), and the scores of the statements that the model was trained on to
those that it gave them (Li and Hoiem 2016, "Learning without forgetting"). So a hundred statements of a new register
move what is said of their like, and hardly what is said of others; a training anew would move everything a little, by
chance alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.errors import InputError, LabelledDataError
from statclass.fitting import Progress, coded, cross_validation_scores, quietly, versions
from statclass.labelled import LabelledStatement
from statclass.learning import Fitted
from statclass.model import WEIGHT_SCALE, Floats, Labels, StatementClassifier, chances
from statclass.reading import Ints

_HELD = 10.0
"""Strength of the pull towards the weights before, times the classifier's C."""
_STEPS = 200


@dataclass(frozen=True)
class Ground:
    """A model, and how firmly the statements that it was trained on hold it.

    Parameters
    ----------
    model : StatementClassifier
    matrix : sparse array of shape (n_statements, n_features)
    doubt : float array of shape (n_statements, n_types)
        Chance of each score times that of its contrary: the curvature of the loss where the model is to stay.
    """

    model: StatementClassifier
    matrix: Any
    doubt: Floats

    @classmethod
    def of(cls, model: StatementClassifier, rows: Sequence[LabelledStatement]) -> Ground:
        """A model and the statements on which it is to stay as it is."""
        texts = [row.text for row in rows]
        scores = model.scores(texts)
        return cls(model, model.extractor_.transform(texts).tocsc(), scores * (1 - scores))


@dataclass(frozen=True)
class Added:
    """The statements to adapt to: their features, the log-odds that the model gives them, and their types."""

    matrix: Any
    log_odds: Floats
    targets: NDArray[np.bool_]

    def pick(self, chosen: Ints) -> Added:
        """Some of the statements."""
        return Added(self.matrix[chosen], self.log_odds[chosen], self.targets[chosen])


def adapt_classifier(
    classifier: StatementClassifier,
    ground: Ground,
    weight: float,
    texts: list[str],
    labels: list[Labels],
    groups: Sequence[Any],
    progress: Progress = quietly,
    curve: Sequence[float] = (),
) -> Fitted:
    """Make `classifier` what the model of `ground` becomes with more statements.

    Parameters
    ----------
    classifier : StatementClassifier
        Its `C` says how far weights may move, its `folds` and `seed` how the result is cross-validated.
    ground : Ground
    weight : float
        How much a statement counts beside one of the ground.
    texts, labels, groups
        Of the added statements.
    progress : callable
    curve : sequence of float
        Shares of the statements to score the result for, too.

    Returns
    -------
    Fitted
        The margins that models adapted to the other folds give the added statements.

    Raises
    ------
    InputError
        When `C` is not over 0.
    LabelledDataError
        When all statements belong to one group: nothing could then be said of how good the result is.
    """
    if not classifier.C > 0:
        raise InputError(f"C is {classifier.C!r}; expected a number over 0")
    model = ground.model
    targets, primary = coded(labels, model.types_)
    fold = _folds(groups, classifier.folds)
    before = model.margins(texts)
    added = Added(model.extractor_.transform(texts).tocsr(), model.calibration_.log_odds(before), targets)
    hold = _HELD / classifier.C

    def held_out(share: float) -> Floats:
        """Linear margins of each statement, from the given share of those of other folds."""
        random = np.random.RandomState(classifier.seed)
        kept = random.random_sample(len(texts)) < share
        linear = before.linear.copy()
        for number in range(int(fold.max()) + 1):
            held = np.flatnonzero(fold == number)
            moved = shift(ground, added.pick(np.flatnonzero((fold != number) & kept)), weight, hold)
            linear[held] += added.matrix[held] @ moved / model.calibration_.linear
            progress(f"adapted to {share:.0%} of the statements outside of fold {number + 1} of {int(fold.max()) + 1}")
        return linear

    of_shares = [held_out(share) for share in curve]
    margins = replace(before, linear=held_out(1.0))
    _restore_moved(classifier, ground, shift(ground, added, weight, hold))
    classifier.info_["before"] = cross_validation_scores(model, before, targets, primary)
    classifier.info_["cross_validation"] = cross_validation_scores(classifier, margins, targets, primary)
    if curve:
        sizes = [0.0, *(len(texts) * share * (1 - 1 / (fold.max() + 1)) for share in (*curve, 1.0))]
        found = [before, *(replace(before, linear=linear) for linear in of_shares), margins]
        f1 = [cross_validation_scores(classifier, each, targets, primary)["macro_f1"] for each in found]
        classifier.info_["learning_curve"] = [list(point) for point in zip(sizes, f1, strict=True)]
    return Fitted(fold, margins, targets, primary, None, [], [])


def shift(ground: Ground, added: Added, weight: float, hold: float) -> Floats:
    """How far the weights of each feature move each type's log-odds, shape (n_features, n_types).

    Parameters
    ----------
    ground : Ground
    added : Added
    weight : float
        How much an added statement counts.
    hold : float
        Strength of the pull towards no change.
    """
    used = np.unique(added.matrix.indices)
    moved = np.zeros((added.matrix.shape[1], added.targets.shape[1]))
    own, kept = added.matrix[:, used].tocsr(), ground.matrix[:, used].tocsr()
    for kind, target in enumerate(added.targets.T):
        moved[used, kind] = _shift_of_type(
            own, added.log_odds[:, kind], target, kept, ground.doubt[:, kind], weight, hold
        )
    return moved


def _shift_of_type(
    own: Any, log_odds: Floats, target: NDArray[np.bool_], kept: Any, doubt: Floats, weight: float, hold: float
) -> Floats:
    from scipy.optimize import minimize

    def loss(move: Floats) -> tuple[float, Floats]:
        odds, drift = log_odds + own @ move, kept @ move
        error, pull = weight * (chances(odds) - target), doubt * drift
        value = weight * (np.logaddexp(0, odds) - target * odds).sum() + (drift @ pull + hold * move @ move) / 2
        return float(value), own.T @ error + kept.T @ pull + hold * move

    found: Floats = minimize(loss, np.zeros(own.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    return found


def _folds(groups: Sequence[Any], most: int) -> Ints:
    """The fold of each statement; groups stay whole."""
    from sklearn.model_selection import GroupKFold

    number = min(most, len(set(groups)))
    if number < 2:
        raise LabelledDataError(
            f"found one group of statements in {len(groups)} (near-duplicates count as one); expected at least two, so "
            "that the result can be scored on statements that it has not seen"
        )
    fold = np.zeros(len(groups), np.int64)
    for n, (_, held) in enumerate(GroupKFold(number).split(fold, groups=groups)):
        fold[held] = n
    return fold


def _restore_moved(classifier: StatementClassifier, ground: Ground, moved: Floats) -> None:
    """The model of the ground with other weights, as `classifier`."""
    model = ground.model
    weights = model.weights_.copy()
    steps = np.rint(moved / model.calibration_.linear * WEIGHT_SCALE).astype(np.int32)
    weights[: len(steps), : steps.shape[1]] += steps
    info = {"versions": versions()}
    classifier.restore(
        model.extractor_,
        weights,
        model.bias_,
        model.network_,
        model.calibration_,
        model.types_,
        model.exclusive_,
        info,
    )
