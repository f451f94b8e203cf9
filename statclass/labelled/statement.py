"""The record of one labelled statement, and how a cell of a file becomes a set of labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from statclass.errors import DataError
from statclass.records import OTHER


@dataclass(frozen=True, slots=True)
class LabelledStatement:
    """One labelled statement and where it came from.

    Parameters
    ----------
    text : str
    primary : str
        The primary label, ``"other"`` when `labels` is empty.
    labels : tuple of str
        The full set.
    values : dict
        The row as it stood in the file.
    file : str
    line : int
    several : bool
        Whether the file gives a set of labels (True) or one label a statement (False).
    annotations : dict of str to tuple of str
        The set of labels that each annotator gave, where the file tells.
    disputed : bool
        Whether the annotators are evenly split, so that `labels` cannot be told from them.
    """

    text: str
    primary: str
    labels: tuple[str, ...]
    values: dict[str, Any] = field(repr=False)
    file: str
    line: int
    several: bool
    annotations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    disputed: bool = False

    @property
    def place(self) -> str:
        """File and line, as messages give them."""
        return f"{self.file}:{self.line}"


def label_set(value: Any, column: str, place: str) -> tuple[tuple[str, ...], bool]:
    """The labels in a cell, and whether the cell holds a set.

    A cell is a label, a list of labels, or an object with ``choices``. Text in a column named ``labels`` is split at
    semicolons, bars and commas; ``"other"`` is the empty set.

    Raises
    ------
    DataError
        When the cell holds something else, such as spans of characters.

    Examples
    --------
    >>> label_set("denial; refusal", "labels", "my.csv:2")
    (('denial', 'refusal'), True)
    >>> label_set("on balance, no", "label", "my.csv:2")
    (('on balance, no',), False)
    """
    if isinstance(value, Mapping) and "choices" in value:
        value = value["choices"]
        if isinstance(value, str):
            return _without_other([value]), False
    if hasattr(value, "tolist") and not isinstance(value, str):
        value = value.tolist()
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        if all(isinstance(item, str) for item in value):
            return _without_other(value), True
        raise DataError(f"{place}: column {column!r} holds {_kind_of_list(value)}, expected labels of the whole text")
    if value is None or isinstance(value, str):
        several = column.lower() == "labels"
        parts = re.split(r"[;|,]", value or "") if several else [value or ""]
        return _without_other(parts), several
    raise DataError(f"{place}: column {column!r} holds {type(value).__name__}, expected a label or a list of labels")


def _without_other(parts: Sequence[str]) -> tuple[str, ...]:
    cleaned = (part.strip() for part in parts)
    return tuple(dict.fromkeys(part for part in cleaned if part and part != OTHER))


def _kind_of_list(value: Sequence[Any]) -> str:
    item = next(item for item in value if not isinstance(item, str))
    spans = isinstance(item, dict | list | tuple)
    return "spans of characters" if spans else f"a list of {type(item).__name__}"
