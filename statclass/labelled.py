"""Labelled statements: read from files, checked, and grouped so that copies do not leak across folds."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from statclass.errors import DataError, InputError, LabelledDataError
from statclass.formats import FORMATS, Row, open_rows, text_column
from statclass.records import OTHER, StatementType
from statclass.text import canonical

LABEL_COLUMNS = ("labels", "primary", "label")
GROUP_COLUMNS = ("group", "pair", "article", "speech", "speaker")
NEAR_DUPLICATE = 0.8
SAME_GROUP = 0.55
_MOST_CANDIDATES = 60
_MOST_LISTED = 20


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
    """

    text: str
    primary: str
    labels: tuple[str, ...]
    values: dict[str, Any] = field(repr=False)
    file: str
    line: int
    several: bool

    @property
    def place(self) -> str:
        """File and line, as messages give them."""
        return f"{self.file}:{self.line}"


def read_labelled(
    paths: Iterable[str | PathLike[str]], text: str | None = None, label: str | None = None
) -> list[LabelledStatement]:
    """Read labelled files, or all of a folder's, whole.

    Parameters
    ----------
    paths : iterable of path
        Files (.csv, .tsv, .jsonl, plain or .gz) or folders of them.
    text, label : str, optional
        Column names; found by the usual names when not given.

    Raises
    ------
    LabelledDataError
        With every row that cannot be read: file, line and reason.
    """
    rows: list[LabelledStatement] = []
    problems: list[str] = []
    for path in _labelled_files(paths):
        with open_rows(path) as source:
            if source.columns:
                _label_columns(source.columns, label, path)
                text_column(source.columns, text, path)
            for row in source.rows:
                try:
                    rows.append(_labelled(row, text, label))
                except DataError as error:
                    problems.append(str(error))
    refuse_problems(problems, "the rows")
    if not rows:
        raise LabelledDataError(f"no labelled statements in {', '.join(str(path) for path in paths) or 'no files'}")
    return rows


def check_labelled(rows: Sequence[LabelledStatement], known: Iterable[str] | None = None) -> list[str]:
    """Problems of labelled statements, each with file and line.

    Parameters
    ----------
    rows : sequence of LabelledStatement
    known : iterable of str, optional
        The labels there are; None takes any.

    Examples
    --------
    >>> row = LabelledStatement("We refuse.", "denial", ("refusal",), {}, "my.csv", 2, True)
    >>> check_labelled([row])
    ["my.csv:2: primary 'denial' is not among the labels 'refusal'"]
    """
    return [
        *check_each(rows, known),
        *_check_exact_copies(rows),
        *_check_near_copies(rows),
    ]


def check_each(rows: Sequence[LabelledStatement], known: Iterable[str] | None = None) -> list[str]:
    """The part of :func:`check_labelled` that looks at each row by itself: empty text, unknown label, odd primary."""
    allowed = None if known is None else {*known, OTHER}
    return [f"{row.place}: {problem}" for row in rows for problem in _problems_of(row, allowed)]


def _problems_of(row: LabelledStatement, allowed: set[str] | None) -> Iterator[str]:
    if not row.text.strip():
        yield "the text is empty"
    unknown = {row.primary, *row.labels} - allowed if allowed is not None else set()
    if unknown:
        yield f"unknown label {', '.join(map(repr, sorted(unknown)))}; expected {', '.join(sorted(allowed or ()))}"
    elif row.primary not in (row.labels or (OTHER,)):
        yield f"primary {row.primary!r} is not among the labels {', '.join(map(repr, row.labels)) or '(none)'}"


def check_seeds(folder: str | PathLike[str]) -> list[str]:
    """:func:`check_labelled` for a corpus under our codebook, such as the project's ``seeds/``."""
    return check_labelled(read_labelled([folder]), [str(kind) for kind in StatementType])


def groups_of(rows: Sequence[LabelledStatement], column: str | None = None) -> list[int]:
    """A group number for each statement: those of one article, speaker, pair or near-duplicate cluster share it."""
    leader = list(range(len(rows)))

    def find(n: int) -> int:
        while leader[n] != n:
            leader[n] = leader[leader[n]]
            n = leader[n]
        return n

    first: dict[tuple[str, str], int] = {}
    if column and not any(column in row.values for row in rows):
        raise InputError(f"no column {column!r} to group by; the columns are {', '.join(map(repr, rows[0].values))}")
    columns = (column,) if column else GROUP_COLUMNS
    for n, row in enumerate(rows):
        for name in columns:
            if row.values.get(name):
                leader[find(n)] = find(first.setdefault((name, str(row.values[name])), n))
    for a, b, _ in similar_pairs([row.text for row in rows], SAME_GROUP):
        leader[find(a)] = find(b)
    return [find(n) for n in range(len(rows))]


