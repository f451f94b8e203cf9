"""Rates under pytest-benchmark, to compare versions of statclass with one another.

    OMP_NUM_THREADS=1 pytest tests/benchmarks/bench_rates.py --benchmark-autosave --benchmark-compare

The name keeps it out of the tests: nothing here can fail but by a mistake.
"""

from __future__ import annotations

import pytest

import statclass
from statclass.batch import Inputs, label_files
from tests.benchmarks.corpus import statements, write_rows

ROWS = 4000


def test_classify_many(benchmark):
    texts = statements(ROWS)
    statclass.classify_many(texts)
    assert len(benchmark(statclass.classify_many, texts)) == ROWS


@pytest.mark.parametrize("kind", ["jsonl", "csv", "jsonl.gz", "jsonl.zst", "parquet"])
def test_files(benchmark, tmp_path, kind):
    source = write_rows(tmp_path / "quotes.jsonl", ROWS)
    if kind != "jsonl":
        label_files(Inputs((str(source),)), str(tmp_path / f"in.{kind}"))
        source = tmp_path / f"in.{kind}"
    counts = benchmark(label_files, Inputs((str(source),)), str(tmp_path / f"out.{kind}"), overwrite=True)
    assert counts.labelled == ROWS


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames(benchmark, library):
    frame = pytest.importorskip(library).DataFrame({"quote": statements(ROWS)})
    assert len(benchmark(statclass.label_frame, frame)) == ROWS
