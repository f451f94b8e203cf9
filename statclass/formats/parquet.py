"""Parquet files, through pyarrow (extra ``parquet``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from statclass.errors import DataError, MissingExtraError
from statclass.formats.names import STANDARD_STREAM, compression_of
from statclass.formats.rows import REPLACED, Block, Nothing, Reject, Rows, free_name, unlike
from statclass.formats.writing import json_text, utf8

BATCH_ROWS = 4096
GROUP_ROWS = 2**16
GROUP_BYTES = 2**26
_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of a .parquet file; `line` is the number of the first, counted from 1."""

    file: str
    line: int
    data: Any
    rejects: tuple[Reject, ...] = ()

    def parse(self) -> Rows:
        """The rows."""
        names, damaged = unlike(self.data.schema.names), False
        columns = []
        for column in self.data.columns:
            try:
                columns.append(column.to_pylist())
            except UnicodeDecodeError:
                columns.append(_decoded(column))
                damaged = True
        values = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        lines = range(self.line, self.line + self.data.num_rows)
        return Rows(values, lines, {}, damaged, None, self.data, names)

    def mark(self) -> bytes:
        """Where the rows are."""
        return f"{self.line} {self.data.num_rows}".encode()


def pyarrow(name: str) -> Any:
    """The package pyarrow, with its part for Parquet.

    Raises
    ------
    MissingExtraError
        When it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError(f'{name}: .parquet needs: pip install "statclass[parquet]"') from error
    return pyarrow


class ParquetFile:
    """An opened .parquet file.

    Raises
    ------
    DataError
        When it cannot be opened.
    """

    def __init__(self, name: str) -> None:
        arrow = pyarrow(name)
        if name == STANDARD_STREAM or compression_of(name):
            raise DataError(
                f"{name}: .parquet is read from a plain file; it is compressed inside, and not read in order"
            )
        self._errors = (arrow.ArrowException, OSError, ValueError, MemoryError, OverflowError)
        self.name = name
        try:
            self._file = arrow.parquet.ParquetFile(name, page_checksum_verification=True)
            self.columns = list(self._file.schema_arrow.names)
            self._rows = [self._file.metadata.row_group(n).num_rows for n in range(self._file.num_row_groups)]
            self._empty = arrow.RecordBatch.from_pylist([], schema=self._file.schema_arrow)
            self._size = Path(name).stat().st_size
        except self._errors as error:
            raise DataError(
                f"{name}: cannot be opened ({getattr(error, 'strerror', None) or _one_line(error)})"
            ) from error
        self._read = 0

    def place(self) -> int:
        """How much of the file was read, as its share of the bytes."""
        return int(self._size * self._read / max(sum(self._rows), 1))

    def blocks(self) -> Iterator[Block]:
        """The rows; a row group that cannot be read is a reject."""
        if not self._rows:
            yield Batch(self.name, 1, self._empty)
        for group, size in enumerate(self._rows):
            first = line = sum(self._rows[:group]) + 1
            try:
                for batch in self._file.iter_batches(BATCH_ROWS, row_groups=[group], use_threads=False):
                    self._read = line - 1 + batch.num_rows
                    yield Batch(self.name, line, batch)
                    line += batch.num_rows
            except self._errors as error:
                reason = f"rows {line} to {first + size - 1} cannot be read ({_one_line(error)})"
                yield Nothing(self.name, (Reject(self.name, line, reason, rows=first + size - line),))


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


def table_bytes(rows: Rows, ours: dict[str, list[Any]]) -> bytes:
    """Rows and our columns in Arrow's format for streams, from which :func:`write_parquet` makes a file.

    Columns that came from Parquet stay as they are. Those of other rows get the type of their values; where these have
    several, or are objects, the column is text: strings as they are, and everything else as JSON.
    """
    arrow = pyarrow("output")
    if rows.batch is not None:
        names, arrays = list(rows.batch.schema.names), list(rows.batch.columns)
    else:
        names = list(dict.fromkeys(name for values in rows.values for name in values))
        arrays = [_array(arrow, [values.get(name) for values in rows.values]) for name in names]
    own = dict.fromkeys(names)
    kinds = {"label": arrow.string(), "labels": arrow.list_(arrow.string()), "problem": arrow.string()}
    for name, values in ours.items():
        names.append(free_name(name, own))
        arrays.append(arrow.array(values, kinds.get(name, arrow.float64())))
    fields = [arrow.field(name, array.type) for name, array in zip(names, arrays, strict=True)]
    schema = arrow.schema(fields, rows.batch.schema.metadata if rows.batch is not None else None)
    sink = arrow.BufferOutputStream()
    with arrow.ipc.new_stream(sink, schema, options=arrow.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_batch(arrow.record_batch(arrays, schema=schema))
    data: bytes = sink.getvalue().to_pybytes()
    return len(data).to_bytes(_LENGTH, "big") + data


def write_parquet(source: str, target: str) -> None:
    """Make a .parquet file of what :func:`table_bytes` gave, block after block."""
    arrow = pyarrow(target)
    schema = _schema(arrow, source)
    with arrow.parquet.ParquetWriter(target, schema, compression="zstd", write_page_checksum=True) as writer:
        group: list[Any] = []
        for table in _tables(arrow, source):
            group.append(_as(arrow, table, schema))
            if sum(part.num_rows for part in group) >= GROUP_ROWS or sum(part.nbytes for part in group) >= GROUP_BYTES:
                writer.write_table(arrow.concat_tables(group))
                group = []
        if group:
            writer.write_table(arrow.concat_tables(group))


def _schema(arrow: Any, source: str) -> Any:
    """Columns that can hold those of all blocks; blocks without rows count only when there are no others."""
    filled: dict[str, Any] = {}
    empty: dict[str, Any] = {}
    metadata = None
    for table in _tables(arrow, source):
        metadata = metadata or table.schema.metadata
        kinds = filled if table.num_rows else empty
        for field in table.schema:
            kinds[field.name] = _common(arrow, kinds.get(field.name, field.type), field.type)
    return arrow.schema((filled or empty).items(), metadata)


def _tables(arrow: Any, source: str) -> Iterator[Any]:
    with open(source, "rb") as stream:
        while prefix := stream.read(_LENGTH):
            data = stream.read(int.from_bytes(prefix, "big"))
            yield arrow.ipc.open_stream(data).read_all()


def _common(arrow: Any, one: Any, other: Any) -> Any:
    """The type that can hold what two types can."""
    if one == other:
        return one
    try:
        pair = [arrow.schema([("x", kind)]) for kind in (one, other)]
        return arrow.unify_schemas(pair, promote_options="permissive").field(0).type
    except arrow.ArrowException:
        return arrow.string()


def _as(arrow: Any, table: Any, schema: Any) -> Any:
    columns = []
    for field in schema:
        if field.name not in table.schema.names:
            columns.append(arrow.nulls(table.num_rows, field.type))
        elif field.type == arrow.string() and table.schema.field(field.name).type != field.type:
            columns.append(arrow.array(_texts(table[field.name].to_pylist()), field.type))
        else:
            columns.append(table[field.name].cast(field.type, safe=False))
    return arrow.table(columns, schema=schema)


def _array(arrow: Any, values: list[Any]) -> Any:
    try:
        if not any(isinstance(value, dict) for value in values):
            array = arrow.array(values)
            if not arrow.types.is_nested(array.type) or not arrow.types.is_nested(array.type.value_type):
                return array
    except (arrow.ArrowException, ValueError, OverflowError):
        pass
    return arrow.array(_texts(values), arrow.string())


def _texts(values: Iterable[Any]) -> list[str | None]:
    return [
        value if value is None else utf8(value if isinstance(value, str) else json_text(value)).decode()
        for value in values
    ]


def _decoded(column: Any) -> list[Any]:
    """The values of a column of strings some of which are not UTF-8."""
    arrow = pyarrow("")
    try:
        raw = column.cast(arrow.binary()).to_pylist()
    except arrow.ArrowException:
        return [REPLACED] * len(column)
    return [value if value is None else value.decode("utf-8", "replace") for value in raw]


def is_parquet(path: Path) -> bool:
    """Whether a file begins as a .parquet file does."""
    with path.open("rb") as stream:
        return stream.read(4) == b"PAR1"
