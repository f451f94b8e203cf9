"""Files with random damage: bits flipped, ends cut, encodings mixed; shared by a test and a benchmark."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from pathlib import Path

from statclass.batch import Inputs, label_files
from statclass.blocks import Counts
from statclass.errors import DataError
from statclass.formats.names import REJECTS

KINDS = ("txt", "csv", "tsv", "jsonl", "parquet", "txt.gz", "csv.gz", "jsonl.gz", "tsv.zst", "jsonl.zst")
QUOTES = (
    'We refuse to attend, "all of us".',
    "There was no such\norder.",
    "Le « sommet » est repoussé.",
    "東京は拒否した。",
)
ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252", "shift_jis")
ROWS = 40


def damaged_file(folder: Path, kind: str, seed: int) -> Path:
    """A file of a few statements, then damaged."""
    chance = random.Random(f"{kind} {seed}")
    plain, _, compression = kind.partition(".")
    rows = [
        {"id": str(n), "quote": chance.choice(QUOTES), "note": chance.choice(["", "é", '"', "x;y\tz"])}
        for n in range(ROWS)
    ]
    data = _parquet(rows) if plain == "parquet" else _text(plain, rows, chance)
    if plain != "parquet" and chance.random() < 0.7:
        data = _damaged(data, chance)
    data = _packed(data, compression)
    if compression or plain == "parquet":
        data = _damaged(data, chance)
    path = folder / f"q.{kind}"
    path.write_bytes(data)
    return path


def _text(kind: str, rows: list[dict[str, str]], chance: random.Random) -> bytes:
    """Rows as text, each line in an encoding that may be another than the first line's."""
    if kind == "txt":
        lines = [row["quote"].replace("\n", " ") + "\n" for row in rows]
    elif kind == "jsonl":
        lines = [json.dumps(row, ensure_ascii=chance.random() < 0.5) + "\n" for row in rows]
    else:
        lines = [_line(kind, ["id", "quote", "note"]), *(_line(kind, list(row.values())) for row in rows)]
    first = chance.choice(ENCODINGS)
    mixed = chance.random() < 0.5
    return b"".join(line.encode(chance.choice(ENCODINGS) if mixed else first, "replace") for line in lines)


def _line(kind: str, cells: list[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter="\t" if kind == "tsv" else ",").writerow(cells)
    return stream.getvalue()


def _parquet(rows: list[dict[str, str]]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    stream = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), stream, row_group_size=10)
    return stream.getvalue()


def _packed(data: bytes, compression: str) -> bytes:
    if compression == "gz":
        return gzip.compress(data)
    if compression == "zst":
        import zstandard

        return zstandard.ZstdCompressor().compress(data)
    return data


def _damaged(data: bytes, chance: random.Random) -> bytes:
    way = chance.randrange(4)
    changed = bytearray(data)
    if way == 0:
        for _ in range(chance.choice((1, 3, 30))):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    elif way == 1:
        del changed[chance.randrange(len(changed)) :]
    elif way == 2:
        at = chance.randrange(len(changed))
        changed[at : at + chance.randrange(200)] = chance.randbytes(chance.randrange(200))
    else:
        at = chance.randrange(len(changed))
        del changed[at : at + chance.randrange(300)]
    return bytes(changed)


def check_damaged(path: Path, output: Path, model: str) -> Counts | None:
    """Label a damaged file, and see that every row is in the output or among the rejects; None when it was refused."""
    try:
        counts = label_files(Inputs((str(path),)), str(output), model=model, overwrite=True)
    except DataError as error:
        assert str(path) in str(error)
        return None
    assert counts is not None
    assert counts.read == counts.labelled + counts.with_problem + counts.rejected
    rows = [json.loads(line) for line in output.read_text(encoding="utf-8").split("\n")[:-1]]
    assert len(rows) == counts.labelled + counts.with_problem
    assert sum(row["label"] is not None for row in rows) == counts.labelled
    assert all(row["problem"] for row in rows if row["label"] is None)
    rejects = output.with_name(output.name + REJECTS)
    found = [json.loads(line) for line in rejects.read_text().splitlines()] if rejects.exists() else []
    assert sum(reject["rows"] for reject in found) == counts.rejected
    assert all(reject["file"] == str(path) and reject["line"] and reject["reason"] for reject in found)
    return counts
