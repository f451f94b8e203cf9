"""What each group of features brings: the linear part without it, alone and beside the shipped network.

    python -m tests.benchmarks.ablation ../shared/eval/dev.jsonl

The linear part is fitted on the shipped corpus, with half of each label from its lesson. Scores are log-losses of the
types (lower is better), after a logistic curve fitted to other statements of the same file: they tell smaller
differences than F1 does.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

import statclass
from statclass.features import LEAN, TEMPLATES, FeatureExtractor
from statclass.labelled import LabelledStatement, read_labelled
from statclass.lesson import LESSON, read_lesson
from statclass.linear_training import fit_heads
from statclass.model import Floats, StatementClassifier
from statclass.recipe import recipe_for
from statclass.resources import shipped

FOLDS = 20


def targets_of(rows: Sequence[LabelledStatement], types: Sequence[str]) -> NDArray[np.bool_]:
    """Which statement has which type."""
    return np.array([[name in row.labels for name in types] for row in rows])


def log_loss(margins: Sequence[Floats], targets: NDArray[np.bool_]) -> float:
    """Mean log-loss of the types, each calibrated on other statements from one or more margins."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss as loss
    from sklearn.model_selection import cross_val_predict

    found = []
    for kind, target in enumerate(targets.T):
        inputs = np.column_stack([margin[:, kind] for margin in margins])
        curve = LogisticRegression(C=100)
        scores = cross_val_predict(curve, inputs, target, cv=FOLDS, method="predict_proba")[:, 1]
        found.append(loss(target, scores))
    return float(np.mean(found))


def main(path: str) -> None:
    """Print a row for each choice of features."""
    rows, held = read_labelled([shipped("seeds")]), read_labelled([path])
    texts, asked = [row.text for row in rows], [row.text for row in held]
    model = statclass.load()
    types, targets = model.types_, targets_of(held, model.types_)
    lesson = read_lesson(shipped("seeds") / LESSON)
    aims = (targets_of(rows, types) + lesson.own[:, : len(types)]) / 2
    network = model.margins(asked).network
    names = tuple(template.name for template in TEMPLATES)
    groups = dict.fromkeys(template.group for template in TEMPLATES)
    choices = {"all features": names, "those of the shipped model": LEAN}
    choices |= {f"without {group}": tuple(t.name for t in TEMPLATES if t.group != group) for group in groups}
    print(f"{'':30s} features  log-loss  beside the network")
    print(f"{'the network alone':30s}                     {log_loss([network], targets):.4f}")
    for name, templates in choices.items():
        extractor = FeatureExtractor(recipe_for(len(texts), taught=True).min_count, templates)
        matrix = extractor.fit_transform(texts)
        weights, intercepts = fit_heads(StatementClassifier(), matrix, aims)
        linear = extractor.transform(asked) @ weights.T + intercepts
        alone, beside = log_loss([linear], targets), log_loss([linear, network], targets)
        print(f"{name:30s} {matrix.shape[1]:8d}    {alone:.4f}              {beside:.4f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
