"""Scores and decisions from out-of-fold margins: how far to trust each part of a model, and what score is enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from statclass.model import Calibration, Floats, Margins, chances, decide, shares

if TYPE_CHECKING:
    from statclass.reading import Ints

_THRESHOLDS = np.arange(0.20, 0.71, 0.01)
_HANDICAPS = np.arange(0.0, 1.01, 0.1)
_RIDGE = 1e-3


def calibrate(
    margins: Margins, targets: NDArray[np.bool_], primary: Ints, exclusive: bool, weights: Floats | None = None
) -> Calibration:
    """:func:`calibrate_exclusive` where every statement has one label, :func:`calibrate_independent` elsewhere."""
    if exclusive:
        return calibrate_exclusive(margins, primary, weights)
    return calibrate_independent(margins, targets, weights)


def best_calibration(
    kinds: Sequence[Margins],
    targets: NDArray[np.bool_],
    primary: Ints,
    exclusive: bool,
    weights: Floats | None = None,
) -> tuple[int, Calibration]:
    """Which of several kinds of margins gives the best macro-F1 of the primaries, and its calibration."""
    counts = np.ones(len(primary)) if weights is None else weights
    found = [calibrate(margins, targets, primary, exclusive, weights) for margins in kinds]
    types = targets.shape[1]
    scores = []
    for margins, calibration in zip(kinds, found, strict=True):
        chosen, order = decide(calibration, margins, exclusive)
        scores.append(_macro_f1(primary, np.where(chosen.any(1), order[:, 0], types), counts, types + 1))
    best = int(np.argmax(scores))
    return best, found[best]


def calibrate_independent(margins: Margins, targets: NDArray[np.bool_], weights: Floats | None = None) -> Calibration:
    """A logistic curve for each type by itself (Platt 1999), and the threshold with the best F1.

    Parameters
    ----------
    margins : Margins
        Of statements that the model was not fitted on.
    targets : bool array of shape (n_statements, n_types)
    weights : float array of shape (n_statements,), optional
        How much each statement counts.
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    found = []
    for kind, target in enumerate(targets.T):
        both = np.column_stack([margins.linear[:, kind], margins.network[:, kind]])
        with threadpool_limits(limits=1):
            curve = LogisticRegression(C=1e3, solver="lbfgs").fit(both, target, weights)
        log_odds = both @ curve.coef_[0] + curve.intercept_[0]
        found.append([*curve.coef_[0], curve.intercept_[0], _best_threshold(chances(log_odds), target, weights), 1.0])
    return Calibration(*np.round(np.array(found), 4).T)


def _best_threshold(scores: Floats, target: NDArray[np.bool_], weights: Floats | None) -> float:
    """The threshold with the best F1, averaged over its neighbours so that no single statement decides."""
    counts = np.ones(len(scores), int) if weights is None else weights
    f1 = [
        2 * counts[(scores >= t) & target].sum() / max(counts[scores >= t].sum() + counts[target].sum(), 1)
        for t in _THRESHOLDS
    ]
    return float(_THRESHOLDS[_smooth(f1, 4).argmax()])


def _smooth(values: Sequence[float], reach: int) -> Floats:
    width = 2 * reach + 1
    return np.convolve(np.pad(values, reach, "edge"), np.ones(width) / width, "valid")


def calibrate_exclusive(margins: Margins, primary: Ints, weights: Floats | None = None) -> Calibration:
    """One label against the others: the three margins weighed by likelihood, and thresholds that help rare labels.

    A label's threshold is its share of the statements to some power between 0 (all alike) and 1: that with the best
    macro-F1.

    Parameters
    ----------
    margins : Margins
        Of statements that the model was not fitted on.
    primary : int array of shape (n_statements,)
        Index of each statement's label.
    weights : float array of shape (n_statements,), optional
        How much each statement counts.
    """
    counts = np.ones(len(primary)) if weights is None else weights
    trust, intercept = _weigh(margins, primary, counts)
    scores = shares(trust[0] * margins.linear + trust[1] * margins.network + trust[2] * margins.primary + intercept)
    share = np.bincount(primary, counts, len(intercept)) / counts.sum()
    f1 = [_macro_f1(primary, (scores / share**power).argmax(1), counts, len(share)) for power in _HANDICAPS]
    threshold = np.maximum(share ** _HANDICAPS[_smooth(f1, 2).argmax()], 1e-4)
    alike = np.ones(len(intercept))
    found = (trust[0] * alike, trust[1] * alike, intercept, threshold, trust[2] * alike)
    return Calibration(*(np.round(values, 4) for values in found))


def _weigh(margins: Margins, primary: Ints, counts: Floats) -> tuple[Floats, Floats]:
    """Weights of the three margins and an intercept a label that make the right labels likeliest."""
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    stacked = np.stack([margins.linear, margins.network, margins.primary])
    parts, statements, types = stacked.shape
    right = np.eye(types)[primary]
    counts = counts / counts.sum()

    def loss(values: Floats) -> tuple[float, Floats]:
        share = shares(np.tensordot(values[:parts], stacked, 1) + values[parts:])
        error = (share - right) * counts[:, None]
        likelihood = np.log(np.maximum(share[np.arange(statements), primary], 1e-300)) @ counts
        slope = np.concatenate([(stacked * error).sum((1, 2)), error.sum(0)])
        return float(_RIDGE * values @ values - likelihood), slope + 2 * _RIDGE * values

    bounds = [(0.0, None)] * parts + [(None, None)] * types
    with threadpool_limits(limits=1):
        best = minimize(loss, np.concatenate([np.ones(parts), np.zeros(types)]), jac=True, bounds=bounds).x
    return best[:parts], best[parts:]


def _macro_f1(gold: Ints, found: Ints, counts: Floats, types: int) -> float:
    """Mean F1 over the labels, by index."""
    right = np.bincount(gold, counts * (gold == found), types)
    sizes = np.bincount(gold, counts, types) + np.bincount(found, counts, types)
    return float(np.mean(2 * right / np.maximum(sizes, 1e-9)))
