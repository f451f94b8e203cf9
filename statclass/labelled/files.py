"""Labelled statements from files, folders and data frames, whatever tool wrote them."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from statclass.errors import DataError, LabelledDataError
from statclass.formats import FORMATS, Row, format_of, open_rows, text_column
from statclass.labelled.annotators import ANNOTATOR_COLUMNS, annotator_columns, merge_annotations, settle
from statclass.labelled.checks import refuse_problems
from statclass.labelled.exports import plain_rows, tool_of
from statclass.labelled.frames import FRAME, Frame, frame_rows, is_frame
from statclass.labelled.statement import LabelledStatement, label_set
from statclass.records import OTHER

LABEL_COLUMNS = ("labels", "primary", "label")
REPLACED = "\ufffd"
Labelled = str | PathLike[str] | Frame
"""A file, a folder of files, or a pandas or polars data frame."""


class _Opened(NamedTuple):
    """A file or frame of labelled rows: its columns, when known beforehand, and the rows."""

    name: str
    columns: list[str] | None
    rows: Iterator[Row]


def read_labelled(
    paths: Labelled | Iterable[Labelled],
    text: str | None = None,
    label: str | None = None,
    annotators: Sequence[str] = (),
) -> list[LabelledStatement]:
    """Read labelled files, data frames, or all files of a folder, whole.

    Parameters
    ----------
    paths : path, data frame, or iterable of them
        .csv, .tsv, .jsonl or .json files, plain or .gz, also as Label Studio, doccano, Prodigy and Argilla export
        them; folders of them; pandas and polars data frames.
    text, label : str, optional
        Column names; found by the usual names when not given.
    annotators : sequence of str, optional
        Columns with a label of one annotator each; found by names such as ``label_ana`` or ``coder 1`` when there is
        no other label column. The statement's labels are then those that most of them gave.

    Raises
    ------
    LabelledDataError
        With every row that cannot be read: file, line and reason.
    """
    rows: list[LabelledStatement] = []
    problems: list[str] = []
    for path in _labelled_files(paths):
        with _open_labelled(path) as source:
            if source.columns:
                _label_columns(source.columns, label, annotators, source.name)
                text_column(source.columns, text, source.name)
            for row in source.rows:
                try:
                    rows.append(_labelled(row, text, label, annotators))
                except DataError as error:
                    problems.append(str(error))
    refuse_problems(problems, "the rows")
    if not rows:
        names = ", ".join(FRAME if is_frame(path) else str(path) for path in _each(paths))
        raise LabelledDataError(f"no labelled statements in {names or 'no files'}")
    return merge_annotations(rows)


def _each(paths: Labelled | Iterable[Labelled]) -> list[Labelled]:
    alone = isinstance(paths, str | PathLike) or is_frame(paths)
    return [paths] if alone else list(paths)  # type: ignore[list-item, arg-type]


def _labelled_files(paths: Labelled | Iterable[Labelled]) -> Iterator[str | Frame]:
    for path in _each(paths):
        if not isinstance(path, str | PathLike):
            yield path
        elif Path(path).is_dir():
            endings = tuple(f".{kind}" for kind in FORMATS if kind != "txt")
            yield from (str(file) for file in sorted(Path(path).iterdir()) if file.suffix in endings)
        else:
            yield str(path)


@contextmanager
def _open_labelled(path: str | Frame) -> Iterator[_Opened]:
    if not isinstance(path, str):
        yield _Opened(FRAME, [str(name) for name in path.columns], frame_rows(path))
    elif format_of(path) == "jsonl" and (whole := _whole_json(path)) is not None:
        yield _Opened(path, None, plain_rows(_listed_rows(whole, path)))
    else:
        with open_rows(path) as source:
            columns = None if source.columns and tool_of(source.columns) else source.columns
            yield _Opened(source.name, columns, plain_rows(source.rows))


def _whole_json(path: str) -> str | None:
    """The text of a file that holds one JSON list, not one object a line; None otherwise."""
    try:
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as stream:
            if stream.read(64).decode("utf-8-sig", "replace").lstrip()[:1] != "[":
                return None
            stream.seek(0)
            return io.TextIOWrapper(stream, "utf-8-sig", errors="replace").read()
    except OSError as error:
        raise DataError(f"{path}: cannot be opened ({error.strerror or error})") from error


def _listed_rows(content: str, file: str) -> Iterator[Row]:
    """The objects of a JSON list, each with the line on which it begins."""
    decoder, gap = json.JSONDecoder(), re.compile(r"[\s,\[]*")
    at, counted, line = 0, 0, 1
    while True:
        at = gap.match(content, at).end()  # type: ignore[union-attr]
        line, counted = line + content.count("\n", counted, at), at
        if content[at : at + 1] in ("]", ""):
            if not content[at:]:
                yield Row({}, file, line, "not valid JSON: the list is cut off before its closing bracket")
            return
        try:
            values, at = decoder.raw_decode(content, at)
        except (ValueError, RecursionError) as error:
            yield Row({}, file, line, f"not valid JSON: {getattr(error, 'msg', 'too deeply nested')}")
            return
        if isinstance(values, dict):
            yield Row(values, file, line)
        else:
            yield Row({}, file, line, f"expected a JSON object, found {type(values).__name__}")


def _labelled(row: Row, text: str | None, label: str | None, annotators: Sequence[str]) -> LabelledStatement:
    place = f"{row.file}:{row.line}"
    if row.problem:
        raise DataError(f"{place}: {row.problem}")
    column = text_column(row.values, text, place)
    statement = row.values[column]
    if not isinstance(statement, str):
        raise DataError(f"{place}: column {column!r} holds {_name_of(statement)}, expected text")
    if REPLACED in statement:
        raise DataError(f"{place}: the text holds bytes that are not UTF-8; save the file as UTF-8")
    present, coders = _label_columns(row.values, label, annotators, place)
    if not present:
        return _coded_by_several(row, statement, coders, place)
    column = present[0]
    if row.values[column] is None or (column != "labels" and _blank(row.values[column])):
        raise DataError(f"{place}: column {column!r} is empty; expected a label, {OTHER!r} for none of them")
    labels, several = label_set(row.values[column], column, place)
    given = row.values.get("primary") if "primary" in present else None
    primary = str(given).strip() if given else (labels[0] if labels else OTHER)
    found = {name: label_set(row.values[name], name, place)[0] for name in coders if not _blank(row.values[name])}
    person = next((row.values[name] for name in ANNOTATOR_COLUMNS if not _blank(row.values.get(name))), None)
    if person is not None:
        found[str(person)] = labels
    return LabelledStatement(statement, primary, labels, row.values, row.file, row.line, several, found)


def _coded_by_several(row: Row, statement: str, coders: Sequence[str], place: str) -> LabelledStatement:
    cells = {name: label_set(row.values[name], name, place) for name in coders if not _blank(row.values[name])}
    if not cells:
        raise DataError(f"{place}: no annotator gave a label; the columns are {', '.join(map(repr, coders))}")
    sets = {name: labels for name, (labels, _) in cells.items()}
    several = any(several for _, several in cells.values())
    labels, disputed = settle(list(sets.values()))
    primary = labels[0] if labels else OTHER
    return LabelledStatement(
        statement, primary, labels, row.values, row.file, row.line, several, sets, disputed=disputed
    )


def _label_columns(
    columns: Iterable[str], label: str | None, annotators: Sequence[str], place: str
) -> tuple[list[str], list[str]]:
    """The label columns that are there, the fullest first, and those of annotators; DataError when there is neither."""
    names = list(columns)
    missing = [name for name in annotators if name not in names]
    if missing:
        raise DataError(f"{place}: no column {missing[0]!r}; the columns are {', '.join(map(repr, names))}")
    wanted = (label,) if label else () if annotators else LABEL_COLUMNS
    by_lower = {name.lower().strip(): name for name in reversed(names)}
    present = [by_lower.get(name, name) for name in wanted if name in names or (not label and name in by_lower)]
    coders = list(annotators) or ([] if present else annotator_columns(names))
    if not present and not coders:
        expected = label or ", ".join(LABEL_COLUMNS)
        hint = "; name yours with --label-column" if label is None else ""
        raise DataError(f"{place}: no label column ({expected}); the columns are {', '.join(map(repr, names))}{hint}")
    return present, coders


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _name_of(value: Any) -> str:
    return "nothing" if value is None else type(value).__name__
