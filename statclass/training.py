"""Labelled statements in, a fitted classifier out: deterministic, whatever the number of threads."""

from __future__ import annotations

import hashlib
import platform
from collections import Counter
from collections.abc import Iterable, Sequence
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.errors import InputError, LabelledDataError
from statclass.features import FeatureExtractor
from statclass.labelled import LabelledStatement, check_labelled, groups_of, read_labelled
from statclass.model import (
    WEIGHT_SCALE,
    Calibration,
    Floats,
    Labels,
    StatementClassifier,
    margins_of_sums,
    type_order,
)
from statclass.records import OTHER

Paths = str | PathLike[str] | Iterable[str | PathLike[str]]
_THRESHOLDS = np.arange(0.20, 0.71, 0.01)


def train(
    paths: Paths,
    *,
    text: str | None = None,
    label: str | None = None,
    group: str | None = None,
    **settings: Any,
) -> StatementClassifier:
    """Train a classifier on labelled files.

    Parameters
    ----------
    paths : path or iterable of paths
        .csv, .tsv or .jsonl files, or folders of them, with a text column and ``label``, ``primary`` or ``labels``.
    text, label, group : str, optional
        Column names, when they are not the usual ones. Rows of one group never stand on both sides of a
        cross-validation split; without a column, near-duplicates are kept together.
    **settings
        Of :class:`~statclass.StatementClassifier`, such as ``seed=1``.

    Raises
    ------
    LabelledDataError
        When rows cannot be read, or a label has too few statements; every problem is listed.

    Examples
    --------
    >>> import statclass
    >>> clf = statclass.train("my_labels.csv")  # doctest: +SKIP
    """
    names = [paths] if isinstance(paths, str | PathLike) else list(paths)
    rows = read_labelled(names, text, label)
    several = rows[0].several
    problems = [p for p in check_labelled(rows) if "nearly the same" not in p and "the same text" not in p]
    if problems:
        raise LabelledDataError(f"{len(problems)} problems in the labelled data:\n" + "\n".join(problems[:20]), tuple(problems))
    classifier = StatementClassifier(**settings)
    classifier.fit([row.text for row in rows], _targets(rows, several), groups_of(rows, group))
    classifier.info_["training_data"] = {
        "statements": len(rows),
        "sha256": _data_hash(rows),
        "primaries": dict(sorted(Counter(row.primary for row in rows).items())),
    }
    return classifier


def fit_classifier(
    classifier: StatementClassifier, texts: list[str], labels: list[Labels], groups: Sequence[Any] | None
) -> None:
    """What :meth:`StatementClassifier.fit` does."""
    if len(texts) != len(labels):
        raise InputError(f"found {len(texts)} statements and {len(labels)} labels; expected one label for each")
    sets = [frozenset((each,) if isinstance(each, str) else each) - {OTHER} for each in labels]
    exclusive = all(isinstance(each, str) for each in labels) and all(sets)
    types = type_order(set().union(*sets)) if sets else ()
    targets = np.array([[name in each for name in types] for each in sets], bool).reshape(len(texts), len(types))
    _check_counts(types, targets, classifier.folds)
    extractor = FeatureExtractor(classifier.min_count)
    matrix = extractor.fit_transform(texts)
    fold = _folds(targets, list(range(len(texts))) if groups is None else list(groups), classifier)
    heads = _fit_heads(classifier, matrix, targets)
    margins = _out_of_fold_margins(classifier, matrix, targets, fold)
    calibration = _calibrate(margins, targets, exclusive)
    weights, bias = _whole_weights(heads)
    info = {"versions": _versions(), "cross_validation": _cross_validation(calibration, margins, targets, exclusive)}
    classifier.restore(extractor, weights, bias, calibration, types, exclusive, info)
    classifier.out_of_fold_scores_ = calibration.scores(margins)


def _targets(rows: Sequence[LabelledStatement], several: bool) -> list[Labels]:
    return [row.labels if several else row.primary for row in rows]


def _check_counts(types: Sequence[str], targets: NDArray[np.bool_], folds: int) -> None:
    if not types or (len(types) == 1 and targets.all()):
        raise LabelledDataError(f"found {len(types)} label(s); expected at least two, or one and statements without it")
    few = [f"{name} ({int(n)})" for name, n in zip(types, targets.sum(0), strict=True) if n < max(2, folds)]
    if few:
        raise LabelledDataError(
            f"too few statements labelled {', '.join(few)}; expected at least {max(2, folds)} of each for {folds} folds. "
            "Add statements, merge labels, or set folds lower"
        )


