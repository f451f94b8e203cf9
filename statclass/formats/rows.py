"""What every format gives: rows, in blocks that can be handed to another process; and what has no row."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from statclass.errors import DataError

TEXT_COLUMNS = ("quote", "quotation", "text", "statement")
REPLACED = "\ufffd"
"""What stands for bytes that are not in a file's encoding."""


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
        The line on which the row begins (for .parquet the row), counted from 1.
    problem : str or None
        Why the row cannot be read; `values` then holds what could be saved of it.
    """

    values: dict[str, Any]
    file: str
    line: int
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """Something of a file that has no row in an output.

    Parameters
    ----------
    file : str
    line : int
        Where it begins.
    reason : str
    row : dict, optional
        What it held, when that is known.
    rows : int
        For how many rows it stands, as far as that is known.
    """

    file: str
    line: int
    reason: str
    row: dict[str, Any] | None = None
    rows: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(slots=True)
class Rows:
    """The rows of a block, column by column of what is known about them; all lists have one item a row.

    Parameters
    ----------
    values : list of dict
    lines : sequence of int
    problems : dict of int to str
        By row number: why a row cannot be read.
    replaced : bool
        Whether some value holds U+FFFD, as bytes that are not in the file's encoding become.
    objects : list of str, optional
        The rows as the JSON objects that they came as; ``""`` for those that were none.
    batch : pyarrow.RecordBatch, optional
        The rows as they came from Parquet.
    columns : sequence of str
        The columns of a table, empty for what is none.
    """

    values: list[dict[str, Any]]
    lines: Sequence[int]
    problems: dict[int, str]
    replaced: bool = False
    objects: list[str] | None = None
    batch: Any = None
    columns: Sequence[str] = ()


class Block(Protocol):
    """Some rows in a row, as they were read; parsed where they are labelled."""

    @property
    def file(self) -> str:
        """The file as it was named."""

    @property
    def rejects(self) -> tuple[Reject, ...]:
        """What was found before or among these rows and has no row."""

    def parse(self) -> Rows:
        """The rows."""

    def mark(self) -> bytes:
        """What tells this block from another, to see whether an input is still what it was."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """A block without rows: only something that could not be read."""

    file: str
    rejects: tuple[Reject, ...] = ()

    def parse(self) -> Rows:
        """No rows."""
        return Rows([], (), {})

    def mark(self) -> bytes:
        """The file."""
        return self.file.encode("utf-8", "surrogateescape")


@dataclass(frozen=True)
class Source:
    """An opened file of rows: its columns (when known beforehand), its blocks, and how many bytes of it were read."""

    name: str
    columns: list[str] | None
    blocks: Iterator[Block] = field(repr=False)
    place: Callable[[], int] = field(repr=False)

    @property
    def rows(self) -> Iterator[Row]:
        """The rows one by one; what has no row is a row without values that has a problem."""
        for block in self.blocks:
            parsed = block.parse()
            for reject in block.rejects:
                yield Row({}, reject.file, reject.line, reject.reason)
            for n, (values, line) in enumerate(zip(parsed.values, parsed.lines, strict=True)):
                yield Row(values, block.file, line, parsed.problems.get(n))


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
        "Name the one to read with --text-column (in Python with column=, for training with text=)"
    )


def unlike(header: Sequence[str]) -> list[str]:
    """Column names without two that are alike: a repeated one gets a number, so that neither column is lost.

    Examples
    --------
    >>> unlike(["id", "quote", "id", ""])
    ['id', 'quote', 'id_2', '']
    """
    names: dict[str, None] = {}
    for name in header:
        new, number = name, 1
        while new in names:
            number += 1
            new = f"{name}_{number}"
        names[new] = None
    return list(names)


def free_name(name: str, taken: Container[str]) -> str:
    """The name of one of our columns beside those that are there already.

    Examples
    --------
    >>> free_name("label", ["id", "label"]), free_name("labels", ["id", "label"])
    ('predicted_label', 'labels')
    """
    while name in taken:
        name = f"predicted_{name}"
    return name
