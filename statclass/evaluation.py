"""Labelled statements and a model in; scores out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from statclass.errors import InputError
from statclass.labelled import LabelledStatement
from statclass.model import Floats, StatementClassifier, type_order
from statclass.records import OTHER, Contribution, Prediction

RESAMPLES = 500
CALIBRATION_BINS = 10


@dataclass(frozen=True)
class Scores:
    """How well predictions agree with labels.

    Parameters
    ----------
    statements : int
    accuracy : float
        Share of primary labels that are right.
    macro_f1 : float
        Mean F1 of the primary labels that the data holds, ``"other"`` included.
    macro_f1_interval : tuple of float
        95% percentile interval over resampled statements (bootstrap).
    micro_f1 : float
        Of the sets of labels, over all types.
    calibration_error : float
        Expected calibration error of all types' scores together, over ten bins of equal width (Naeini et al. 2015).
    by_label : dict of str to tuple of (float, float, float, int)
        Precision, recall, F1 of the primary, and how many statements have it.
    intervals : dict of str to tuple of float
        As `macro_f1_interval`: of each label's F1 by its name, and of ``"accuracy"`` and ``"micro_f1"`` in brackets,
        ``"(accuracy)"`` and ``"(micro-F1)"``.
    confusion : int array of shape (n_labels, n_labels)
        How many statements with the label of the row were given that of the column, in the order of `by_label`.
    reliability : tuple of (float, float, int)
        For each bin of scores that holds any: the mean score, the share of labels that were right, and how many.
    """

    statements: int
    accuracy: float
    macro_f1: float
    macro_f1_interval: tuple[float, float]
    micro_f1: float
    calibration_error: float
    by_label: dict[str, tuple[float, float, float, int]]
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    confusion: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 0), np.int64), compare=False)
    reliability: tuple[tuple[float, float, int], ...] = ()

    def as_text(self) -> str:
        """A small table."""
        low, high = self.macro_f1_interval
        lines = [
            f"{self.statements} statements: macro-F1 {self.macro_f1:.3f} ({low:.3f} to {high:.3f}), accuracy "
            f"{self.accuracy:.3f}, micro-F1 of labels {self.micro_f1:.3f}, "
            f"calibration error {self.calibration_error:.3f}",
            f"  {'label':16s} precision  recall      F1  (95% interval)    statements",
        ]
        for label, (precision, recall, f1, count) in self.by_label.items():
            least, most = self.intervals.get(label, (f1, f1))
            figures = f"{precision:.3f}   {recall:.3f}   {f1:.3f}  ({least:.3f} to {most:.3f})"
            lines.append(f"  {label:16s}     {figures}  {count:10d}")
        return "\n".join(lines)

    def confusion_as_text(self) -> str:
        """Who was taken for whom: a row for each label of the data, a column for each label given."""
        names = list(self.by_label)
        width = max(6, *(min(len(name), 12) for name in names)) + 1
        lines = ["  labelled \\ given " + "".join(name[:12].rjust(width) for name in names)]
        for name, counts in zip(names, self.confusion.tolist(), strict=True):
            lines.append(
                f"  {name:16s} " + "".join(f"{count:{width}d}" if count else ".".rjust(width) for count in counts)
            )
        return "\n".join(lines)

    def reliability_as_text(self) -> str:
        """Are scores to be believed: for scores of about this size, how many labels were right."""
        lines = ["  mean score  share right       scores"]
        lines += [f"  {score:10.2f}  {right:11.2f}  {count:11d}" for score, right, count in self.reliability]
        return "\n".join(lines)


@dataclass(frozen=True)
class Evaluation:
    """Scores over all statements and by the values of a column."""

    overall: Scores
    by: dict[str, Scores]

    def as_text(self) -> str:
        """All tables, the overall one first."""
        parts = [self.overall.as_text()]
        parts += [f"\n{value}\n{scores.as_text()}" for value, scores in self.by.items()]
        return "\n".join(parts)


def evaluate(classifier: StatementClassifier, rows: Sequence[LabelledStatement], by: str | None = None) -> Evaluation:
    """Score a classifier on labelled statements.

    Parameters
    ----------
    classifier : StatementClassifier
    rows : sequence of LabelledStatement
    by : str, optional
        A column of the file to score by, such as ``"register"``.

    Raises
    ------
    InputError
        When no statement has a label that the model knows, or the column is not there.
    """
    known = {*classifier.types_, OTHER}
    if not any({row.primary, *row.labels} & known for row in rows):
        raise InputError(f"none of the labels is one of the model's: {', '.join(sorted(known))}")
    if by is not None and not any(by in row.values for row in rows):
        raise InputError(f"no column {by!r} to score by; the columns are {', '.join(rows[0].values)}")
    predictions = classifier.classify_many(row.text for row in rows)
    primaries = np.array([prediction.label for prediction in predictions])
    sets = [set(prediction.labels) for prediction in predictions]
    scores = np.array([list(prediction.scores.values()) for prediction in predictions])
    values = np.array([str(row.values.get(by)) if by else "" for row in rows])
    return Evaluation(
        score(rows, primaries, sets, scores, classifier.types_),
        {
            value: score(
                [rows[n] for n in here], primaries[here], [sets[n] for n in here], scores[here], classifier.types_
            )
            for value in (sorted(set(values)) if by else [])
            if len(here := np.flatnonzero(values == value).tolist())
        },
    )


@dataclass(frozen=True)
class WorstError:
    """A statement whose label the model was sure of, and wrong.

    Parameters
    ----------
    row : LabelledStatement
    prediction : Prediction
    reasons : tuple of Contribution
        What spoke for the wrong label, strongest first.
    """

    row: LabelledStatement
    prediction: Prediction
    reasons: tuple[Contribution, ...]

    def as_text(self) -> str:
        """Place, labels, text and the words that misled."""
        words = ", ".join(
            f"{' '.join(reason.words)} ({reason.feature} {reason.weight:+.1f})" for reason in self.reasons
        )
        sure = f"{self.prediction.confidence:.2f}"
        return (
            f"  {self.row.place}: {self.row.primary}, taken for {self.prediction.label} ({sure})\n"
            f"    {self.row.text}\n    because of: {words or 'nothing that pointed anywhere else'}"
        )


def worst_errors(
    classifier: StatementClassifier, rows: Sequence[LabelledStatement], count: int, reasons: int = 3
) -> list[WorstError]:
    """The statements with a wrong primary label of which the model was surest, with what misled it."""
    predictions = classifier.classify_many(row.text for row in rows)
    wrong = [(row, found) for row, found in zip(rows, predictions, strict=True) if found.label != row.primary]
    wrong.sort(key=lambda pair: -pair[1].confidence)
    return [WorstError(row, found, _misleading(classifier, row.text, found, reasons)) for row, found in wrong[:count]]


def _misleading(
    classifier: StatementClassifier, text: str, prediction: Prediction, count: int
) -> tuple[Contribution, ...]:
    for_it = [c for c in classifier.explain(text) if c.label == prediction.label and c.weight > 0]
    return tuple(for_it[:count])


def score(
    rows: Sequence[LabelledStatement],
    primaries: NDArray[np.str_],
    sets: Sequence[set[str]],
    scores: Floats,
    types: Sequence[str],
) -> Scores:
    """Score predictions that are at hand: primary labels, sets of labels and the scores of `types`."""
    from sklearn.metrics import precision_recall_fscore_support

    gold = np.array([row.primary for row in rows])
    labels = [*type_order({*gold, *types} - {OTHER}), *([OTHER] if OTHER in gold or OTHER in primaries else [])]
    table = precision_recall_fscore_support(gold, primaries, labels=labels, zero_division=0)
    held = [n for n, count in enumerate(table[3]) if count]
    truth = np.array([[name in row.labels for name in types] for row in rows], bool)
    guess = np.array([[name in each for name in types] for each in sets], bool)
    codes = codes_of(gold, labels), codes_of(primaries, labels, other=len(labels))
    draws = resamples(len(rows))
    drawn = confusions(*codes, len(labels) + 1, draws)
    f1 = f1_of(drawn)
    hits, sizes = (truth & guess).sum(1), truth.sum(1) + guess.sum(1)
    micro = 2 * hits[draws].sum(1) / np.maximum(sizes[draws].sum(1), 1)
    return Scores(
        statements=len(rows),
        accuracy=float((gold == primaries).mean()),
        macro_f1=float(table[2][held].mean()),
        macro_f1_interval=interval(f1[:, held].mean(1)),
        micro_f1=float(2 * hits.sum() / max(sizes.sum(), 1)),
        calibration_error=calibration_error(scores.ravel(), truth.ravel()),
        by_label={
            label: (float(p), float(r), float(f), int(n)) for label, p, r, f, n in zip(labels, *table, strict=True)
        },
        intervals={
            **{label: interval(f1[:, n]) for n, label in enumerate(labels)},
            "(accuracy)": interval(np.trace(drawn, axis1=1, axis2=2) / len(rows)),
            "(micro-F1)": interval(micro),
        },
        confusion=confusions(*codes, len(labels) + 1)[0][:-1, :-1],
        reliability=reliability(scores.ravel(), truth.ravel()),
    )


def codes_of(names: NDArray[np.str_], labels: Sequence[str], other: int = -1) -> NDArray[np.int64]:
    """The index of each name among the labels, `other` for one that is not there."""
    index = {label: n for n, label in enumerate(labels)}
    return np.array([index.get(name, other) for name in names.tolist()], np.int64)


def resamples(statements: int, seed: int = 0) -> NDArray[np.int64]:
    """Statements drawn anew with replacement, shape (RESAMPLES, n_statements), for bootstrap intervals (Efron 1979)."""
    random = np.random.RandomState(seed)
    return np.array([random.randint(0, statements, statements) for _ in range(RESAMPLES)])


def confusions(
    gold: NDArray[np.int64], found: NDArray[np.int64], labels: int, draws: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """How often each label was taken for each: shape (n_draws, labels, labels), or one for all statements."""
    pairs = gold * labels + found
    counted = [
        np.bincount(pairs if draw is None else pairs[draw], minlength=labels**2)
        for draw in (draws if draws is not None else [None])
    ]
    return np.array(counted).reshape(-1, labels, labels)


def f1_of(confusion: NDArray[np.int64]) -> Floats:
    """F1 of each label, of one or more confusion matrices.

    Examples
    --------
    >>> f1_of(np.array([[1, 0], [1, 0]])).round(2).tolist()
    [0.67, 0.0]
    """
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    found: Floats = 2 * right / np.maximum(confusion.sum(-1) + confusion.sum(-2), 1)
    return found


def interval(values: Floats) -> tuple[float, float]:
    """95% percentile interval."""
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def macro_f1(gold: NDArray[np.str_], found: NDArray[np.str_], labels: Sequence[str]) -> float:
    """Mean F1 over the labels.

    Examples
    --------
    >>> macro_f1(np.array(["a", "b"]), np.array(["a", "a"]), ["a", "b"])
    0.3333333333333333
    """
    each = []
    for label in labels:
        both = ((gold == label) & (found == label)).sum()
        each.append(2 * both / max((gold == label).sum() + (found == label).sum(), 1))
    return float(np.mean(each))


def calibration_error(scores: Floats, truth: NDArray[np.bool_]) -> float:
    """Expected calibration error: the mean gap between score and share of true, weighted by the bins' sizes.

    Examples
    --------
    >>> calibration_error(np.array([0.0, 0.0, 1.0]), np.array([False, False, True]))
    0.0
    """
    return float(sum(abs(score - right) * count for score, right, count in reliability(scores, truth)) / len(scores))


def reliability(scores: Floats, truth: NDArray[np.bool_]) -> tuple[tuple[float, float, int], ...]:
    """For each bin of scores that holds any: the mean score, the share of true ones, and how many there are."""
    bins = np.minimum((scores * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    each = (bins == number for number in np.unique(bins))
    return tuple((float(scores[here].mean()), float(truth[here].mean()), int(here.sum())) for here in each)
