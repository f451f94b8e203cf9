"""Several people's labels of the same statements: found in a file's columns, brought together, settled by majority."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from statclass.labelled.statement import LabelledStatement
from statclass.records import OTHER

ANNOTATOR_COLUMNS = ("annotator", "coder", "rater", "annotator_id")
_OF_ONE = re.compile(r"(?:labels?|annotators?|coders?|raters?)[ _.\-]?\w+", re.IGNORECASE)
_NOT_OF_ONE = re.compile(
    r"label(?:s|ed|led|ing|ling)|label[ _]?(?:set|id|name)|(?:annotator|coder|rater)(?:s|[ _]?id)", re.IGNORECASE
)


def annotator_columns(columns: Iterable[str]) -> list[str]:
    """Columns that hold one annotator's labels each, by names such as ``label_ana`` or ``coder2``; none if only one.

    Examples
    --------
    >>> annotator_columns(["text", "label_ana", "label_ben", "labels"])
    ['label_ana', 'label_ben']
    """
    found = [name for name in columns if _OF_ONE.fullmatch(name) and not _NOT_OF_ONE.fullmatch(name)]
    return found if len(found) > 1 else []


def settle(sets: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], bool]:
    """The labels of one statement that most annotators gave, the most given first, and whether that is in dispute.

    It is in dispute when the annotators are evenly split over a label.

    Examples
    --------
    >>> settle([("denial",), ("denial", "refusal"), ("denial",)])
    (('denial',), False)
    >>> settle([("denial",), ("refusal",)])
    ((), True)
    """
    given = Counter(label for labels in sets for label in dict.fromkeys(labels or (OTHER,)))
    if all(len(labels) <= 1 for labels in sets):
        (first, most), *others = given.most_common(2)
        disputed = bool(others) and others[0][1] == most
        return (() if disputed or first == OTHER else (first,)), disputed
    disputed = any(2 * count == len(sets) for label, count in given.items())
    kept = tuple(label for label, count in given.most_common() if 2 * count > len(sets) and label != OTHER)
    return kept, disputed


def merge_annotations(rows: Sequence[LabelledStatement]) -> list[LabelledStatement]:
    """Rows of the same text, each by an annotator of its own, as one statement; all others as they are."""
    merged: list[LabelledStatement] = []
    place_of: dict[str, int] = {}
    for row in rows:
        at = place_of.get(row.text)
        if len(row.annotations) != 1 or at is None or row.annotations.keys() & merged[at].annotations.keys():
            if len(row.annotations) == 1:
                place_of[row.text] = len(merged)
            merged.append(row)
        else:
            merged[at] = _together(merged[at], row)
    return merged


def annotated_by_file(rows: Sequence[LabelledStatement]) -> list[LabelledStatement]:
    """The same texts in several files, each file by an annotator who goes by its name, as one statement each."""
    named = [row if row.annotations else replace(row, annotations={Path(row.file).stem: row.labels}) for row in rows]
    return merge_annotations(named)


def _together(first: LabelledStatement, second: LabelledStatement) -> LabelledStatement:
    sets = first.annotations | second.annotations
    labels, disputed = settle(list(sets.values()))
    primary = labels[0] if labels else OTHER
    several = first.several or second.several
    return replace(first, primary=primary, labels=labels, several=several, annotations=sets, disputed=disputed)
