"""Linear heads whose features are weighed by how much they tell of the label, for labels that single words give away.

After Wang and Manning (2012), "Baselines and bigrams: simple, good sentiment and topic classification": each feature is
multiplied by the logarithm of how much oftener it occurs with the label than without.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.model import Floats

Heads = tuple[Floats, Floats]
_SMOOTHING = 1.0


def fit_by_evidence(
    fit_heads: Callable[[Any, NDArray[np.bool_]], Heads], matrix: Any, targets: NDArray[np.bool_]
) -> Heads:
    """One head a type, each fitted on features weighed by what they tell of that type.

    Parameters
    ----------
    fit_heads : callable
        Fits heads on a matrix and targets: weights of shape (n_types, n_features) and intercepts (n_types,).
    matrix : sparse matrix of shape (n_statements, n_features)
    targets : bool array of shape (n_statements, n_types)

    Returns
    -------
    tuple of (array, array)
        As `fit_heads` gives them, for the features as they were.
    """
    from scipy.sparse import diags

    weights, intercepts = [], []
    for target in targets.T:
        telling = evidence(matrix, target)
        found, intercept = fit_heads(matrix @ diags(telling), target[:, None])
        weights.append(found[0] * telling)
        intercepts.append(intercept[0])
    return np.array(weights), np.array(intercepts)


def evidence(matrix: Any, target: NDArray[np.bool_]) -> Floats:
    """How much each feature tells of a label, scaled so that statements keep their mean squared length.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> seen = csr_matrix(np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 1.0], [0.0, 1.0]]))
    >>> first, second = evidence(seen, np.array([True, True, False, False]))
    >>> bool(first > second)
    True
    """
    present = matrix.copy()
    present.data = np.ones_like(present.data)
    with_label = np.asarray(present[target].sum(0)).ravel() + _SMOOTHING
    without = np.asarray(present[~target].sum(0)).ravel() + _SMOOTHING
    telling = np.abs(np.log((with_label / with_label.sum()) / (without / without.sum())))
    squares = np.asarray(matrix.multiply(matrix).sum(0)).ravel()
    scaled: Floats = telling / np.sqrt(max((squares * telling**2).sum() / squares.sum(), 1e-12))
    return scaled
