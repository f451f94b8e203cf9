"""Labelled statements in, a fitted classifier out: deterministic, whatever the number of threads."""

from __future__ import annotations

import hashlib
import platform
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.calibration import best_calibration
from statclass.errors import InputError, LabelledDataError
from statclass.evaluation import evaluate
from statclass.evidence import Heads, fit_by_evidence
from statclass.features import BLOCK, LEAN, FeatureExtractor
from statclass.labelled import (
    Labelled,
    LabelledStatement,
    groups_of,
    problems_for_training,
    read_labelled,
    refuse_missing_column,
    refuse_problems,
)
from statclass.learning import Fitted, cross_validation_report, curve_pieces
from statclass.lesson import LESSON, Lesson, read_lesson
from statclass.model import (
    WEIGHT_SCALE,
    Floats,
    Labels,
    Margins,
    StatementClassifier,
    type_order,
)
from statclass.network import Arrays, Encoded, Network, joined_encoded, pick
from statclass.network_training import NetworkSettings, train_network
from statclass.reading import Ints
from statclass.records import OTHER
from statclass.resources import ACCURATE, shipped
from statclass.vectors import word_vectors

Progress = Callable[[str], None]
BASE_WEIGHT = 4.0
CURVE_SHARES = (0.25, 0.5)
REGISTER_COLUMNS = ("register", "kind")
_WORTH_A_CURVE = 200
_WORTH_PROCESSES = 300
_BATCHES = 2400
"""About as many batches does the network see, however many statements there are."""
_MOST_EPOCHS = 60
_FEW_STATEMENTS = 5000
_STATEMENTS_A_COUNT = 3000
"""In a large corpus, features seen in fewer statements than one in so many are left out: they bring nothing."""
_LEAST_PART = 0.03
TAUGHT = NetworkSettings(width=32, filters=40, hidden=96, epochs=12, batch=96, dropout=0.2, decay=0.05, smoothing=0.0)
"""With a lesson there is more to learn, and less to fear from learning it by heart."""


def quietly(message: str) -> None:
    """Progress that nobody wants to see."""


