"""Learning from corrections, on a simulated user: does adding labels of one register help it, and hurt the others?

    python -m tests.benchmarks.corrections ../shared/eval/dev.jsonl --draws 12

Half of one register's statements play the user's: the shipped model is adapted to at most 100 of them. The other half,
and the other registers, are scored before and after. A hundred statements move a score by hundredths from chance alone,
so several draws are made: read their means, beside their spread.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import statclass
from statclass import StatementClassifier
from statclass.evaluation import macro_f1
from statclass.labelled import LabelledStatement, read_labelled
from statclass.training import BASE_WEIGHT, train

CORRECTIONS = 100
ENOUGH = 5


def halves(rows: Sequence[LabelledStatement], seed: int) -> tuple[list[LabelledStatement], list[LabelledStatement]]:
    """Two random halves."""
    order = np.random.RandomState(seed).permutation(len(rows)).tolist()
    middle = len(rows) // 2
    return [rows[n] for n in order[:middle]], [rows[n] for n in order[middle:]]


def corrected(rows: Sequence[LabelledStatement], weight: float) -> StatementClassifier:
    """The shipped model adapted to these statements. Folds are for its card alone, and two are the fastest."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "corrections.jsonl"
        lines = [json.dumps({"text": row.text, "primary": row.primary, "labels": row.labels}) for row in rows]
        path.write_text("\n".join(lines), encoding="utf-8")
        return train(path, base=True, weight=weight, folds=2, curve=False)


def scores(model: StatementClassifier, rows: Sequence[LabelledStatement]) -> tuple[float, float]:
    """Macro-F1 of the labels with at least five statements, and accuracy of the primaries."""
    gold = np.array([row.primary for row in rows])
    found = model.predict([row.text for row in rows])
    held = [name for name, count in Counter(gold.tolist()).items() if count >= ENOUGH]
    return macro_f1(gold, found, held), float((gold == found).mean())


def main(path: str, register: str | None, weights: Sequence[float], draws: int) -> None:
    """Print a row for each register, weight and draw, and their means."""
    rows = read_labelled([path])
    registers = [register] if register else sorted({str(row.values["register"]) for row in rows})
    before = statclass.load()
    print(f"{'change of macro-F1 and accuracy of':52s} the register    the rest")
    for weight in weights:
        all_changes = []
        for name in registers:
            others = [row for row in rows if row.values["register"] != name]
            for draw in range(draws):
                own, rest = halves([row for row in rows if row.values["register"] == name], draw)
                after = corrected(own[:CORRECTIONS], weight)
                change = np.subtract(
                    [*scores(after, rest), *scores(after, others)], [*scores(before, rest), *scores(before, others)]
                )
                all_changes.append(change)
                _print_row(f"{name}, draw {draw}, weight {weight:g}", change)
        for name, some in zip(registers, np.split(np.array(all_changes), len(registers)), strict=True):
            _print_row(f"mean of {name}, weight {weight:g}", some.mean(0))
        _print_row(f"mean of {len(all_changes)}, weight {weight:g}", np.mean(all_changes, axis=0))
        if len(all_changes) > 1:
            _print_row("standard error", np.std(all_changes, axis=0, ddof=1) / np.sqrt(len(all_changes)))


def _print_row(name: str, change: NDArray[np.float64]) -> None:
    own, own_accuracy, rest, rest_accuracy = change
    print(f"{name:52s} {own:+.3f} {own_accuracy:+.3f}   {rest:+.3f} {rest_accuracy:+.3f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled")
    parser.add_argument("--register")
    parser.add_argument("--weight", type=float, nargs="+", default=[BASE_WEIGHT])
    parser.add_argument("--draws", type=int, default=12)
    given = parser.parse_args()
    main(given.labelled, given.register, given.weight, given.draws)
