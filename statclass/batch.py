"""Quote files in, labelled files out, one block of rows in memory at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from statclass.errors import DataError
from statclass.formats import Row, Source, text_column
from statclass.model import StatementClassifier
from statclass.records import Prediction

BLOCK_ROWS = 8192
PROBLEM = "problem"
REPLACED = "\ufffd"

Classify = Callable[[list[str]], list[Prediction]]


@dataclass
class Counts:
    """What a run read and labelled; ``read == labelled + with_problem``."""

    read: int = 0
    labelled: int = 0
    with_problem: int = 0
    labels: Counter[str] = field(default_factory=Counter)

    def add(self, row: dict[str, Any]) -> None:
        """Count one row that goes out."""
        label = row.get("predicted_label", row["label"])
        self.read += 1
        if label is None:
            self.with_problem += 1
        else:
            self.labelled += 1
            self.labels[label] += 1

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {label}" for label, count in self.labels.most_common())
        return f"{self.read} rows: {self.labelled} labelled ({kinds or 'none'}), {self.with_problem} with a problem"


def label_source(
    source: Source, classifier: StatementClassifier, column: str | None = None, counts: Counts | None = None
) -> Iterator[dict[str, Any]]:
    """Label every row of an opened file, in order.

    Parameters
    ----------
    source : Source
        From :func:`statclass.formats.open_rows`.
    classifier : StatementClassifier
    column : str, optional
        The text column; found by its usual names when not given.
    counts : Counts, optional
        Filled as the rows go out.

    Yields
    ------
    dict
        The columns that came in, then ``label``, ``labels``, one ``score_<type>`` a type, and ``problem``. A row that
        cannot be labelled has None for the label and says why.
    """
    wanted = text_column(source.columns, column, source.name) if source.columns else column
    counts = counts if counts is not None else Counts()
    for block in _blocks(source.rows, BLOCK_ROWS):
        for row in _label_block(block, classifier, wanted):
            counts.add(row)
            yield row


def _label_block(block: list[Row], classifier: StatementClassifier, column: str | None) -> Iterator[dict[str, Any]]:
    texts, problems = zip(*(_text_of(row, column) for row in block), strict=True)
    predictions = classifier.classify_many(text or "" for text in texts)
    for row, problem, prediction in zip(block, problems, predictions, strict=True):
        ours = empty_columns(classifier) if problem else prediction_columns(prediction)
        if problem:
            ours[PROBLEM] = problem
        elif prediction.problem is None and REPLACED in row.values[column or text_column(row.values, None, row.file)]:
            ours[PROBLEM] = f"{row.file}:{row.line}: bytes that are not in the file's encoding were replaced"
        yield beside(row.values, ours)


def beside(values: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """A row's own columns as they came, then ours; where a name is taken, ours is ``predicted_<name>``.

    Examples
    --------
    >>> beside({"label": "mine"}, {"label": "denial"})
    {'label': 'mine', 'predicted_label': 'denial'}
    """
    return values | {f"predicted_{name}" if name in values else name: value for name, value in ours.items()}


def prediction_columns(prediction: Prediction) -> dict[str, Any]:
    """A prediction as the columns of a labelled file."""
    scores = {f"score_{name}": round(score, 4) for name, score in prediction.scores.items()}
    return {"label": prediction.label, "labels": list(prediction.labels), **scores, PROBLEM: prediction.problem}


def empty_columns(classifier: StatementClassifier) -> dict[str, Any]:
    """The columns of a labelled file for a row that could not be labelled."""
    return {"label": None, "labels": [], **{f"score_{name}": None for name in classifier.types_}}


def _text_of(row: Row, column: str | None) -> tuple[str | None, str | None]:
    place = f"{row.file}:{row.line}"
    if row.problem:
        return None, f"{place}: {row.problem}"
    try:
        text = row.values[column or text_column(row.values, None, place)]
    except KeyError:
        return None, f"{place}: no column {column!r}"
    except DataError as error:
        return None, str(error)
    if isinstance(text, str) and not text.strip():
        return None, f"{place}: empty"
    if not isinstance(text, str):
        return None, f"{place}: the text is {type(text).__name__}, expected a string"
    return text, None


def _blocks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while block := list(islice(iterator, size)):
        yield block
