"""Labelled rows as the bytes of each format, a block at a time; blocks one after the other make a file."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import Any

from statclass.formats.streams import zstandard

_GZIP_LEVEL, _ZSTD_LEVEL = 6, 3
_CELL_TYPES = (str, int, float, type(None))


def compressed(data: bytes, compression: str | None) -> bytes:
    """A block compressed by itself, always to the same bytes; blocks after one another are a whole file."""
    if not data:
        return data
    if compression == "gz":
        return gzip.compress(data, _GZIP_LEVEL, mtime=0)
    if compression == "zst":
        packed: bytes = zstandard("output").ZstdCompressor(level=_ZSTD_LEVEL).compress(data)
        return packed
    return data


def utf8(text: str) -> bytes:
    """Text as UTF-8; halves of characters, which no file can hold, become U+FFFD.

    Examples
    --------
    >>> utf8("a\\ud800").decode()
    'a\ufffd'
    """
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")


def json_text(value: Any) -> str:
    """A value as JSON; what JSON does not have is text (dates in ISO format, bytes as hexadecimal) or null (NaN).

    Examples
    --------
    >>> json_text({"day": date(2026, 3, 2), "share": float("nan"), "note": "é"})
    '{"day": "2026-03-02", "share": null, "note": "é"}'
    """
    try:
        return _ENCODE(value)
    except ValueError:
        return _ENCODE(_without_nan(value))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


_ENCODE: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_plain).encode


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {str(key): _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return value


def json_lines(rows: Iterable[dict[str, Any]]) -> bytes:
    """Rows as JSON Lines."""
    return utf8("".join(f"{json_text(row)}\n" for row in rows))


def text_lines(labels: Iterable[str | None]) -> bytes:
    """Labels, one a line; an empty line for a row without one."""
    return utf8("".join(f"{label or ''}\n" for label in labels))


def table_lines(rows: Iterable[Iterable[Any]], kind: str) -> bytes:
    """Rows of cells as .csv or .tsv; lists of strings are joined by semicolons, what else is nested is JSON."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter="\t" if kind == "tsv" else ",", lineterminator="\n")
    writer.writerows([cell if type(cell) in _CELL_TYPES else _cell(cell) for cell in row] for row in rows)
    return utf8(stream.getvalue())


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return ";".join(value)
    if isinstance(value, dict | list | tuple):
        return json_text(value)
    return value if isinstance(value, bool) else _plain(value)
