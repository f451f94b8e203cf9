"""What is wrong with labelled statements, by file and line, before anything is trained on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from statclass.errors import LabelledDataError
from statclass.labelled.groups import similar_pairs, words_of
from statclass.labelled.statement import LabelledStatement
from statclass.records import OTHER

NEAR_DUPLICATE = 0.8
_MOST_LISTED = 20
_CLASH = " and the labels differ"


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
    return [*check_each(rows, known), *_check_exact_copies(rows), *_check_near_copies(rows)]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and the statements (by their places) that it would be gone without."""

    message: str
    places: tuple[str, ...]

    def __str__(self) -> str:
        return self.message


def problems_for_training(
    rows: Sequence[LabelledStatement], folds: int, known: Iterable[str] | None = None
) -> list[Problem]:
    """What stands in the way of training: problems of single rows, copies whose labels differ, labels with too few.

    Parameters
    ----------
    rows : sequence of LabelledStatement
    folds : int
        Every label needs as many statements as there are folds of the cross-validation; 1 asks for none.
    known : iterable of str, optional
        The labels there are; None takes any.
    """
    allowed = None if known is None else {*known, OTHER}
    alone = [Problem(f"{row.place}: {what}", (row.place,)) for row in rows for what in _problems_of(row, allowed)]
    conflicts = [
        Problem(f"{row.place}: the same text as {first.place}{_CLASH}", (first.place, row.place))
        for first, row in _exact_copies(rows)
        if set(first.labels) != set(row.labels)
    ]
    return [*alone, *conflicts, *_too_few(rows, folds)]


def check_each(rows: Sequence[LabelledStatement], known: Iterable[str] | None = None) -> list[str]:
    """The part of :func:`check_labelled` that looks at each row by itself: empty text, unknown label, odd primary."""
    allowed = None if known is None else {*known, OTHER}
    return [f"{row.place}: {problem}" for row in rows for problem in _problems_of(row, allowed)]


def _problems_of(row: LabelledStatement, allowed: set[str] | None) -> Iterator[str]:
    if not row.text.strip():
        yield "the text is empty"
    if row.disputed:
        said = "; ".join(f"{name}: {', '.join(labels) or OTHER}" for name, labels in row.annotations.items())
        yield f"the annotators are evenly split ({said}); settle it, or leave the statement out"
    unknown = {row.primary, *row.labels} - allowed if allowed is not None else set()
    if unknown:
        yield f"unknown label {', '.join(map(repr, sorted(unknown)))}; expected {', '.join(sorted(allowed or ()))}"
    elif row.primary not in (row.labels or (OTHER,)):
        yield f"primary {row.primary!r} is not among the labels {', '.join(map(repr, row.labels)) or '(none)'}"


def _check_exact_copies(rows: Sequence[LabelledStatement]) -> Iterator[str]:
    for first, row in _exact_copies(rows):
        clash = "" if set(first.labels) == set(row.labels) else _CLASH
        yield f"{row.place}: the same text as {first.place}{clash}"


def _exact_copies(rows: Sequence[LabelledStatement]) -> Iterator[tuple[LabelledStatement, LabelledStatement]]:
    """Pairs of a statement and an earlier one with the same words."""
    first: dict[str, LabelledStatement] = {}
    for row in rows:
        key = " ".join(words_of(row.text))
        if key and key in first:
            yield first[key], row
        first.setdefault(key, row)


def _check_near_copies(rows: Sequence[LabelledStatement]) -> Iterator[str]:
    for a, b, overlap in similar_pairs([row.text for row in rows], NEAR_DUPLICATE):
        same_pair = rows[a].values.get("pair") and rows[a].values.get("pair") == rows[b].values.get("pair")
        if overlap < 1.0 and not same_pair:
            yield f"{rows[b].place}: nearly the same text as {rows[a].place} ({overlap:.0%} of the words)"


def _too_few(rows: Sequence[LabelledStatement], folds: int) -> Iterator[Problem]:
    places: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for label in row.labels:
            places[label].append(row.place)
    least = max(2, folds) if folds > 1 else 1
    for label, held in sorted(places.items()):
        if len(held) < least:
            yield Problem(
                f"{held[0]}: too few statements labelled {label!r}: found {len(held)} ({', '.join(held)}), expected at "
                f"least {least} for {folds} folds; add statements, merge labels, or set folds lower",
                tuple(held),
            )


def refuse_problems(problems: Sequence[str], where: str) -> None:
    """Raise LabelledDataError when there are problems; the message shows the first of them."""
    if problems:
        shown = "\n".join(problems[:_MOST_LISTED])
        more = f"\n(and {len(problems) - _MOST_LISTED} more)" if len(problems) > _MOST_LISTED else ""
        raise LabelledDataError(f"{len(problems)} problems in {where}:\n{shown}{more}", tuple(problems))
