"""Labelled statements in, a fitted classifier out: deterministic, whatever the number of threads."""

from __future__ import annotations

import hashlib
import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.errors import InputError, LabelledDataError
from statclass.evaluation import evaluate
from statclass.features import BLOCK, FeatureExtractor
from statclass.labelled import LabelledStatement, check_each, groups_of, read_labelled, refuse_problems
from statclass.model import (
    WEIGHT_SCALE,
    Calibration,
    Floats,
    Labels,
    Margins,
    StatementClassifier,
    chances,
    type_order,
)
from statclass.network import Arrays, Encoded, Network, NetworkSettings, pick, train_network
from statclass.reading import Ints
from statclass.records import OTHER
from statclass.vectors import word_vectors

Paths = str | PathLike[str] | Iterable[str | PathLike[str]]
_WORTH_PROCESSES = 1000
_THRESHOLDS = np.arange(0.20, 0.71, 0.01)


def train(
    paths: Paths,
    *,
    text: str | None = None,
    label: str | None = None,
    group: str | None = None,
    held_out: Mapping[str, str | PathLike[str]] | None = None,
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
    held_out : mapping of str to path, optional
        Labelled files to score the finished model on, for its card, by the name that the card gives them.
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
    refuse_problems(check_each(rows), "the labelled data")
    classifier = StatementClassifier(**settings)
    classifier.fit([row.text for row in rows], _targets(rows, several), groups_of(rows, group))
    classifier.info_["training_data"] = {
        "statements": len(rows),
        "sha256": _data_hash(rows),
        "primaries": dict(sorted(Counter(row.primary for row in rows).items())),
    }
    classifier.info_["held_out"] = {
        name: evaluate(classifier, read_labelled([path])).as_text() for name, path in (held_out or {}).items()
    }
    return classifier


def fit_classifier(
    classifier: StatementClassifier, texts: list[str], labels: list[Labels], groups: Sequence[Any] | None
) -> None:
    """What :meth:`StatementClassifier.fit` does."""
    if len(texts) != len(labels):
        raise InputError(f"found {len(texts)} statements and {len(labels)} labels; expected one label for each")
    for n, each in enumerate(labels):
        if isinstance(each, bytes) or not isinstance(each, Iterable):
            raise InputError(f"expected a label (str) or a set of labels, found {type(each).__name__} at index {n}")
    sets = [frozenset((each,) if isinstance(each, str) else each) - {OTHER} for each in labels]
    exclusive = all(isinstance(each, str) for each in labels) and all(sets)
    types = type_order(set().union(*sets)) if sets else ()
    targets = np.array([[name in each for name in types] for each in sets], bool).reshape(len(texts), len(types))
    _check_counts(types, targets, classifier.folds)
    primary = _primaries(labels, types)
    extractor = FeatureExtractor(classifier.min_count)
    matrix = extractor.fit_transform(texts)
    data = _Data(matrix, _encode(extractor, texts), targets, primary)
    fold = _folds(targets, list(range(len(texts))) if groups is None else list(groups), classifier)
    *held_out, whole = _in_parallel(
        [(classifier, data, fold != number, fold == number) for number in range(classifier.folds)]
        + [(classifier, data, fold >= 0, fold < 0)]
    )
    margins = _joined([part.margins for part in held_out], fold)
    calibration = _calibrate(margins, targets, exclusive)
    weights, bias = _whole_weights(whole.heads)
    network = Network(whole.layers, word_vectors()[1])
    info = {"versions": _versions()}
    classifier.restore(extractor, weights, bias, network, calibration, types, exclusive, info)
    classifier.info_["cross_validation"] = _cross_validation(classifier, margins, targets, primary)


@dataclass(frozen=True)
class _Data:
    """Training statements as both parts of the model want them."""

    matrix: Any
    encoded: Encoded
    targets: NDArray[np.bool_]
    primary: Ints


@dataclass(frozen=True)
class _Part:
    """Both parts of the model, fitted on some statements, and their margins on others."""

    heads: tuple[Floats, Floats]
    layers: Arrays
    margins: Margins


def _in_parallel(tasks: list[Any]) -> list[_Part]:
    """Fit each task in a process of its own when that is worth it; the results do not depend on it."""
    from joblib import Parallel, delayed

    processes = -1 if len(tasks[0][1].targets) >= _WORTH_PROCESSES else 1
    parts: list[_Part] = Parallel(n_jobs=processes)(delayed(_fit_part)(*task) for task in tasks)
    return parts


def _fit_part(
    classifier: StatementClassifier, data: _Data, chosen: NDArray[np.bool_], held: NDArray[np.bool_]
) -> _Part:
    """Fit both parts on one thread: with several, BLAS adds in another order and the last digits change."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        return _fit_and_apply(classifier, data, chosen, held)


def _fit_and_apply(
    classifier: StatementClassifier, data: _Data, chosen: NDArray[np.bool_], held: NDArray[np.bool_]
) -> _Part:
    vectors, rows = word_vectors()
    heads = _fit_heads(classifier, data.matrix[chosen], data.targets[chosen])
    network = train_network(
        pick(data.encoded, np.flatnonzero(chosen)),
        vectors,
        rows,
        data.targets[chosen],
        data.primary[chosen],
        NetworkSettings(),
        classifier.seed,
    )
    types = data.targets.shape[1]
    if not held.any():
        return _Part(heads, network.arrays, Margins(*(np.zeros((0, types)) for _ in range(3))))
    outputs = network.outputs_of(pick(data.encoded, np.flatnonzero(held))).astype(float)
    linear = data.matrix[held] @ heads[0].T + heads[1]
    return _Part(heads, network.arrays, Margins(linear, outputs[:, :types], outputs[:, types : 2 * types]))


def _joined(parts: Sequence[Margins], fold: NDArray[np.int64]) -> Margins:
    """The margins of all folds in the order of the statements."""
    found = []
    for name in ("linear", "network", "primary"):
        values = np.zeros((len(fold), getattr(parts[0], name).shape[1]))
        for number, part in enumerate(parts):
            values[fold == number] = getattr(part, name)
        found.append(values)
    return Margins(*found)


def _encode(extractor: FeatureExtractor, texts: list[str]) -> Encoded:
    """All training statements as the network reads them."""
    network = Network({}, word_vectors()[1])
    blocks = []
    for at in range(0, len(texts), BLOCK):
        reading = extractor.read(texts[at : at + BLOCK])
        blocks.append(network.encode(reading, extractor.reader_.table.words))
    ends = np.cumsum([0, *(block.start[-1] for block in blocks)])
    start = np.concatenate([block.start[:-1] + end for block, end in zip(blocks, ends, strict=False)])
    return Encoded(
        np.concatenate([block.word[: block.start[-1]] for block in blocks]),
        np.concatenate([block.codes[:, : block.start[-1]] for block in blocks], axis=1),
        np.concatenate([start, ends[-1:]]),
    )


def _primaries(labels: list[Labels], types: Sequence[str]) -> Ints:
    """Index of each statement's primary among the types; ``len(types)`` for none. The first of a set is the primary."""
    index = {name: n for n, name in enumerate(types)}
    first = [each if isinstance(each, str) else next(iter(each), OTHER) for each in labels]
    return np.array([index.get(name, len(types)) for name in first])


def _targets(rows: Sequence[LabelledStatement], several: bool) -> list[Labels]:
    return [_primary_first(row) if several else row.primary for row in rows]


def _primary_first(row: LabelledStatement) -> tuple[str, ...]:
    return tuple(sorted(row.labels, key=lambda name: name != row.primary))


def _check_counts(types: Sequence[str], targets: NDArray[np.bool_], folds: int) -> None:
    if not types or (len(types) == 1 and targets.all()):
        raise LabelledDataError(
            f"found {f'one label only, {types[0]!r}' if types else 'no labels'}; expected at least two labels, or one "
            f"label and statements labelled {OTHER!r}"
        )
    few = [f"{name} ({int(n)})" for name, n in zip(types, targets.sum(0), strict=True) if n < max(2, folds)]
    if few:
        raise LabelledDataError(
            f"too few statements labelled {', '.join(few)}; expected at least {max(2, folds)} of each "
            f"for {folds} folds. "
            "Add statements, merge labels, or set folds lower"
        )


def _folds(targets: NDArray[np.bool_], groups: list[Any], classifier: StatementClassifier) -> NDArray[np.int64]:
    """The fold of each statement; groups stay whole, labels are spread evenly."""
    from sklearn.model_selection import StratifiedGroupKFold

    if len(set(groups)) < classifier.folds:
        raise LabelledDataError(
            f"found {len(set(groups))} groups of statements (near-duplicates count as one); expected at least "
            f"{classifier.folds} for {classifier.folds} folds. Add statements, or set folds lower"
        )
    strata = np.where(targets.any(1), targets.argmax(1), targets.shape[1])
    fold = np.zeros(len(targets), np.int64)
    splitter = StratifiedGroupKFold(classifier.folds, shuffle=True, random_state=classifier.seed)
    for number, (_, held_out) in enumerate(splitter.split(np.zeros(len(targets)), strata, groups)):
        fold[held_out] = number
    return fold


def _fit_heads(classifier: StatementClassifier, matrix: Any, targets: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """One logistic regression a type: weights (n_types, n_features) and intercepts (n_types,)."""
    from sklearn.linear_model import LogisticRegression

    weights, intercepts = [], []
    for target in targets.T:
        head = LogisticRegression(
            C=classifier.C, class_weight="balanced", solver="liblinear", random_state=classifier.seed, max_iter=1000
        )
        head.fit(matrix, target)
        weights.append(head.coef_[0])
        intercepts.append(float(head.intercept_[0]))
    return np.array(weights), np.array(intercepts)


def _calibrate(margins: Margins, targets: NDArray[np.bool_], exclusive: bool) -> Calibration:
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    found = []
    for kind, target in enumerate(targets.T):
        both = np.column_stack([margins.linear[:, kind], margins.network[:, kind]])
        with threadpool_limits(limits=1):
            curve = LogisticRegression(C=1e3, solver="lbfgs").fit(both, target)
        log_odds = both @ curve.coef_[0] + curve.intercept_[0]
        threshold = 0.0 if exclusive else _best_threshold(chances(log_odds), target)
        found.append([*curve.coef_[0], curve.intercept_[0], threshold])
    return Calibration(*np.round(np.array(found), 4).T)


def _best_threshold(scores: Floats, target: NDArray[np.bool_]) -> float:
    """The threshold with the best F1, averaged over its neighbours so that no single statement decides."""
    f1 = [2 * (scores >= t)[target].sum() / max((scores >= t).sum() + target.sum(), 1) for t in _THRESHOLDS]
    smooth = np.convolve(np.pad(f1, 4, "edge"), np.ones(9) / 9, "valid")
    return float(_THRESHOLDS[smooth.argmax()])


def _whole_weights(heads: tuple[Floats, Floats]) -> tuple[NDArray[np.int32], Floats]:
    """Weights as whole numbers with a column that counts known features and a last row of zeros for unknown ones."""
    weights = np.round(heads[0].T * WEIGHT_SCALE).astype(np.int32)
    counted = np.column_stack([weights, np.ones(len(weights), np.int32)])
    whole = np.vstack([counted, np.zeros((1, counted.shape[1]), np.int32)])
    return np.ascontiguousarray(whole), np.round(heads[1], 6)


def _cross_validation(
    classifier: StatementClassifier, margins: Margins, targets: NDArray[np.bool_], primary: Ints
) -> dict[str, float]:
    from sklearn.metrics import accuracy_score, f1_score

    chosen, best = classifier.choose(margins)
    found = np.where(chosen.any(1), best[:, 0], targets.shape[1])
    return {
        "macro_f1": round(float(f1_score(primary, found, average="macro", zero_division=0)), 4),
        "accuracy": round(float(accuracy_score(primary, found)), 4),
        "micro_f1_of_labels": round(float(f1_score(targets, chosen, average="micro", zero_division=0)), 4),
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
