"""Files of rows, one row at a time: .txt, .csv, .tsv and .jsonl, plain or .gz, and ``-`` for a pipe."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from statclass.errors import DataError

FORMATS = ("txt", "csv", "tsv", "jsonl")
TEXT_COLUMNS = ("quote", "quotation", "text", "statement")
STANDARD_STREAM = "-"
_ALIASES = {"ndjson": "jsonl", "json": "jsonl", "text": "txt", "tab": "tsv"}
_MAX_FIELD = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file.

    Parameters
    ----------
    values : dict
        The row's columns; for .txt one column, ``"text"``.
    file : str
        The file as it was named.
    line : int
        The line on which the row begins, counted from 1.
    problem : str or None
        Why the row cannot be read; `values` then holds what could be saved of it.
    """

    values: dict[str, Any]
    file: str
    line: int
    problem: str | None = None


@dataclass(frozen=True)
class Source:
    """An opened file of rows: its columns (when known beforehand) and the rows."""

    name: str
    columns: list[str] | None
    rows: Iterator[Row] = field(repr=False)


def format_of(name: str, given: str | None = None) -> str:
    """The format of a file by its name, or as `given`; a pipe is .txt unless said otherwise.

    Raises
    ------
    DataError
        When the ending is none of the known ones.

    Examples
    --------
    >>> format_of("quotes.CSV.gz"), format_of("-"), format_of("-", "jsonl")
    ('csv', 'txt', 'jsonl')
    """
    if given is None and name == STANDARD_STREAM:
        return "txt"
    if given is None and Path(name).is_dir():
        raise DataError(f"{name}: is a folder; expected a file (a folder of articles is read with --articles)")
    ending = (given or Path(name.lower().removesuffix(".gz")).suffix).lower().lstrip(".")
    ending = _ALIASES.get(ending, ending)
    if ending not in FORMATS:
        hint = "; HTML pages are read with --articles" if ending in ("html", "htm", "xhtml") else ""
        found = repr(ending) if ending else "(no ending)"
        raise DataError(f"{name}: unknown format {found}; expected one of {', '.join(FORMATS)}{hint}")
    return ending


@contextmanager
def open_rows(name: str, given: str | None = None, encoding: str = "utf-8-sig") -> Iterator[Source]:
    """Open a file of rows for reading.

    Parameters
    ----------
    name : str
        A path, or ``"-"`` for standard input.
    given : str, optional
        The format, when the name does not tell.
    encoding : str
        Of the file, unless it begins with a UTF-16 byte-order mark. Bytes that do not fit it become U+FFFD.

    Raises
    ------
    DataError
        When there is no such file or it cannot be opened.
    """
    kind = format_of(name, given)
    with _open_text(name, encoding) as stream:
        if kind == "txt":
            yield Source(name, ["text"], _text_rows(stream, name))
        elif kind == "jsonl":
            yield Source(name, None, _json_rows(stream, name))
        else:
            reader = csv.reader(stream, delimiter="\t" if kind == "tsv" else ",")
            columns = next(reader, None)
            if not columns:
                raise DataError(f"{name}:1: the file is empty; expected a line of column names")
            yield Source(name, columns, _csv_rows(reader, columns, name))


def text_column(
    columns: Iterable[str], wanted: str | None, file: str, usual_names: tuple[str, ...] = TEXT_COLUMNS
) -> str:
    """The column that holds the statements: as `wanted`, or the first that has one of the usual names.

    Raises
    ------
    DataError
        When there is none; the message lists the columns that there are.
    """
    names = list(columns)
    if wanted is not None:
        if wanted in names:
            return wanted
        raise DataError(f"{file}: no column {wanted!r}; the columns are {', '.join(map(repr, names))}")
    by_lower = {name.lower().strip(): name for name in reversed(names)}
    for usual in usual_names:
        if usual in by_lower:
            return by_lower[usual]
    raise DataError(
        f"{file}: no column named {', '.join(usual_names)}; the columns are {', '.join(map(repr, names))}. "
        "Name the one to read with --text-column"
    )


