"""Statements and files of statements to measure with, made of the corpus."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from statclass.resources import shipped


def statements(count: int = 12_000) -> list[str]:
    """Statements of the corpus of about 160 bytes on average."""
    longer = _longer()
    return [longer[n % len(longer)] for n in range(count)]


def write_rows(path: Path, count: int) -> Path:
    """JSON Lines as collections of quotations have them, each line another."""
    longer = _longer()
    with path.open("w", encoding="utf-8") as stream:
        for n in range(count):
            text = longer[n * 7919 % len(longer)]
            row = {
                "id": f"2026-03-{n % 28 + 1:02d}-{n:09d}",
                "quote": text,
                "speaker": "Ana Silva",
                "occurrences": n % 7,
            }
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def _longer() -> list[str]:
    texts = list(_texts())
    return sorted(texts, key=len)[len(texts) * 4 // 10 :]


def _texts() -> Iterator[str]:
    for path in sorted(shipped("seeds").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["text"]
