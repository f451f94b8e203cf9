"""``train --encoder accurate``: scikit-learn heads on the shipped encoder's embedding, for any labels; no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.calibration import calibrate
from statclass.encoder.model import EncoderClassifier, Heads
from statclass.encoder.runtime import Floats32
from statclass.fitting import Progress, cross_validation_scores, fit_classifier, quietly
from statclass.learning import Fitted
from statclass.lesson import Lesson
from statclass.model import Floats, Labels, Margins, StatementClassifier

STRENGTH = 3.0
"""Inverse strength of the regularisation of the heads."""


def fit_beside(
    classifier: EncoderClassifier,
    texts: list[str],
    labels: list[Labels],
    groups: Sequence[Any] | None,
    sample_weight: Sequence[float] | Floats | None = None,
    progress: Progress = quietly,
    curve: Sequence[float] = (),
    lesson: Lesson | None = None,
) -> Fitted:
    """What :meth:`EncoderClassifier.fit` does; takes what :func:`statclass.fitting.fit_classifier` takes.

    The fast model and the heads are fitted on all statements; how much each of the two counts, on what they say of
    statements that they were not fitted on.
    """
    from statclass.encoder.folder import shipped_accurate

    encoder = shipped_accurate().encoder_
    fast = StatementClassifier(**classifier.get_params())
    fitted = fit_classifier(fast, texts, labels, groups, sample_weight, progress, lesson=lesson)
    embedded = encoder.embed(texts)
    progress(f"{len(texts)} statements embedded")
    margins = _held_out_margins(fast, fitted, embedded)
    calibration = calibrate(margins, fitted.targets, fitted.primary, fast.exclusive_, fitted.counts)
    heads = fit_heads(embedded, fitted.targets, fitted.primary, fitted.counts)
    classifier.restore_encoder(fast, encoder, heads, calibration, dict(fast.info_))
    fitted = replace(fitted, margins=margins, pieces=[], margins_of_pieces=[])
    classifier.info_["cross_validation"] = cross_validation_scores(classifier, margins, fitted.targets, fitted.primary)
    return fitted


def fit_heads(
    embedded: Floats32, targets: NDArray[np.bool_], primary: NDArray[np.int64], counts: Floats | None = None
) -> Heads:
    """Logistic regressions over embeddings: one for each type, and one for the primary label among all.

    Parameters
    ----------
    embedded : float array of shape (n_statements, width)
    targets : bool array of shape (n_statements, n_types)
    primary : int array of shape (n_statements,)
        Index of the primary among the types; ``n_types`` for none.
    counts : float array of shape (n_statements,), optional
        How much each statement counts.
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    middle, spread = embedded.mean(0), embedded.std(0) + 1e-6
    scaled = (embedded - middle) / spread / np.sqrt(embedded.shape[1])
    with threadpool_limits(limits=1):
        of_types = []
        for target in targets.T:
            head = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=500)
            head.fit(scaled, target, counts)
            of_types.append(np.append(head.coef_[0], head.intercept_[0]))
        among = LogisticRegression(C=STRENGTH, max_iter=500).fit(scaled, primary, counts)
    of_primary = np.full((targets.shape[1], embedded.shape[1] + 1), 0.0)
    for n, label in enumerate(among.classes_):
        if label < len(of_primary):
            of_primary[label] = np.append(_both(among.coef_)[n], _both(among.intercept_)[n])
    return Heads(*(_unscaled(np.array(rows), middle, spread) for rows in (of_types, of_primary)))


def _both(values: Any) -> Any:
    """Of two classes scikit-learn keeps the second's weights alone; the first's are their opposite."""
    return np.concatenate([-values / 2, values / 2]) if len(values) == 1 else values


def _unscaled(rows: Floats, middle: Floats32, spread: Floats32) -> Floats32:
    """Weights over scaled embeddings as weights over embeddings, with the intercept as the last row."""
    weights = rows[:, :-1] / spread / np.sqrt(rows.shape[1] - 1)
    return np.vstack([weights.T, rows[:, -1] - weights @ middle]).astype(np.float32)


def _held_out_margins(fast: StatementClassifier, fitted: Fitted, embedded: Floats32) -> Margins:
    """What a fast model and heads say of each statement that were fitted on the other folds."""
    decide = fast.calibration_.log_shares if fast.exclusive_ else fast.calibration_.log_odds
    margins = Margins(decide(fitted.margins), *(np.zeros(fitted.targets.shape) for _ in range(2)))
    for number in np.unique(fitted.fold):
        inside, held = fitted.fold != number, fitted.fold == number
        counts = None if fitted.counts is None else fitted.counts[inside]
        heads = fit_heads(embedded[inside], fitted.targets[inside], fitted.primary[inside], counts)
        margins.network[held] = heads.of_types(embedded[held])
        margins.primary[held] = heads.of_primary(embedded[held])
    return margins
