"""What fitting a classifier does: deterministic, whatever the number of threads and processes."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.calibration import best_calibration
from statclass.errors import InputError, LabelledDataError
from statclass.evidence import Heads, fit_by_evidence
from statclass.features import BLOCK, FeatureExtractor
from statclass.learning import Fitted, curve_pieces
from statclass.lesson import Lesson
from statclass.linear_training import by_rarity, fit_heads, whole_weights
from statclass.model import Floats, Labels, Margins, StatementClassifier, type_order
from statclass.network import Arrays, Encoded, Network, joined_encoded, pick
from statclass.network_training import sized_like, start_from, train_network
from statclass.reading import Ints
from statclass.recipe import Recipe, recipe_for
from statclass.records import OTHER
from statclass.resources import DEFAULT_MODEL, model_folder
from statclass.vectors import word_vectors

Progress = Callable[[str], None]
_WORTH_PROCESSES = 300
_MENDED = 0.5


def quietly(message: str) -> None:
    """Progress that nobody wants to see."""


def fit_classifier(
    classifier: StatementClassifier,
    texts: list[str],
    labels: list[Labels],
    groups: Sequence[Any] | None,
    sample_weight: Sequence[float] | Floats | None = None,
    progress: Progress = quietly,
    curve: Sequence[float] = (),
    lesson: Lesson | None = None,
) -> Fitted:
    """What :meth:`StatementClassifier.fit` does."""
    if len(texts) != len(labels):
        raise InputError(f"found {len(texts)} statements and {len(labels)} labels; expected one label for each")
    for n, each in enumerate(labels):
        if isinstance(each, bytes) or not isinstance(each, Iterable):
            raise InputError(f"expected a label (str) or a set of labels, found {type(each).__name__} at index {n}")
    sets = _sets_of(labels)
    exclusive = all(isinstance(each, str) for each in labels) and all(sets)
    types = type_order(set().union(*sets)) if sets else ()
    targets, primary = coded(labels, types)
    _check_counts(types, targets, classifier.folds)
    recipe = recipe_for(len(texts), lesson is not None)
    extractor = FeatureExtractor(max(classifier.min_count, recipe.min_count), recipe.templates)
    matrix = extractor.fit_transform(texts)
    matrix, rarity = by_rarity(matrix, recipe.rarity)
    counts = _checked_weights(sample_weight, len(texts))
    aims = np.hstack([targets, np.eye(len(types) + 1)[primary]])
    shipped_model = _shipped_model() if recipe.goes_on else None
    start = start_from(shipped_model.network_, word_vectors()[0]) if shipped_model else None
    data = _Data(matrix, _encode(extractor, texts), aims, np.arange(len(texts)), len(types), counts, recipe, start)
    if lesson is not None:
        data = _taught(data, lesson, texts, types, extractor)
    fold = _folds(targets, list(range(len(texts))) if groups is None else list(groups), classifier)
    in_folds = [(fold != number, fold == number) for number in range(classifier.folds)]
    pieces = curve_pieces(fold, targets, curve, classifier.seed)
    tasks = [(classifier, data, *piece) for piece in (*in_folds, (fold >= 0, fold < 0), *pieces)]
    parts = _in_parallel(tasks, progress)
    whole = parts[classifier.folds]
    kinds = [
        _joined([part.margins[kind] for part in parts[: classifier.folds]], fold) for kind in range(len(whole.heads))
    ]
    kind, calibration = best_calibration(kinds, targets, primary, exclusive, counts)
    margins, heads = kinds[kind], whole.heads[kind]
    weights, bias = whole_weights((heads[0] * rarity, heads[1]))
    network = Network(whole.layers, word_vectors()[1])
    info: dict[str, Any] = {"versions": versions()}
    if shipped_model:
        info["network_began_as"] = {"trained_on": shipped_model.info_["training_data"]["sha256"]}
    classifier.restore(extractor, weights, bias, network, calibration, types, exclusive, info)
    classifier.info_["cross_validation"] = cross_validation_scores(classifier, margins, targets, primary)
    of_pieces = [part.margins[kind] for part in parts[classifier.folds + 1 :]]
    return Fitted(fold, margins, targets, primary, counts, pieces, of_pieces)


def _shipped_model() -> StatementClassifier:
    from statclass.persistence import load_model

    return load_model(model_folder(DEFAULT_MODEL))


def _checked_weights(weights: Sequence[float] | Floats | None, statements: int) -> Floats | None:
    if weights is None:
        return None
    found = np.asarray(weights, float)
    if found.shape != (statements,) or not np.isfinite(found).all() or (found < 0).any() or not found.any():
        raise InputError(
            f"sample_weight has shape {found.shape} for {statements} statements; expected a number of at least 0 for "
            "each, some over 0"
        )
    return found


@dataclass(frozen=True)
class _Data:
    """Training statements as both parts of the model want them, and after them the variations of a lesson.

    `aims` has, for each, how far each type is to be given and how likely each, and ``"other"``, is the primary;
    `origin` is the statement itself or the one that a variation was made of; `start` is the network to begin with.
    """

    matrix: Any
    encoded: Encoded
    aims: Floats
    origin: Ints
    types: int
    counts: Floats | None
    recipe: Recipe
    start: Arrays | None


def _mended(varied: Floats, error: Floats, types: int) -> Floats:
    """What a lesson says of variations, with part of its error about the statements that they were made of taken out.

    A slower model that misreads a statement most often misreads its variations too.
    """
    found = np.clip(varied + _MENDED * error, 0.0, 1.0)
    found[:, types:] /= np.maximum(found[:, types:].sum(1, keepdims=True), 1e-9)
    return found


def _taught(data: _Data, lesson: Lesson, texts: list[str], types: Sequence[str], extractor: FeatureExtractor) -> _Data:
    """The data with a lesson about its first statements: half of what they aim at, and all that variations aim at."""
    from scipy.sparse import vstack

    own = len(lesson.own)
    halfway = lesson.halfway(data.aims[:own], texts[:own], types)
    more = lesson.variations(texts[:own])
    origin = np.concatenate([data.origin, lesson.origin])
    varied = _mended(lesson.varied, (data.aims[:own] - lesson.own)[lesson.origin], len(types))
    aims = np.vstack([halfway, data.aims[own:], varied])
    return replace(
        data,
        matrix=vstack([data.matrix, extractor.transform(more)]).tocsr(),
        encoded=joined_encoded([data.encoded, _encode(extractor, more)]),
        aims=aims,
        origin=origin,
        counts=None if data.counts is None else data.counts[origin],
    )


@dataclass(frozen=True)
class _Part:
    """Both parts of the model, fitted on some statements, and their margins on others: one for each kind of heads."""

    heads: list[Heads]
    layers: Arrays
    margins: list[Margins]


def _in_parallel(tasks: list[Any], progress: Progress) -> list[_Part]:
    """Fit each task in a process of its own when that is worth it; the results do not depend on it."""
    from joblib import Parallel, delayed

    processes = -1 if len(tasks[0][1].origin) >= _WORTH_PROCESSES else 1
    parts: list[_Part] = []
    for part in Parallel(n_jobs=processes, return_as="generator")(delayed(_fit_part)(*task) for task in tasks):
        parts.append(part)
        progress(f"fitted {len(parts)} of {len(tasks)} parts")
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
    training = np.flatnonzero(chosen[data.origin])
    counts = None if data.counts is None else data.counts[training]
    heads = _fit_kinds_of_heads(classifier, data, training, counts)
    types, aims = data.types, data.aims[training]
    network = train_network(
        pick(data.encoded, training),
        vectors,
        rows,
        aims[:, :types],
        aims[:, types:],
        data.recipe.network if data.start is None else sized_like(data.recipe.network, data.start),
        classifier.seed,
        counts,
        data.start,
    )
    if not held.any():
        return _Part(heads, network.arrays, [Margins(*(np.zeros((0, types)) for _ in range(3))) for _ in heads])
    tested = np.flatnonzero(held)
    outputs = network.outputs_of(pick(data.encoded, tested))
    linear = [data.matrix[tested] @ weights.T + intercepts for weights, intercepts in heads]
    margins = [Margins(each, outputs[:, :types], outputs[:, types : 2 * types]) for each in linear]
    return _Part(heads, network.arrays, margins)


def _fit_kinds_of_heads(
    classifier: StatementClassifier, data: _Data, training: Ints, counts: Floats | None
) -> list[Heads]:
    """The linear part as it is, and, where the recipe says so, on features weighed by what they tell."""

    def fit(matrix: Any, targets: NDArray[Any]) -> Heads:
        return fit_heads(classifier, matrix, targets, counts)

    matrix, aims = data.matrix[training], data.aims[training, : data.types]
    by_evidence = data.recipe.evidence
    return [fit(matrix, aims), *([fit_by_evidence(fit, matrix, aims > 0.5)] if by_evidence else [])]


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
    return joined_encoded(blocks)


def _sets_of(labels: list[Labels]) -> list[frozenset[str]]:
    return [frozenset((each,) if isinstance(each, str) else each) - {OTHER} for each in labels]


def coded(labels: list[Labels], types: Sequence[str]) -> tuple[NDArray[np.bool_], Ints]:
    """Which types each statement has, shape (n_statements, n_types), and the index of its primary.

    Examples
    --------
    >>> targets, primary = coded(["refusal", "other"], ["denial", "refusal"])
    >>> targets.tolist(), primary.tolist()
    ([[False, True], [False, False]], [1, 2])
    """
    targets = [[name in each for name in types] for each in _sets_of(labels)]
    return np.array(targets, bool).reshape(len(labels), len(types)), _primaries(labels, types)


def _primaries(labels: list[Labels], types: Sequence[str]) -> Ints:
    """Index of each statement's primary among the types; ``len(types)`` for none. The first of a set is the primary."""
    index = {name: n for n, name in enumerate(types)}
    first = [each if isinstance(each, str) else next(iter(each), OTHER) for each in labels]
    return np.array([index.get(name, len(types)) for name in first])


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


def cross_validation_scores(
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


def versions() -> dict[str, str]:
    """Of all that a model is made with."""
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
