"""What the shipped model must show on real statements and articles, which the project may not ship."""

from __future__ import annotations

import json

import pytest

import statclass
from statclass.evaluation import evaluate
from statclass.labelled import read_labelled
from tests.benchmarks.seed_articles import match


def test_real_statements_are_labelled_at_least_this_well(shared):
    scores = evaluate(statclass.load(), read_labelled([shared / "eval" / "dev.jsonl"])).overall
    assert scores.macro_f1 >= 0.58
    assert scores.accuracy >= 0.64
    assert scores.calibration_error <= 0.05


def test_statements_of_real_articles_are_found_with_speaker_and_label(shared):
    found, speakers, labels = match(shared / "seeds")
    assert (found, speakers, labels) >= (18, 15, 15)
    assert min(found - 18, speakers - 15, labels - 15) >= 0


def test_offsets_are_true_in_real_articles(shared):
    for path in (shared / "seeds").glob("*.txt"):
        article = path.read_text(encoding="utf-8")
        for statement in statclass.extract(article):
            assert " ".join(article[a:b] for a, b in statement.spans) == statement.text


@pytest.mark.parametrize("name", ["plover.csv", "council.csv"])
def test_files_with_other_label_sets_are_read_whole(shared, name):
    rows = read_labelled([shared / "eval" / "retrain" / name])
    assert len(rows) >= 1030
    assert json.dumps(sorted({row.primary for row in rows}))
