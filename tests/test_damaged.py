"""Damaged input of any format gives no traceback, and counts that add up."""

from __future__ import annotations

import json

import pytest

from statclass.batch import Inputs, label_files
from tests.damage import KINDS, check_damaged, damaged_file

pytest.importorskip("pyarrow", reason=".parquet needs the extra parquet")
pytest.importorskip("zstandard", reason=".zst needs the extra zstd")


@pytest.fixture(scope="module")
def model(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model") / "tiny"
    tiny.save(folder)
    return str(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_give_no_traceback_and_counts_that_add_up(tmp_path, kind, model):
    labelled = 0
    for seed in range(40):
        counts = check_damaged(damaged_file(tmp_path, kind, seed), tmp_path / "out.jsonl", model)
        labelled += counts.labelled if counts else 0
    assert labelled > 0


def test_a_statement_that_the_model_cannot_bear_costs_its_row_alone(tmp_path, model, monkeypatch):
    from statclass.blocks import classifier_of

    classifier = classifier_of(model)
    classify_many = classifier.classify_many

    def fails(texts):
        if "boom" in texts:
            raise IndexError("string index out of range")
        return classify_many(texts)

    monkeypatch.setattr(classifier, "classify_many", fails)
    (tmp_path / "q.txt").write_text("We refuse.\n" * 20 + "boom\n" + "We refuse.\n" * 20)
    counts = label_files(Inputs((str(tmp_path / "q.txt"),)), str(tmp_path / "out.jsonl"), model=model)
    assert (counts.labelled, counts.with_problem) == (40, 1)
    row = json.loads((tmp_path / "out.jsonl").read_text().splitlines()[20])
    assert "q.txt:21: cannot be labelled (IndexError: string index out of range)" in row["problem"]