class RowWriter:
    """Writes rows as .jsonl, .csv, .tsv or .txt (labels only); the columns of a table are those of its first row."""

    def __init__(self, stream: IO[str], kind: str) -> None:
        self._stream = stream
        self._kind = kind
        self._table: csv.DictWriter[str] | None = None

    def write(self, row: dict[str, Any]) -> None:
        """Write one row."""
        if self._kind == "jsonl":
            self._stream.write(json.dumps(_writable(row), ensure_ascii=False) + "\n")
        elif self._kind == "txt":
            self._stream.write(f"{row['label']}\n")
        else:
            self._write_table_row({key: _cell(value) for key, value in _writable(row).items()})

    def _write_table_row(self, row: dict[str, Any]) -> None:
        if self._table is None:
            delimiter = "\t" if self._kind == "tsv" else ","
            self._table = csv.DictWriter(self._stream, list(row), delimiter=delimiter, lineterminator="\n")
            self._table.writeheader()
        elif list(row) != list(self._table.fieldnames):
            raise DataError(
                f"a table has the same columns in every row; found {', '.join(map(repr, row))} after "
                f"{', '.join(map(repr, self._table.fieldnames))}. Write .jsonl, or label the files one by one"
            )
        self._table.writerow(row)


@contextmanager
def create_text(path: str, overwrite: bool = False) -> Iterator[IO[str]]:
    """Open a file for writing that appears under its name only when it is complete; ``.gz`` is compressed.

    Raises
    ------
    DataError
        When there is a file of that name already, unless `overwrite`; when it cannot be written.
    """
    target = Path(path)
    if target.exists() and not overwrite:
        raise DataError(f"{path}: is there already; choose another name, or add --overwrite")
    partial = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        opener = gzip.open if path.endswith(".gz") else open
        with opener(partial, "wt", encoding="utf-8", newline="") as stream:
            yield stream
        partial.replace(target)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror or error})") from error


@contextmanager
def _open_text(name: str, encoding: str) -> Iterator[IO[str]]:
    csv.field_size_limit(_MAX_FIELD)
    if name == STANDARD_STREAM:
        yield io.TextIOWrapper(sys.stdin.buffer, encoding=encoding, errors="replace", newline="")
        return
    try:
        raw = (gzip.open if name.endswith(".gz") else open)(name, "rb")
    except OSError as error:
        raise DataError(f"{name}: cannot be opened ({error.strerror or error})") from error
    encoding = "utf-16" if raw.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff") else encoding
    with raw, io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="") as stream:
        yield stream


def _text_rows(stream: IO[str], file: str) -> Iterator[Row]:
    for number, line in enumerate(stream, 1):
        yield Row({"text": line.rstrip("\r\n")}, file, number)


def _json_rows(stream: IO[str], file: str) -> Iterator[Row]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            column = getattr(error, "colno", 1)
            reason = getattr(error, "msg", "too deeply nested")
            yield Row({}, file, number, f"not valid JSON at column {column}: {reason}")
            continue
        if isinstance(values, dict):
            yield Row(values, file, number)
        else:
            yield Row({}, file, number, f"expected a JSON object, found {type(values).__name__}")


def _csv_rows(reader: Any, columns: list[str], file: str) -> Iterator[Row]:
    line = reader.line_num + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row({}, file, line, f"not valid CSV: {error}")
            line = reader.line_num + 1
            continue
        if cells:
            problem = None if len(cells) == len(columns) else f"{len(cells)} cells where the header has {len(columns)}"
            yield Row(dict(zip(columns, cells, strict=False)), file, line, problem)
        line = reader.line_num + 1


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return ";".join(value)
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    return value


def _writable(value: Any) -> Any:
    """The value with characters that no UTF-8 file can hold (lone surrogates) replaced by U+FFFD."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_writable(key): _writable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(item) for item in value]
    return value
