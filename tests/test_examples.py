"""The examples run as they stand."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("import_it.py", "refusal"),
        ("label_a_file.py", "id,outlet,quote,label"),
        ("label_a_folder.py", "part-3.jsonl ['refusal', 'other']"),
        ("read_an_article.py", "Lena Okoro: We will not put our farmers' water on a negotiating table"),
        ("retrain_it.py", "offer"),
    ],
)
def test_an_example_runs(script, words):
    if "folder" in script:
        pytest.importorskip("distributed", reason="clusters need the extra dask")
    done = subprocess.run([sys.executable, ROOT / "examples" / script], capture_output=True, text=True, cwd="/")
    assert done.returncode == 0, done.stderr
    assert words in done.stdout
