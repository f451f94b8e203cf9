"""Training of the linear part: a logistic regression for each type over the features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from statclass.model import WEIGHT_SCALE, Floats

if TYPE_CHECKING:
    from statclass.model import StatementClassifier

_LEAST_PART = 0.03
_TOLERANCE = 1e-3
"""Of the solver: below it nothing changes but time."""


def by_rarity(matrix: Any, power: float) -> tuple[Any, Floats]:
    """The matrix with its columns weighed by inverse document frequency (rows keep their length), and the weights."""
    if not power:
        return matrix, np.ones(matrix.shape[1])
    from scipy.sparse import diags

    held_by = np.bincount(matrix.indices, minlength=matrix.shape[1])
    rarity = (np.log(matrix.shape[0] / np.maximum(held_by, 1)) + 1) ** power
    weighed = (matrix @ diags(rarity)).tocsr()
    rarity = rarity / np.sqrt(weighed.multiply(weighed).sum(1).mean())
    return (matrix @ diags(rarity)).tocsr(), rarity


def fit_heads(
    classifier: StatementClassifier, matrix: Any, targets: NDArray[Any], counts: Floats | None = None
) -> tuple[Floats, Floats]:
    """One logistic regression a type: weights (n_types, n_features) and intercepts (n_types,)."""
    fit = _fit_head if np.isin(targets, (0, 1)).all() else _fit_head_to_scores
    heads = [fit(classifier, matrix, target, counts) for target in targets.T]
    return np.array([weights for weights, _ in heads]), np.array([intercept for _, intercept in heads])


def _fit_head(
    classifier: StatementClassifier, matrix: Any, target: NDArray[Any], counts: Floats | None, balance: bool = True
) -> tuple[Floats, float]:
    from sklearn.linear_model import LogisticRegression

    head = LogisticRegression(
        C=classifier.C,
        class_weight="balanced" if balance else None,
        solver="liblinear",
        random_state=classifier.seed,
        max_iter=1000,
        tol=_TOLERANCE,
    )
    head.fit(matrix, target > 0.5, counts)
    return head.coef_[0], float(head.intercept_[0])


def _fit_head_to_scores(
    classifier: StatementClassifier, matrix: Any, target: Floats, counts: Floats | None
) -> tuple[Floats, float]:
    """Fit to scores from 0 to 1: each statement stands for as much of a yes as its score says, and of a no."""
    from scipy.sparse import vstack

    parts = np.concatenate([target, 1 - target]) * (1.0 if counts is None else np.tile(counts, 2))
    kept = parts > _LEAST_PART
    yes = np.arange(len(parts)) < len(target)
    return _fit_head(classifier, vstack([matrix, matrix]).tocsr()[kept], yes[kept], parts[kept], balance=False)


def whole_weights(heads: tuple[Floats, Floats]) -> tuple[NDArray[np.int32], Floats]:
    """Weights as whole numbers with a column that counts known features and a last row of zeros for unknown ones."""
    weights = np.round(heads[0].T * WEIGHT_SCALE).astype(np.int32)
    counted = np.column_stack([weights, np.ones(len(weights), np.int32)])
    whole = np.vstack([counted, np.zeros((1, counted.shape[1]), np.int32)])
    return np.ascontiguousarray(whole), np.round(heads[1], 6)
