"""Rows of data frames, pandas's and polars's alike, without importing either."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from statclass.formats import Row

FRAME = "data frame"


class Frame(Protocol):
    """A table with named columns, such as a pandas or polars data frame."""

    @property
    def columns(self) -> Iterable[Any]:
        """The names of the columns."""


def is_frame(thing: object) -> bool:
    """Whether this is a table with named columns, such as a pandas or polars data frame."""
    return hasattr(thing, "columns") and (hasattr(thing, "iter_rows") or hasattr(thing, "itertuples"))


def frame_rows(frame: Frame) -> Iterator[Row]:
    """The rows of a data frame; a row's line is its position, counted from 1, and missing values are None."""
    columns = [str(name) for name in frame.columns]
    rows = frame.iter_rows() if hasattr(frame, "iter_rows") else frame.itertuples(index=False, name=None)  # type: ignore[attr-defined]
    for line, row in enumerate(rows, 1):
        yield Row({name: _plain(value) for name, value in zip(columns, row, strict=True)}, FRAME, line)


def _plain(value: Any) -> Any:
    """Missing values (NaN, NaT, pandas's NA) as None."""
    if isinstance(value, str | list | tuple | dict) or hasattr(value, "__len__"):
        return value
    missing = type(value).__name__ in ("NAType", "NaTType") or value != value
    return None if missing else value
