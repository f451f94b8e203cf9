"""Trains the shipped model anew and compares it with what ships, file by file: minutes on two cores.

    python -m tests.benchmarks.shipped_model [HELD_OUT]

HELD_OUT is the labelled file on which the shipped card was scored; without it the card and the description differ.
With other versions of the libraries than the card names, the bytes may differ: then the labels are what must be equal.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import statclass
from statclass.labelled import read_labelled
from statclass.persistence import DESCRIPTION, PARTS
from statclass.resources import DEFAULT_MODEL, shipped


def main(held_out: str | None = None) -> None:
    """Train, compare, print."""
    scored = {"held-out statements": held_out} if held_out else None
    notes = (shipped("models") / "NOTES.md").read_text(encoding="utf-8")
    again = statclass.train([shipped("seeds")], lesson=True, held_out=scored, notes=notes, progress=print)
    with tempfile.TemporaryDirectory() as folder:
        again.save(folder)
        for part in (DESCRIPTION, *PARTS):
            same = (Path(folder) / part).read_bytes() == (shipped("models") / DEFAULT_MODEL / part).read_bytes()
            print(f"{part}: {'the same bytes' if same else 'different'}")
    texts = [row.text for row in read_labelled([shipped("seeds")])]
    pairs = zip(again.classify_many(texts), statclass.load().classify_many(texts), strict=True)
    print(f"{sum(a.labels == b.labels for a, b in pairs)} of {len(texts)} statements with the same labels")


if __name__ == "__main__":
    main(*sys.argv[1:])