def train(
    paths: Labelled | Iterable[Labelled],
    *,
    text: str | None = None,
    label: str | None = None,
    annotators: Sequence[str] = (),
    group: str | None = None,
    labels: Iterable[str] | None = None,
    base: str | PathLike[str] | bool | None = None,
    weight: float = BASE_WEIGHT,
    lesson: str | PathLike[str] | bool = False,
    skip_problems: bool = False,
    held_out: Mapping[str, str | PathLike[str]] | None = None,
    curve: bool = True,
    encoder: str | None = None,
    progress: Progress = quietly,
    **settings: Any,
) -> StatementClassifier:
    """Train a classifier on labelled files.

    Parameters
    ----------
    paths : path, data frame, or iterable of them
        As :func:`~statclass.labelled.read_labelled` takes them: .csv, .tsv, .jsonl and .json files, exports of
        annotation tools, folders, pandas and polars frames.
    text, label, group : str, optional
        Column names, when they are not the usual ones. Rows of one group never stand on both sides of a
        cross-validation split; without a column, near-duplicates are kept together.
    annotators : sequence of str, optional
        Columns with one annotator's labels each; most of them decide.
    labels : iterable of str, optional
        The labels that there are; any other in the data is a problem.
    base : path or True, optional
        Labelled data to start from, to which `paths` are added: True for the corpus that the shipped model is trained
        on. All labels of `paths` must be among the base's.
    weight : float, default=4.0
        How much a statement of `paths` counts beside one of the base.
    lesson : path or bool, default=False
        What a slower model says of the first statements, from which to learn too (:mod:`statclass.lesson`): a file, or
        True for that of the corpus of the shipped model. With ``base=True`` it is used in any case.
    skip_problems : bool, default=False
        Leave out statements with problems instead of raising.
    held_out : mapping of str to path, optional
        Labelled files to score the finished model on, for its card, by the name that the card gives them.
    curve : bool, default=True
        Also train on a quarter and a half of the statements, for the card's learning curve.
    encoder : str, optional
        ``"accurate"`` for heads on the embedding of the shipped accurate model, beside the features of the fast one; it
        needs the extra ``accurate``.
    progress : callable, optional
        Called with a line of text whenever a part of the work is done.
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
    classifier, fit = _kind_of_model(encoder, settings)
    ground = [] if base is None or base is False else read_labelled(shipped("seeds") if base is True else base)
    known = labels if not ground else _labels_of(ground)
    own = read_labelled(paths, text, label, annotators)
    refuse_missing_column(own, group)
    own = _sound(own, 1 if ground else classifier.folds, known, skip_problems, progress)
    rows = [*ground, *own]
    progress(f"{len(rows)} statements read and checked")
    weights = np.where(np.arange(len(rows)) < len(ground), 1.0, weight) if ground else None
    taught = _lesson(lesson or base is True)
    fitted = fit(
        classifier,
        [row.text for row in rows],
        _targets(rows),
        groups_of(rows, group),
        weights,
        progress,
        CURVE_SHARES if curve and len(rows) >= _WORTH_A_CURVE else (),
        taught,
    )
    classifier.info_ |= cross_validation_report(classifier, fitted, len(ground))
    classifier.info_["training_data"] = {
        "statements": len(rows),
        "sha256": _data_hash(rows),
        "primaries": dict(sorted(Counter(row.primary for row in rows).items())),
    }
    if taught is not None:
        about = {"statements": len(taught.own), "variations": len(taught.varied), "sha256": taught.hash()}
        classifier.info_["training_data"]["lesson"] = about
    if ground:
        classifier.info_["training_data"]["base"] = {"statements": len(ground), "weight_of_others": weight}
    classifier.info_["held_out"] = {
        name: _scored(classifier, read_labelled([path])) for name, path in (held_out or {}).items()
    }
    return classifier


def _scored(classifier: StatementClassifier, rows: Sequence[LabelledStatement]) -> str:
    """Scores as the card tells them: over all statements, and by register where the file names it."""
    by = next((column for column in REGISTER_COLUMNS if column in rows[0].values), None)
    return evaluate(classifier, rows, by).as_text()


def _lesson(asked: str | PathLike[str] | bool) -> Lesson | None:
    if not asked:
        return None
    return read_lesson(shipped("seeds") / LESSON if asked is True else asked)


def _kind_of_model(encoder: str | None, settings: dict[str, Any]) -> tuple[StatementClassifier, Callable[..., Fitted]]:
    """A classifier to be fitted, and what fits it."""
    if encoder is None:
        return StatementClassifier(**settings), fit_classifier
    if encoder != ACCURATE:
        raise InputError(f"no encoder {encoder!r}; there is {ACCURATE!r}")
    from statclass.encoder.heads import fit_beside
    from statclass.encoder.model import EncoderClassifier
    from statclass.encoder.runtime import check_extra

    check_extra()
    return EncoderClassifier(**settings), fit_beside


def _labels_of(rows: Sequence[LabelledStatement]) -> list[str]:
    return list(type_order({label for row in rows for label in row.labels}))


def _sound(
    rows: list[LabelledStatement],
    folds: int,
    known: Iterable[str] | None,
    skip_problems: bool,
    progress: Progress,
) -> list[LabelledStatement]:
    """The rows, when nothing is wrong with them; those with nothing wrong, when the others are to be skipped."""
    problems = problems_for_training(rows, folds, known)
    if not skip_problems:
        refuse_problems([str(problem) for problem in problems], "the labelled data")
    wrong = {place for problem in problems for place in problem.places}
    for problem in problems:
        progress(f"left out: {problem}")
    kept = [row for row in rows if row.place not in wrong]
    if not kept:
        raise LabelledDataError(f"none of the {len(rows)} statements is without problems")
    return kept


@dataclass(frozen=True)
class Recipe:
    """What training does differently with few statements and with many.

    Parameters
    ----------
    network : NetworkSettings
    rarity : float
        Features of the linear part are weighed by their inverse document frequency to this power.
    evidence : bool
        Whether the linear part is also fitted on features weighed by what they tell of each label; the
        cross-validation chooses between the two.
    templates : tuple of str or None
        Templates of the features; None for all.
    """

    network: NetworkSettings
    rarity: float
    evidence: bool
    templates: tuple[str, ...] | None = None


def settings_for(n_statements: int, taught: bool = False) -> Recipe:
    """How to train on so many statements, and whether with a lesson.

    Examples
    --------
    >>> settings_for(10_000).network.epochs, settings_for(1_000).network.epochs
    (16, 38)
    """
    if taught:
        return Recipe(TAUGHT, 0.0, False, LEAN)
    usual = NetworkSettings()
    batch = usual.batch if n_statements >= _FEW_STATEMENTS else usual.batch // (2 if n_statements >= 2500 else 4)
    epochs = round(_BATCHES * batch / max(n_statements, 1))
    network = replace(usual, batch=batch, epochs=min(max(epochs, usual.epochs), _MOST_EPOCHS))
    few = n_statements < _FEW_STATEMENTS
    return Recipe(network, 1.0 if few else 0.0, few)


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
    sets = [frozenset((each,) if isinstance(each, str) else each) - {OTHER} for each in labels]
    exclusive = all(isinstance(each, str) for each in labels) and all(sets)
    types = type_order(set().union(*sets)) if sets else ()
    targets = np.array([[name in each for name in types] for each in sets], bool).reshape(len(texts), len(types))
    _check_counts(types, targets, classifier.folds)
    primary = _primaries(labels, types)
    recipe = settings_for(len(texts), lesson is not None)
    extractor = FeatureExtractor(max(classifier.min_count, len(texts) // _STATEMENTS_A_COUNT), recipe.templates)
    matrix = extractor.fit_transform(texts)
    matrix, rarity = _by_rarity(matrix, recipe.rarity)
    counts = _checked_weights(sample_weight, len(texts))
    aims = np.hstack([targets, np.eye(len(types) + 1)[primary]])
    data = _Data(matrix, _encode(extractor, texts), aims, np.arange(len(texts)), len(types), counts, recipe)
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
    weights, bias = _whole_weights((heads[0] * rarity, heads[1]))
    network = Network(whole.layers, word_vectors()[1])
    info = {"versions": _versions()}
    classifier.restore(extractor, weights, bias, network, calibration, types, exclusive, info)
    classifier.info_["cross_validation"] = _cross_validation(classifier, margins, targets, primary)
    of_pieces = [part.margins[kind] for part in parts[classifier.folds + 1 :]]
    return Fitted(fold, margins, targets, primary, counts, pieces, of_pieces)


def _by_rarity(matrix: Any, power: float) -> tuple[Any, Floats]:
    """The matrix with its columns weighed by inverse document frequency (rows keep their length), and the weights."""
    if not power:
        return matrix, np.ones(matrix.shape[1])
    from scipy.sparse import diags

    held_by = np.bincount(matrix.indices, minlength=matrix.shape[1])
    rarity = (np.log(matrix.shape[0] / np.maximum(held_by, 1)) + 1) ** power
    weighed = (matrix @ diags(rarity)).tocsr()
    rarity = rarity / np.sqrt(weighed.multiply(weighed).sum(1).mean())
    return (matrix @ diags(rarity)).tocsr(), rarity


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
    `origin` is the statement itself or the one that a variation was made of.
    """

    matrix: Any
    encoded: Encoded
    aims: Floats
    origin: Ints
    types: int
    counts: Floats | None
    recipe: Recipe


