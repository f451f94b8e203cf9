"""Learning from corrections, on a simulated user: does adding labels of one register help it, and hurt the others?

    python -m tests.benchmarks.corrections ../shared/eval/dev.jsonl --register "UN Security Council speech"

Half of one register's statements play the user's: 100 of them are added to the shipped corpus with a weight. The other
half, and the other registers, are scored before and after.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import statclass
from statclass import StatementClassifier
from statclass.evaluation import macro_f1
from statclass.labelled import LabelledStatement, read_labelled
from statclass.paired import compare
from statclass.training import BASE_WEIGHT, train

CORRECTIONS = 100


def halves(rows: Sequence[LabelledStatement], seed: int) -> tuple[list[LabelledStatement], list[LabelledStatement]]:
    """Two random halves."""
    order = np.random.RandomState(seed).permutation(len(rows)).tolist()
    middle = len(rows) // 2
    return [rows[n] for n in order[:middle]], [rows[n] for n in order[middle:]]


def corrected(rows: Sequence[LabelledStatement], weight: float, folds: int) -> StatementClassifier:
    """The shipped corpus with these statements added."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "corrections.jsonl"
        lines = [json.dumps({"text": row.text, "primary": row.primary, "labels": row.labels}) for row in rows]
        path.write_text("\n".join(lines), encoding="utf-8")
        return train(path, base=True, weight=weight, folds=folds, curve=False)


def scores(model: StatementClassifier, rows: Sequence[LabelledStatement]) -> float:
    """Macro-F1 of the primaries."""
    gold = np.array([row.primary for row in rows])
    return macro_f1(gold, model.predict([row.text for row in rows]), sorted(set(gold)))


def main(path: str, register: str | None, weights: Sequence[float], folds: int, seed: int) -> None:
    """Print a row for each register and weight."""
    rows = read_labelled([path])
    registers = [register] if register else sorted({str(row.values["register"]) for row in rows})
    print(f"{'register':36s} weight  its F1 before  after   the rest before  after  95% interval of its change")
    for name in registers:
        own, rest = halves([row for row in rows if row.values["register"] == name], seed)
        others = [row for row in rows if row.values["register"] != name]
        before = statclass.load()
        for weight in weights:
            after = corrected(own[:CORRECTIONS], weight, folds)
            figures = [scores(model, where) for where in (rest, others) for model in (before, after)]
            own_f1, others_f1 = (f"{was:.3f}  {now:.3f}" for was, now in (figures[:2], figures[2:]))
            low, high = compare(before, after, others).difference
            chance = f"({low:+.3f} to {high:+.3f})"
            print(f"{name:36s} {weight:6g}  {own_f1:>20s}   {others_f1:>22s}  {chance}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled")
    parser.add_argument("--register")
    parser.add_argument("--weight", type=float, nargs="+", default=[BASE_WEIGHT])
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    main(given.labelled, given.register, given.weight, given.folds, given.seed)