def _folds(targets: NDArray[np.bool_], groups: list[Any], classifier: StatementClassifier) -> NDArray[np.int64]:
    """The fold of each statement; groups stay whole, labels are spread evenly."""
    from sklearn.model_selection import StratifiedGroupKFold

    strata = np.where(targets.any(1), targets.argmax(1), targets.shape[1])
    fold = np.zeros(len(targets), np.int64)
    splitter = StratifiedGroupKFold(classifier.folds, shuffle=True, random_state=classifier.seed)
    for number, (_, held_out) in enumerate(splitter.split(np.zeros(len(targets)), strata, groups)):
        fold[held_out] = number
    return fold


def _fit_heads(classifier: StatementClassifier, matrix: Any, targets: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """One logistic regression a type: weights (n_types, n_features) and intercepts (n_types,)."""
    from joblib import Parallel, delayed
    from sklearn.linear_model import LogisticRegression

    def fit_one(target: NDArray[np.bool_]) -> tuple[Floats, float]:
        head = LogisticRegression(
            C=classifier.C, class_weight="balanced", solver="liblinear", random_state=classifier.seed, max_iter=1000
        )
        head.fit(matrix, target)
        return head.coef_[0], float(head.intercept_[0])

    found = Parallel(n_jobs=-1, prefer="threads")(delayed(fit_one)(target) for target in targets.T)
    return np.array([weights for weights, _ in found]), np.array([bias for _, bias in found])


def _out_of_fold_margins(
    classifier: StatementClassifier, matrix: Any, targets: NDArray[np.bool_], fold: NDArray[np.int64]
) -> Floats:
    margins = np.zeros(targets.shape)
    for number in range(classifier.folds):
        weights, bias = _fit_heads(classifier, matrix[fold != number], targets[fold != number])
        margins[fold == number] = matrix[fold == number] @ weights.T + bias
    return margins


def _calibrate(margins: Floats, targets: NDArray[np.bool_], exclusive: bool) -> Calibration:
    from sklearn.linear_model import LogisticRegression

    slopes, intercepts, thresholds = [], [], []
    for margin, target in zip(margins.T, targets.T, strict=True):
        curve = LogisticRegression(C=1e6, solver="liblinear", random_state=0, intercept_scaling=10.0)
        curve.fit(margin[:, None], target)
        slopes.append(float(curve.coef_[0, 0]))
        intercepts.append(float(curve.intercept_[0]))
        scores = 1 / (1 + np.exp(-(margin * slopes[-1] + intercepts[-1])))
        thresholds.append(0.0 if exclusive else _best_threshold(scores, target))
    return Calibration(*(np.round(np.array(v), 6) for v in (slopes, intercepts, thresholds)))


def _best_threshold(scores: Floats, target: NDArray[np.bool_]) -> float:
    """The threshold with the best F1, averaged over its neighbours so that no single statement decides."""
    f1 = [2 * (scores >= t)[target].sum() / max((scores >= t).sum() + target.sum(), 1) for t in _THRESHOLDS]
    smooth = np.convolve(np.pad(f1, 4, "edge"), np.ones(9) / 9, "valid")
    return float(_THRESHOLDS[smooth.argmax()])


def _whole_weights(heads: tuple[Floats, Floats]) -> tuple[NDArray[np.int32], Floats]:
    """Weights as whole numbers with a column that counts known features and a last row of zeros for unknown ones."""
    weights = np.round(heads[0].T * WEIGHT_SCALE).astype(np.int32)
    counted = np.column_stack([weights, np.ones(len(weights), np.int32)])
    return np.vstack([counted, np.zeros((1, counted.shape[1]), np.int32)]), np.round(heads[1], 6)


def _cross_validation(
    calibration: Calibration, margins: Floats, targets: NDArray[np.bool_], exclusive: bool
) -> dict[str, float]:
    from sklearn.metrics import f1_score

    scores = calibration.scores(margins)
    over = np.eye(scores.shape[1], dtype=bool)[scores.argmax(1)] if exclusive else scores >= calibration.threshold
    return {
        "micro_f1_of_labels": round(float(f1_score(targets, over, average="micro", zero_division=0)), 4),
        "macro_f1_of_labels": round(float(f1_score(targets, over, average="macro", zero_division=0)), 4),
    }


def _versions() -> dict[str, str]:
    import scipy
    import sklearn

    from statclass import __version__

    return {
        "statclass": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
    }


def _data_hash(rows: Sequence[LabelledStatement]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row.text}\x1e{row.primary}\x1e{','.join(row.labels)}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