def similar_pairs(texts: Sequence[str], at_least: float) -> Iterator[tuple[int, int, float]]:
    """Pairs of texts whose sets of words overlap (Jaccard index) by `at_least`.

    Candidates are texts that share one of their rarest words, so very common wording alone makes no pair.
    """
    words = [frozenset(_words(text)) for text in texts]
    frequency = Counter(word for bag in words for word in bag)
    holders: dict[str, list[int]] = defaultdict(list)
    for n, bag in enumerate(words):
        rare = sorted(bag, key=lambda word: (frequency[word], word))[: max(3, int(len(bag) * (1 - at_least)) + 2)]
        candidates = Counter(other for word in rare for other in holders[word][-_MOST_CANDIDATES:])
        for other in candidates:
            overlap = len(bag & words[other]) / len(bag | words[other])
            if overlap >= at_least:
                yield other, n, overlap
        for word in rare:
            holders[word].append(n)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", canonical(text))


def _labelled_files(paths: Iterable[str | PathLike[str]]) -> Iterator[str]:
    for path in map(Path, paths):
        if path.is_dir():
            endings = tuple(f".{kind}" for kind in FORMATS if kind != "txt")
            yield from (str(file) for file in sorted(path.iterdir()) if file.suffix in endings)
        else:
            yield str(path)


def _labelled(row: Row, text: str | None, label: str | None) -> LabelledStatement:
    place = f"{row.file}:{row.line}"
    if row.problem:
        raise DataError(f"{place}: {row.problem}")
    column = text_column(row.values, text, place)
    statement = row.values[column]
    if not isinstance(statement, str):
        raise DataError(f"{place}: column {column!r} holds {type(statement).__name__}, expected text")
    present = _label_columns(row.values, label, place)
    labels, several = _label_set(row.values[present[0]], present[0], place)
    given = row.values.get("primary") if "primary" in present else None
    primary = str(given).strip() if given else (labels[0] if labels else OTHER)
    return LabelledStatement(statement, primary, labels, row.values, row.file, row.line, several)


def _label_columns(columns: Iterable[str], label: str | None, place: str) -> list[str]:
    """The label columns that are there, the fullest first; raises DataError when there is none."""
    present = [name for name in ((label,) if label else LABEL_COLUMNS) if name in columns]
    if not present:
        wanted = label or ", ".join(LABEL_COLUMNS)
        raise DataError(f"{place}: no label column ({wanted}); the columns are {', '.join(map(repr, columns))}")
    return present


def _label_set(value: Any, column: str, place: str) -> tuple[tuple[str, ...], bool]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(item.strip() for item in value if item.strip() and item != OTHER), True
    if value is None or isinstance(value, str):
        several = column == "labels"
        parts = re.split(r"[;|,]", value or "") if several else [value or ""]
        return tuple(part.strip() for part in parts if part.strip() and part.strip() != OTHER), several
    raise DataError(f"{place}: column {column!r} holds {type(value).__name__}, expected a label or a list of labels")


def _check_exact_copies(rows: Sequence[LabelledStatement]) -> Iterator[str]:
    first: dict[str, LabelledStatement] = {}
    for row in rows:
        key = " ".join(_words(row.text))
        if key and key in first:
            clash = "" if set(first[key].labels) == set(row.labels) else " and the labels differ"
            yield f"{row.place}: the same text as {first[key].place}{clash}"
        first.setdefault(key, row)


def _check_near_copies(rows: Sequence[LabelledStatement]) -> Iterator[str]:
    for a, b, overlap in similar_pairs([row.text for row in rows], NEAR_DUPLICATE):
        same_pair = rows[a].values.get("pair") and rows[a].values.get("pair") == rows[b].values.get("pair")
        if overlap < 1.0 and not same_pair:
            yield f"{rows[b].place}: nearly the same text as {rows[a].place} ({overlap:.0%} of the words)"


def refuse_problems(problems: Sequence[str], where: str) -> None:
    """Raise LabelledDataError when there are problems; the message shows the first of them."""
    if problems:
        shown = "\n".join(problems[:_MOST_LISTED])
        more = f"\n(and {len(problems) - _MOST_LISTED} more)" if len(problems) > _MOST_LISTED else ""
        raise LabelledDataError(f"{len(problems)} problems in {where}:\n{shown}{more}", tuple(problems))
