"""What tests share: the tiny model, and the real statements beside the project when they are there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from statclass import StatementClassifier

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

TINY = {
    "refusal": [
        "We refuse to attend.",
        "We will not go there.",
        "They rejected the proposal.",
        "Oslo declined the offer.",
    ],
    "denial": ["We deny it.", "That report is false.", "There was no such meeting.", "Oslo denied the claims."],
    "other": ["Talks resume on Monday.", "The minister thanked them.", "We hope for peace.", "Ships left the port."],
}


def tiny_rows() -> tuple[list[str], list[tuple[str, ...]]]:
    """Twelve statements with their sets of labels."""
    texts = [text for label in TINY for text in TINY[label]]
    return texts, [() if label == "other" else (label,) for label in TINY for _ in TINY[label]]


@pytest.fixture(scope="session")
def tiny() -> StatementClassifier:
    """A classifier fitted on twelve statements."""
    return StatementClassifier(folds=2, min_count=1).fit(*tiny_rows())


@pytest.fixture
def shared() -> Path:
    """The folder of real statements and articles beside the project; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: real statements are not the project's to ship")
    return SHARED


def write_jsonl(path: Path, rows: list[dict[str, object]]) -> Path:
    """Write rows as JSON Lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path