def _taught(data: _Data, lesson: Lesson, texts: list[str], types: Sequence[str], extractor: FeatureExtractor) -> _Data:
    """The data with a lesson about its first statements: half of what they aim at, and all that variations aim at."""
    from scipy.sparse import vstack

    if lesson.types != tuple(types):
        raise InputError(f"the lesson is about {', '.join(lesson.types)}; the labels are {', '.join(types)}")
    own = len(lesson.own)
    more = lesson.variations(texts[:own])
    origin = np.concatenate([data.origin, lesson.origin])
    aims = np.vstack([(data.aims[:own] + lesson.own) / 2, data.aims[own:], lesson.varied])
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
        data.recipe.network,
        classifier.seed,
        counts,
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
        return _fit_heads(classifier, matrix, targets, counts)

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


def _primaries(labels: list[Labels], types: Sequence[str]) -> Ints:
    """Index of each statement's primary among the types; ``len(types)`` for none. The first of a set is the primary."""
    index = {name: n for n, name in enumerate(types)}
    first = [each if isinstance(each, str) else next(iter(each), OTHER) for each in labels]
    return np.array([index.get(name, len(types)) for name in first])


def _targets(rows: Sequence[LabelledStatement]) -> list[Labels]:
    """Sets of labels where the data gives sets; one label each where every statement has just one."""
    several = any(row.several and len(row.labels) != 1 for row in rows)
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


def _fit_heads(
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
