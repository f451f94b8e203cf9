"""Labelled statements and a model in; scores out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from statclass.errors import InputError
from statclass.labelled import LabelledStatement
from statclass.model import Floats, StatementClassifier, type_order
from statclass.records import OTHER

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
    """

    statements: int
    accuracy: float
    macro_f1: float
    macro_f1_interval: tuple[float, float]
    micro_f1: float
    calibration_error: float
    by_label: dict[str, tuple[float, float, float, int]]

    def as_text(self) -> str:
        """A small table."""
        low, high = self.macro_f1_interval
        lines = [
            f"{self.statements} statements: macro-F1 {self.macro_f1:.3f} ({low:.3f} to {high:.3f}), accuracy "
            f"{self.accuracy:.3f}, micro-F1 of labels {self.micro_f1:.3f}, "
            f"calibration error {self.calibration_error:.3f}",
            f"  {'label':16s} precision  recall      F1  statements",
        ]
        for label, (precision, recall, f1, count) in self.by_label.items():
            lines.append(f"  {label:16s}     {precision:.3f}   {recall:.3f}   {f1:.3f}  {count:10d}")
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
    held = [label for label, count in zip(labels, table[3], strict=True) if count]
    truth = np.array([[name in row.labels for name in types] for row in rows], bool)
    guess = np.array([[name in each for name in types] for each in sets], bool)
    return Scores(
        statements=len(rows),
        accuracy=float((gold == primaries).mean()),
        macro_f1=macro_f1(gold, primaries, held),
        macro_f1_interval=bootstrap_interval(gold, primaries, held),
        micro_f1=float(2 * (truth & guess).sum() / max(truth.sum() + guess.sum(), 1)),
        calibration_error=calibration_error(scores.ravel(), truth.ravel()),
        by_label={
            label: (float(p), float(r), float(f), int(n)) for label, p, r, f, n in zip(labels, *table, strict=True)
        },
    )


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


def bootstrap_interval(
    gold: NDArray[np.str_], found: NDArray[np.str_], labels: Sequence[str], seed: int = 0
) -> tuple[float, float]:
    """95% percentile interval of macro-F1 over statements drawn anew with replacement (Efron 1979)."""
    random = np.random.RandomState(seed)
    draws = (random.randint(0, len(gold), len(gold)) for _ in range(RESAMPLES))
    values = [macro_f1(gold[draw], found[draw], labels) for draw in draws]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def calibration_error(scores: Floats, truth: NDArray[np.bool_]) -> float:
    """Expected calibration error: the mean gap between score and share of true, weighted by the bins' sizes.

    Examples
    --------
    >>> calibration_error(np.array([0.0, 0.0, 1.0]), np.array([False, False, True]))
    0.0
    """
    bins = np.minimum((scores * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = [abs(scores[bins == b].mean() - truth[bins == b].mean()) * (bins == b).sum() for b in np.unique(bins)]
    return float(sum(gaps) / len(scores))
