"""What annotation tools export, as plain rows: Label Studio, doccano, Prodigy and Argilla.

Each function takes the rows of a file and gives rows with the text's own columns, a ``label`` (a label or a list of
labels) and, where the tool tells, an ``annotator``: one row for each annotation. Tasks that nobody finished, that were
skipped, cancelled or discarded, give no row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from statclass.formats import Row

LABEL, ANNOTATOR = "label", "annotator"
Plain = Iterator[Row]
_UNFINISHED = ("draft", "discarded", "pending")


def plain_rows(rows: Iterable[Row]) -> Plain:
    """The rows of a file as they are, or translated when they come from an annotation tool."""
    rows = iter(rows)
    seen: list[Row] = []
    for row in rows:
        seen.append(row)
        if row.values and not row.problem:
            translate = tool_of(row.values)
            yield from translate(chain(seen, rows)) if translate else chain(seen, rows)
            return
    yield from seen


def tool_of(values: Mapping[str, Any] | Sequence[str]) -> Callable[[Iterable[Row]], Plain] | None:
    """What translates rows like this one, or rows with these columns; None when they need no translation."""
    values = values if isinstance(values, Mapping) else dict.fromkeys(values)
    if isinstance(values.get("data"), dict) and ("annotations" in values or "completions" in values):
        return label_studio
    if isinstance(values.get("fields"), dict):
        return argilla
    if any(name.endswith(".responses") for name in values):
        return argilla_flattened
    if "answer" in values and ("accept" in values or LABEL in values):
        return prodigy
    if "annotation_id" in values and "lead_time" in values:
        return label_studio_table
    return None


def label_studio(rows: Iterable[Row]) -> Plain:
    """Label Studio's JSON: a task with its ``data`` and ``annotations``, each with ``choices`` in its result."""
    for row in rows:
        if row.problem or not isinstance(row.values.get("data"), dict):
            yield _passed(row, "expected a Label Studio task with 'data'")
            continue
        for annotation in row.values.get("annotations") or row.values.get("completions") or ():
            if annotation.get("was_cancelled"):
                continue
            results = [result for result in annotation.get("result", ()) if isinstance(result.get("value"), dict)]
            chosen = [result["value"]["choices"] for result in results if "choices" in result["value"]]
            if results and not chosen:
                yield Row(row.values["data"], row.file, row.line, "the annotation has no choices of the whole text")
                continue
            labels = list(dict.fromkeys(label for labels in chosen for label in labels))
            yield _annotated(row, row.values["data"], labels, annotation.get("completed_by"))


def label_studio_table(rows: Iterable[Row]) -> Plain:
    """Label Studio's JSON-MIN and CSV: a row for each annotation; several choices are an object in one cell."""
    known = ("id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time")
    for row in rows:
        values = {name: _opened(value) for name, value in row.values.items()}
        chosen = [name for name, value in values.items() if isinstance(value, dict) and "choices" in value]
        if chosen and LABEL not in values:
            values[LABEL] = values[chosen[0]]
        elif LABEL not in values:
            named = [name for name in values if name in ("sentiment", "choice", "class", "category", "labels")]
            own = named or [name for name in list(values)[::-1] if name not in (*known, "text")]
            values |= {LABEL: values[own[0]]} if own else {}
        yield Row(values, row.file, row.line, row.problem)


def prodigy(rows: Iterable[Row]) -> Plain:
    """Prodigy's JSONL: a chosen list in ``accept``, or one ``label`` that was accepted or rejected.

    Yes-or-no answers about one text and by one annotator become one row: the set of the labels that were accepted.
    """
    sets: dict[tuple[Any, Any], Row] = {}
    for row in rows:
        answer, values = row.values.get("answer"), row.values
        if row.problem or answer not in ("accept", "reject", "ignore"):
            yield _passed(row, f"the answer is {answer!r}, expected accept, reject or ignore")
            continue
        annotator = values.get("_annotator_id") or values.get("_session_id")
        if answer == "ignore" or (answer == "reject" and "accept" in values):
            continue
        if "accept" in values:
            yield _annotated(row, values, values["accept"], annotator)
            continue
        key = (values.get("text"), annotator)
        if key not in sets:
            sets[key] = _annotated(row, values, [], annotator)
        if answer == "accept":
            sets[key].values[LABEL].append(values[LABEL])
    yield from sets.values()


def argilla(rows: Iterable[Row]) -> Plain:
    """Argilla's records: ``fields`` with the text, ``responses`` by question (version 2) or by user (version 1)."""
    for row in rows:
        if row.problem or not isinstance(row.values.get("fields"), dict):
            yield _passed(row, "expected an Argilla record with 'fields'")
            continue
        responses = row.values.get("responses") or {}
        answers = _by_question(responses) if isinstance(responses, dict) else _by_user(responses)
        for value, annotator in answers:
            yield _annotated(row, {**(row.values.get("metadata") or {}), **row.values["fields"]}, value, annotator)


def _by_question(responses: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    for answer in next(iter(responses.values()), None) or ():
        if answer.get("status") not in _UNFINISHED:
            yield answer.get("value"), answer.get("user_id")


def _by_user(responses: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    for answer in responses:
        values = answer.get("values") or {}
        if answer.get("status") not in _UNFINISHED and values:
            yield next(iter(values.values())).get("value"), answer.get("user_id")


def argilla_flattened(rows: Iterable[Row]) -> Plain:
    """Argilla's records with ``flatten=True``: ``label.responses`` beside ``label.responses.users``."""
    for row in rows:
        name = next((name for name in row.values if name.endswith(".responses")), None)
        if row.problem or name is None:
            yield _passed(row, "expected an Argilla record with '<question>.responses'")
            continue
        answers = row.values[name] or []
        users = row.values.get(f"{name}.users") or [None] * len(answers)
        states = row.values.get(f"{name}.status") or ["submitted"] * len(answers)
        for value, user, state in zip(answers, users, states, strict=False):
            if state not in _UNFINISHED:
                yield _annotated(row, row.values, value, user)


def _annotated(row: Row, values: Mapping[str, Any], labels: Any, annotator: Any) -> Row:
    if isinstance(annotator, dict):
        annotator = annotator.get("email") or annotator.get("id")
    return Row({**values, LABEL: labels, ANNOTATOR: annotator}, row.file, row.line)


def _passed(row: Row, problem: str) -> Row:
    return row if row.problem else Row(row.values, row.file, row.line, problem)


def _opened(value: Any) -> Any:
    """A cell that holds a JSON object or list, opened; any other as it is."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
