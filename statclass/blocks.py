"""Label a block of rows: from what was read to the bytes that are written, in whatever process that happens."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from statclass.errors import DataError, ModelError
from statclass.formats import Block, Reject, Rows, text_column
from statclass.formats.parquet import table_bytes
from statclass.formats.rows import REPLACED, free_name
from statclass.formats.writing import compressed, json_lines, json_text, table_lines, text_lines, utf8
from statclass.model import StatementClassifier
from statclass.persistence import DESCRIPTION, load_model
from statclass.records import Prediction
from statclass.resources import model_folder

PROBLEM = "problem"
TABLES = ("csv", "tsv")


@dataclass
class Counts:
    """What a run read and labelled; ``read == labelled + with_problem + rejected``.

    Rows with a problem are in the output, without a label; what was rejected is not.
    """

    read: int = 0
    labelled: int = 0
    with_problem: int = 0
    rejected: int = 0
    labels: Counter[str] = field(default_factory=Counter)

    def add(self, label: str | None) -> None:
        """Count one row that goes out, by its label."""
        self.read += 1
        if label is None:
            self.with_problem += 1
        else:
            self.labelled += 1
            self.labels[label] += 1

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.read + other.read,
            self.labelled + other.labelled,
            self.with_problem + other.with_problem,
            self.rejected + other.rejected,
            self.labels + other.labels,
        )

    def as_dict(self) -> dict[str, Any]:
        """The counts as plain JSON types."""
        return {
            "read": self.read,
            "labelled": self.labelled,
            "with_problem": self.with_problem,
            "rejected": self.rejected,
            "labels": dict(self.labels),
        }

    @classmethod
    def from_dict(cls, counts: dict[str, Any]) -> Counts:
        """The inverse of :meth:`as_dict`."""
        return cls(**{**counts, "labels": Counter(counts["labels"])})

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {label}" for label, count in self.labels.most_common())
        rejected = f", {self.rejected} rejected" if self.rejected else ""
        labelled = f"{self.labelled} labelled ({kinds or 'none'})"
        return f"{self.read} rows: {labelled}, {self.with_problem} with a problem{rejected}"


@dataclass(frozen=True)
class Job:
    """How blocks are to be labelled and written: everything that another process has to know.

    Parameters
    ----------
    model : str
        A shipped name, or a folder.
    kind : str
        The format of the output.
    compression : str or None
        Of the output.
    column : str or None
        The text column; found by its usual names when None.
    columns : tuple of str or None
        For an output that is a table: the columns that come in.
    """

    model: str
    kind: str
    compression: str | None = None
    column: str | None = None
    columns: tuple[str, ...] | None = None

    def header(self) -> bytes:
        """What the output begins with."""
        if self.kind not in TABLES:
            return b""
        ours = our_columns(classifier_of(self.model).types_)
        names = [*(self.columns or ()), *(free_name(name, self.columns or ()) for name in ours)]
        return compressed(table_lines([names], self.kind), self.compression)


@dataclass(frozen=True)
class Done:
    """A labelled block: its bytes, its counts, what was rejected, and the first thing that went wrong with it."""

    data: bytes
    counts: Counts
    rejects: tuple[Reject, ...]
    complaint: str | None


@dataclass(frozen=True)
class Labelled:
    """Rows with their predictions, None for those that have no label, and the problems by row number."""

    rows: Rows
    predictions: Sequence[Prediction | None]
    problems: dict[int, str]
    types: tuple[str, ...]

    def dicts(self) -> Iterator[dict[str, Any]]:
        """The rows: the columns that came in, then ours."""
        for n, (values, prediction) in enumerate(zip(self.rows.values, self.predictions, strict=True)):
            yield beside(values, columns_of(prediction, self.types, self.problems.get(n)))


def seal_of(model: str) -> str:
    """A checksum of a model; the description of which it is taken holds those of all the model's parts.

    Raises
    ------
    ModelError
        When there is no such model.
    """
    try:
        return hashlib.sha256((model_folder(model) / DESCRIPTION).read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"{model}: no such model folder; expected a folder with {DESCRIPTION}") from error


def classifier_of(model: str) -> StatementClassifier:
    """The model of a name or folder, loaded once in each process unless it was changed."""
    return _loaded(model, seal_of(model))


@lru_cache(maxsize=4)
def _loaded(model: str, seal: str) -> StatementClassifier:
    return load_model(model_folder(model))


def label_block(job: Job, block: Block) -> Done:
    """Parse, label and write a block."""
    labelled = label_rows(block.parse(), classifier_of(job.model), block.file, job.column)
    data, unfit = written(labelled, job)
    rejects = (*block.rejects, *(_reject(labelled, n, reason, block.file) for n, reason in unfit.items()))
    kept = (prediction for n, prediction in enumerate(labelled.predictions) if n not in unfit)
    labels = Counter(prediction.label for prediction in kept if prediction is not None)
    before, rejected = sum(reject.rows for reject in block.rejects), sum(reject.rows for reject in rejects)
    counts = Counts(len(labelled.predictions) + before, sum(labels.values()), 0, rejected, labels)
    counts.with_problem = counts.read - counts.labelled - counts.rejected
    complaints = [str(rejects[0])] if rejects else [labelled.problems[n] for n in sorted(labelled.problems)[:1]]
    return Done(compressed(data, job.compression), counts, rejects, complaints[0] if complaints else None)


def _reject(labelled: Labelled, n: int, reason: str, file: str) -> Reject:
    return Reject(file, labelled.rows.lines[n], reason, labelled.rows.values[n])


def label_rows(rows: Rows, classifier: StatementClassifier, file: str, column: str | None = None) -> Labelled:
    """Label rows; one that cannot be labelled has no prediction, and a problem with file and line."""
    texts, problems = _texts(rows, file, column)
    predictions, wrong = predictions_of(texts, problems, classifier)
    for n, problem in wrong.items():
        problems[n] = f"{file}:{rows.lines[n]}: {problem}" if predictions[n] is None else problem
    if rows.replaced:
        for n, values in enumerate(rows.values):
            if n not in problems and any(type(value) is str and REPLACED in value for value in values.values()):
                problems[n] = f"{file}:{rows.lines[n]}: holds U+FFFD, for bytes that are not in the file's encoding"
    return Labelled(rows, predictions, problems, classifier.types_)


def predictions_of(
    texts: list[str], without: Container[int], classifier: StatementClassifier
) -> tuple[list[Prediction | None], dict[int, str]]:
    """Predictions, None for the texts that are to have none or cannot be labelled; and by number, what was wrong."""
    predictions = _classified(texts, classifier)
    wrong: dict[int, str] = {}
    for n, prediction in enumerate(predictions):
        if isinstance(prediction, Exception):
            wrong[n] = f"cannot be labelled ({type(prediction).__name__}: {prediction}); please report it"
        elif prediction.problem is not None and n not in without:
            wrong[n] = prediction.problem
    return [None if n in without or isinstance(p, Exception) else p for n, p in enumerate(predictions)], wrong


def _classified(texts: list[str], classifier: StatementClassifier) -> list[Prediction | Exception]:
    """A prediction for each text; should one of millions not be borne, the others are labelled all the same."""
    try:
        return list(classifier.classify_many(texts))
    except MemoryError:
        raise
    except Exception as error:
        if len(texts) == 1:
            return [error]
        half = len(texts) // 2
        return [*_classified(texts[:half], classifier), *_classified(texts[half:], classifier)]


def _texts(rows: Rows, file: str, column: str | None) -> tuple[list[str], dict[int, str]]:
    """The statement of each row, and why some rows have none."""
    texts: list[str] = []
    problems = {n: f"{file}:{rows.lines[n]}: {problem}" for n, problem in rows.problems.items()}
    columns: dict[tuple[str, ...], str | None] = {}
    for n, values in enumerate(rows.values):
        names = tuple(values)
        if names not in columns:
            columns[names] = _column_of(names, column)
        text = values.get(columns[names])  # type: ignore[arg-type]
        if type(text) is not str or text.isspace() or not text:
            problems.setdefault(n, _no_text(values, text, f"{file}:{rows.lines[n]}", column))
            text = ""
        texts.append(text)
    return texts, problems


def _column_of(names: Iterable[str], column: str | None) -> str | None:
    try:
        return text_column(names, column, "")
    except DataError:
        return None


def _no_text(values: dict[str, Any], text: Any, place: str, column: str | None) -> str:
    """Why a row has no statement."""
    try:
        text_column(values, column, place)
    except DataError as error:
        return f"{place}: no column {column!r}" if column else str(error)
    return f"{place}: {problem_of_text(text)}"


def problem_of_text(text: Any) -> str:
    """Why a value is no statement."""
    nothing = text is None or isinstance(text, str) or (isinstance(text, float) and text != text)
    if nothing or type(text).__name__ in ("NAType", "NaTType"):
        return "empty"
    return f"the text is {type(text).__name__}, expected a string"


def written(labelled: Labelled, job: Job) -> tuple[bytes, dict[int, str]]:
    """Labelled rows in the format of a job; and by row number, why some have no place in its table."""
    if job.kind == "jsonl":
        return _json_lines(labelled), {}
    if job.kind == "txt":
        return text_lines(None if p is None else p.label for p in labelled.predictions), {}
    if job.kind == "parquet":
        return table_bytes(labelled.rows, our_values(labelled)), {}
    unfit = _unfit(labelled.rows.values, job.columns or ())
    return table_lines(_cells(labelled, job.columns or (), unfit), job.kind), unfit


def written_rows(rows: list[dict[str, Any]], job: Job) -> tuple[bytes, dict[int, str]]:
    """Rows that hold our columns already, in the format of a job; and by row number, why some have no place there."""
    if job.kind == "jsonl":
        return json_lines(rows), {}
    if job.kind == "txt":
        return text_lines(row["label"] for row in rows), {}
    if job.kind == "parquet":
        return table_bytes(Rows(rows, range(len(rows)), {}), {}), {}
    columns = job.columns or ()
    unfit = _unfit(rows, columns)
    return table_lines((map(row.get, columns) for n, row in enumerate(rows) if n not in unfit), job.kind), unfit


def _json_lines(labelled: Labelled) -> bytes:
    """Rows as JSON Lines: objects that came as JSON stay as they are, character by character, and get our columns."""
    rows = labelled.rows
    problems, lines = labelled.problems, []
    ends: dict[tuple[str, ...], _JsonEnd] = {}
    objects = rows.objects if rows.objects is not None else map(json_text, rows.values)
    for n, (text, values, prediction) in enumerate(zip(objects, rows.values, labelled.predictions, strict=True)):
        names = tuple(values)
        if names not in ends:
            ends[names] = _JsonEnd(labelled.types, names)
        end = ends[names].of(prediction, problems.get(n))
        lines.append(f"{text[:-1]}, {end}\n" if names else f"{{{end}\n")
    return utf8("".join(lines))


class _JsonEnd:
    """The end of a JSON object with our columns, under names that the object does not have."""

    def __init__(self, types: Sequence[str], taken: Sequence[str]) -> None:
        label, labels, *scores, problem = (_quoted(free_name(name, taken)) for name in our_columns(types))
        self._label, self._labels = label, labels
        self._heads: dict[tuple[str, ...], str] = {}
        self._scores = "".join(f"{name.replace('%', '%%')}: %.4f, " for name in scores)
        self._nothing = f"{label}: null, {labels}: [], " + "".join(f"{name}: null, " for name in scores)
        self._problem = f"{problem}: "

    def of(self, prediction: Prediction | None, problem: str | None) -> str:
        """The end for one prediction."""
        last = f"{self._problem}null}}" if problem is None else f"{self._problem}{_quoted(problem)}}}"
        if prediction is None:
            return self._nothing + last
        key = (prediction.label, *prediction.labels)
        if key not in self._heads:
            self._heads[key] = f"{self._label}: {_quoted(key[0])}, {self._labels}: {_quoted(key[1:])}, "
        return self._heads[key] + self._scores % tuple(prediction.scores.values()) + last


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _unfit(rows: Iterable[dict[str, Any]], columns: Sequence[str]) -> dict[int, str]:
    """Rows that have columns which a table does not have."""
    more: dict[tuple[str, ...], str] = {}
    unfit = {}
    for n, values in enumerate(rows):
        names = tuple(values)
        if names not in more:
            more[names] = ", ".join(repr(name) for name in names if name not in columns)
        if more[names]:
            unfit[n] = f"the output is a table without the columns {more[names]}; write .jsonl to keep such rows"
    return unfit


def _cells(labelled: Labelled, columns: tuple[str, ...], unfit: dict[int, str]) -> Iterator[list[Any]]:
    ours = zip(*our_values(labelled).values(), strict=True)
    for n, (values, added) in enumerate(zip(labelled.rows.values, ours, strict=True)):
        if n not in unfit:
            yield [*map(values.get, columns), *added]


def our_values(labelled: Labelled) -> dict[str, list[Any]]:
    """Our columns of labelled rows, by name, with an item a row."""
    predictions, types = labelled.predictions, labelled.types
    nothing = dict.fromkeys(types)
    scores = [nothing if p is None else p.scores for p in predictions]
    return {
        "label": [p and p.label for p in predictions],
        "labels": [list(p.labels) if p else [] for p in predictions],
        **{f"score_{name}": [s and round(s, 4) for s in (row[name] for row in scores)] for name in types},
        PROBLEM: [labelled.problems.get(n) for n in range(len(predictions))],
    }


def our_columns(types: Iterable[str]) -> list[str]:
    """The names of the columns that labelling adds.

    Examples
    --------
    >>> our_columns(["denial"])
    ['label', 'labels', 'score_denial', 'problem']
    """
    return ["label", "labels", *(f"score_{name}" for name in types), PROBLEM]


def beside(values: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """A row's own columns as they came, then ours; where a name is taken, ours is ``predicted_<name>``.

    Examples
    --------
    >>> beside({"label": "mine"}, {"label": "denial"})
    {'label': 'mine', 'predicted_label': 'denial'}
    """
    return values | {free_name(name, values): value for name, value in ours.items()}


def columns_of(prediction: Prediction | None, types: Sequence[str], problem: str | None = None) -> dict[str, Any]:
    """A prediction as the columns of a labelled file; without one, those of a row that could not be labelled."""
    if prediction is None:
        return {"label": None, "labels": [], **{f"score_{name}": None for name in types}, PROBLEM: problem}
    scores = {f"score_{name}": round(score, 4) for name, score in prediction.scores.items()}
    labels = list(prediction.labels)
    return {"label": prediction.label, "labels": labels, **scores, PROBLEM: problem or prediction.problem}
