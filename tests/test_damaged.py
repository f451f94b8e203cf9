"""Damaged input of any format gives no traceback, and counts that add up."""

from __future__ import annotations

import json

import pytest

from statclass.batch import Inputs, label_files
from statclass.errors import DataError
from statclass.formats.names import REJECTS
from tests.damage import KINDS, damaged_file

pytest.importorskip("pyarrow", reason=".parquet needs the extra parquet")
pytest.importorskip("zstandard", reason=".zst needs the extra zstd")


@pytest.fixture(scope="module")
def model(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model") / "tiny"
    tiny.save(folder)
    return str(folder)


def check_damaged(path, output, model):
    """Label a damaged file, and see that every row is in the output or among the rejects."""
    try:
        counts = label_files(Inputs((str(path),)), str(output), model=model, overwrite=True)
    except DataError as error:
        assert str(path) in str(error)
        return None
    assert counts.read == counts.labelled + counts.with_problem + counts.rejected
    rows = [json.loads(line) for line in output.read_text(encoding="utf-8").split("\n")[:-1]]
    assert len(rows) == counts.labelled + counts.with_problem
    assert sum(row["label"] is not None for row in rows) == counts.labelled
    assert all(row["problem"] for row in rows if row["label"] is None)
    rejects = output.with_name(output.name + REJECTS)
    found = [json.loads(line) for line in rejects.read_text().splitlines()] if rejects.exists() else []
    assert len(found) == counts.rejected
    assert all(reject["file"] == str(path) and reject["line"] and reject["reason"] for reject in found)
    return counts


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
