"""A script of examples/ as a notebook, so that both hold the same code.

    python -m tests.notebook examples/retrain_it.py

writes examples/retrain_it.ipynb: its docstring becomes the title, and each comment that begins a paragraph the text
above a cell.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any


def notebook_of(script: str) -> dict[str, Any]:
    """The notebook of a script, in the format of nbformat 4."""
    title = ast.get_docstring(ast.parse(script)) or ""
    body = script.split('"""', 2)[2].strip()
    cells = [_cell("markdown", f"# {title}")]
    for paragraph in body.split("\n\n# "):
        text, code = paragraph.split("\n", 1) if len(cells) > 1 else ("", paragraph)
        cells += [_cell("markdown", text)] if text else []
        cells.append(_cell("code", code.strip()))
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    numbered = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)]
    return {"cells": numbered, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def _cell(kind: str, source: str) -> dict[str, Any]:
    extra = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True), **extra}


def code_of(notebook: dict[str, Any]) -> list[str]:
    """The code cells of a notebook."""
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


if __name__ == "__main__":
    path = Path(sys.argv[1])
    made = notebook_of(path.read_text(encoding="utf-8"))
    path.with_suffix(".ipynb").write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
