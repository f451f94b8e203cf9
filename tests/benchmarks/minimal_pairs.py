"""Minimal pairs right on both sides, by a model that saw neither: the model is trained without a fifth of the corpus.

    python -m tests.benchmarks.minimal_pairs

It takes some minutes: the recipe is that of the shipped model, lesson included.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from statclass import StatementClassifier
from statclass.labelled import groups_of, read_labelled
from statclass.lesson import LESSON, read_lesson
from statclass.model import Margins
from statclass.resources import shipped
from statclass.training import fit_classifier


def main() -> None:
    """Cross-validate, then count the pairs."""
    rows = read_labelled([shipped("seeds")])
    classifier = StatementClassifier()
    lesson = read_lesson(shipped("seeds") / LESSON)
    labels = [tuple(sorted(row.labels, key=lambda name, first=row.primary: name != first)) for row in rows]
    fitted = fit_classifier(
        classifier, [row.text for row in rows], list(labels), groups_of(rows), progress=print, lesson=lesson
    )
    margins: Margins = fitted.margins
    chosen, order = classifier.choose(margins)
    names = np.array([*classifier.types_, "other"])
    found = names[np.where(chosen.any(1), order[:, 0], len(classifier.types_))]
    pairs = defaultdict(list)
    for row, name in zip(rows, found, strict=True):
        if row.values.get("pair"):
            pairs[row.values["pair"]].append((row.primary, name))
    apart = [pair for pair in pairs.values() if len({gold for gold, _ in pair}) > 1]
    right = sum(all(gold == name for gold, name in pair) for pair in apart)
    print(f"{right} of {len(apart)} minimal pairs right on both sides ({right / len(apart):.1%})")


if __name__ == "__main__":
    main()
