"""What cross-validation tells of a training: scores with intervals, and how they grow with the statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.calibration import calibrate, primaries
from statclass.evaluation import confusions, f1_of, interval, resamples
from statclass.model import Floats, Margins, StatementClassifier
from statclass.reading import Ints
from statclass.records import OTHER

Masks = tuple[NDArray[np.bool_], NDArray[np.bool_]]
_FEW = 2000
_LEAST_OF_A_LABEL = 2


@dataclass(frozen=True)
class Fitted:
    """What the cross-validation of a training leaves behind.

    Parameters
    ----------
    fold : int array of shape (n_statements,)
    margins : Margins
        Of each statement, by the model that was fitted on the other folds.
    targets : bool array of shape (n_statements, n_types)
    primary : int array of shape (n_statements,)
        Index of the primary among the types, n_types for ``"other"``.
    counts : float array of shape (n_statements,) or None
        How much each statement counts.
    pieces : list of (bool array, bool array)
        For the learning curve: the statements that were trained on, and those that were held out.
    margins_of_pieces : list of Margins
        Of what each piece held out.
    """

    fold: Ints
    margins: Margins
    targets: NDArray[np.bool_]
    primary: Ints
    counts: Floats | None
    pieces: list[Masks]
    margins_of_pieces: list[Margins]


def curve_pieces(fold: Ints, targets: NDArray[np.bool_], shares: Sequence[float], seed: int) -> list[Masks]:
    """Smaller shares of the statements outside of one fold (of two, when statements are few), and the fold itself."""
    random = np.random.RandomState(seed)
    pieces = []
    for share in shares:
        for number in range(1 if len(fold) >= _FEW else 2):
            chosen = (fold != number) & (random.random_sample(len(fold)) < share)
            if targets[chosen].sum(0).min() >= _LEAST_OF_A_LABEL:
                pieces.append((chosen, fold == number))
    return pieces


def cross_validation_report(classifier: StatementClassifier, fitted: Fitted, skip: int = 0) -> dict[str, Any]:
    """Scores of the cross-validation with their 95% intervals, and the learning curve, for the model card.

    Parameters
    ----------
    classifier : StatementClassifier
        Just fitted.
    fitted : Fitted
    skip : int
        So many statements at the beginning are of the base; the others are scored by themselves, too.
    """
    labels = [*classifier.types_, OTHER]
    found = primaries(classifier.calibration_, fitted.margins, classifier.exclusive_)
    draws = resamples(len(found))
    drawn = confusions(fitted.primary, found, len(labels), draws)
    whole = confusions(fitted.primary, found, len(labels))[0]
    f1 = f1_of(drawn)
    there = [n for n in range(len(labels)) if whole[n].sum()]
    report: dict[str, Any] = {
        "cross_validation_intervals": {
            "macro_f1": _rounded(interval(f1[:, there].mean(1))),
            "accuracy": _rounded(interval(np.trace(drawn, axis1=1, axis2=2) / len(found))),
        },
        "cross_validation_by_label": {
            labels[n]: {
                "precision": round(float(whole[n, n] / max(whole[:, n].sum(), 1)), 3),
                "recall": round(float(whole[n, n] / whole[n].sum()), 3),
                "f1": round(float(f1_of(whole)[n]), 3),
                "interval": _rounded(interval(f1[:, n])),
                "statements": int(whole[n].sum()),
            }
            for n in there
        },
    }
    if fitted.pieces:
        report["learning_curve"] = _learning_curve(classifier, fitted)
    if skip:
        own = slice(skip, None)
        confusion = confusions(fitted.primary[own], found[own], len(labels))[0]
        scores = f1_of(confusion)[[n for n in range(len(labels)) if confusion[n].sum()]]
        report["cross_validation_of_added"] = {
            "macro_f1": round(float(scores.mean()), 4),
            "accuracy": round(float(np.trace(confusion) / confusion.sum()), 4),
        }
    return report


def minimal_pairs(classifier: StatementClassifier, fitted: Fitted, pair_of: Sequence[object]) -> dict[str, int]:
    """How many minimal pairs the cross-validation got right on both sides, and how many there are.

    Parameters
    ----------
    classifier : StatementClassifier
        Just fitted.
    fitted : Fitted
    pair_of : sequence of length n_statements
        What the two statements of a pair share; None or empty for a statement without a counterpart. Pairs whose
        statements have the same primary do not count.
    """
    found = primaries(classifier.calibration_, fitted.margins, classifier.exclusive_)
    members = defaultdict(list)
    for n, pair in enumerate(pair_of):
        if pair:
            members[pair].append(n)
    apart = [here for here in members.values() if len(set(fitted.primary[here].tolist())) > 1]
    right = sum(bool((found[here] == fitted.primary[here]).all()) for here in apart)
    return {"right_on_both_sides": right, "pairs": len(apart)} if apart else {}


def _learning_curve(classifier: StatementClassifier, fitted: Fitted) -> list[list[float]]:
    """Statements trained on and macro-F1, on the same held-out statements throughout."""
    curve = []
    sizes = [int(chosen.sum()) for chosen, _ in fitted.pieces]
    folds = list(dict.fromkeys(int(fitted.fold[held][0]) for _, held in fitted.pieces))
    for at in range(0, len(fitted.pieces), len(folds)):
        step = slice(at, at + len(folds))
        held = [np.flatnonzero(held) for _, held in fitted.pieces[step]]
        curve.append([float(np.mean(sizes[step])), _score_of(classifier, fitted, fitted.margins_of_pieces[step], held)])
    held = [np.flatnonzero(fitted.fold == number) for number in folds]
    whole = [_at(fitted.margins, here) for here in held]
    size = float(np.mean([len(fitted.fold) - len(here) for here in held]))
    return [*curve, [size, _score_of(classifier, fitted, whole, held)]]


def _score_of(
    classifier: StatementClassifier, fitted: Fitted, margins: Sequence[Margins], held: Sequence[Ints]
) -> float:
    """Macro-F1 on some statements, calibrated on them."""
    here = np.concatenate(held)
    together = Margins(*(np.vstack([getattr(m, name) for m in margins]) for name in ("linear", "network", "primary")))
    counts = None if fitted.counts is None else fitted.counts[here]
    calibration = calibrate(together, fitted.targets[here], fitted.primary[here], classifier.exclusive_, counts)
    found = primaries(calibration, together, classifier.exclusive_)
    confusion = confusions(fitted.primary[here], found, len(classifier.types_) + 1)[0]
    return round(float(f1_of(confusion)[confusion.sum(1) > 0].mean()), 4)


def _at(margins: Margins, here: Ints) -> Margins:
    return Margins(margins.linear[here], margins.network[here], margins.primary[here])


def _rounded(ends: tuple[float, float]) -> list[float]:
    return [round(end, 3) for end in ends]
