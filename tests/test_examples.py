"""The examples run as they stand."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.notebook import code_of, notebook_of


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


def test_the_notebook_runs_cell_by_cell_and_is_the_script():
    path = ROOT / "examples" / "retrain_it.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert notebook == notebook_of(path.with_suffix(".py").read_text(encoding="utf-8"))
    cells = "\n".join(code_of(notebook))
    done = subprocess.run([sys.executable, "-c", cells], capture_output=True, text=True, cwd=path.parent)
    assert done.returncode == 0, done.stderr
    assert "No real difference" in done.stdout
