"""Two models on the same statements: is the one really better than the other?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from statclass.errors import InputError
from statclass.evaluation import codes_of, confusions, f1_of, interval, resamples
from statclass.labelled import LabelledStatement
from statclass.model import StatementClassifier
from statclass.records import OTHER

SURE = 0.05


@dataclass(frozen=True)
class Comparison:
    """Two models' scores on the same statements, and whether chance would explain the difference.

    Parameters
    ----------
    statements : int
    accuracy, macro_f1 : tuple of (float, float)
        Of the first and of the second model.
    only_first, only_second : int
        Statements that the first labels rightly and the second does not, and the other way round.
    mcnemar : float
        Probability of a split of these at least as uneven, if both models were equally good (exact McNemar test).
    difference : tuple of (float, float)
        95% interval of the second's macro-F1 minus the first's, over statements drawn anew (paired bootstrap).
    """

    statements: int
    accuracy: tuple[float, float]
    macro_f1: tuple[float, float]
    only_first: int
    only_second: int
    mcnemar: float
    difference: tuple[float, float]

    @property
    def verdict(self) -> str:
        """In words: which one is better, if either."""
        low, high = self.difference
        by_f1 = 1 if low > 0 else -1 if high < 0 else 0
        by_accuracy = 0 if self.mcnemar >= SURE else 1 if self.only_second > self.only_first else -1
        better = by_f1 or by_accuracy
        if not better:
            return (
                "No real difference: on so many statements, chance alone makes differences of this size. More labelled "
                "statements might tell them apart."
            )
        name = "second" if better > 0 else "first"
        if by_f1 and by_accuracy and by_f1 != by_accuracy:
            return "They differ, each in its way: one has the better macro-F1, the other gets more statements right."
        by = "macro-F1 and accuracy" if by_f1 and by_accuracy else "macro-F1" if by_f1 else "accuracy"
        rest = "" if by_f1 and by_accuracy else f" ({'accuracy' if by_f1 else 'macro-F1'} alone would not show it)"
        return f"The {name} model is really better, by {by}{rest}: chance would seldom make such a difference."

    def as_text(self) -> str:
        """A small table and the verdict."""
        low, high = self.difference
        gain = self.macro_f1[1] - self.macro_f1[0]
        return "\n".join(
            [
                f"{self.statements} statements     first   second",
                f"  macro-F1          {self.macro_f1[0]:.3f}    {self.macro_f1[1]:.3f}   "
                f"difference {gain:+.3f} ({low:+.3f} to {high:+.3f})",
                f"  accuracy          {self.accuracy[0]:.3f}    {self.accuracy[1]:.3f}   right only by the first "
                f"{self.only_first}, only by the second {self.only_second}: p = {self.mcnemar:.3g}",
                self.verdict,
            ]
        )


def compare(first: StatementClassifier, second: StatementClassifier, rows: Sequence[LabelledStatement]) -> Comparison:
    """Compare the primary labels of two models on the same labelled statements.

    Parameters
    ----------
    first, second : StatementClassifier
    rows : sequence of LabelledStatement
        That neither was trained on.

    Raises
    ------
    InputError
        When one of the models knows none of the labels.
    """
    texts, gold = [row.text for row in rows], np.array([row.primary for row in rows])
    for number, model in (("first", first), ("second", second)):
        if not set(gold) & {*model.types_, OTHER}:
            raise InputError(f"none of the labels is one of the {number} model's: {', '.join(model.classes_)}")
    names = sorted({*gold, *first.classes_, *second.classes_})
    truth = codes_of(gold, names)
    given = [codes_of(model.predict(texts), names) for model in (first, second)]
    right = [guess == truth for guess in given]
    held = np.unique(truth)
    draws = resamples(len(rows))
    scores = [f1_of(confusions(truth, guess, len(names)))[0, held].mean() for guess in given]
    drawn = [f1_of(confusions(truth, guess, len(names), draws))[:, held].mean(1) for guess in given]
    only_first, only_second = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
    return Comparison(
        statements=len(rows),
        accuracy=(float(right[0].mean()), float(right[1].mean())),
        macro_f1=(float(scores[0]), float(scores[1])),
        only_first=only_first,
        only_second=only_second,
        mcnemar=mcnemar(only_first, only_second),
        difference=interval(drawn[1] - drawn[0]),
    )


def mcnemar(only_first: int, only_second: int) -> float:
    """Exact two-sided McNemar test of the statements that just one of two models gets right.

    Examples
    --------
    >>> round(mcnemar(1, 9), 4), mcnemar(0, 0)
    (0.0215, 1.0)
    """
    from scipy.stats import binomtest

    both = only_first + only_second
    return float(binomtest(only_first, both).pvalue) if both else 1.0
