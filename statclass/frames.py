"""Data frames in, labelled data frames out: pandas, polars and pyarrow, on one machine or inside an engine.

``label_frame`` is what Dask's ``map_partitions``, Spark's ``mapInPandas`` and Ray Data's ``map_batches`` want: it takes
a frame and gives one with the same rows, has no state of its own, and loads the model once in each process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from statclass.blocks import PROBLEM, Labelled, classifier_of, our_values, predictions_of, problem_of_text
from statclass.errors import InputError
from statclass.formats import Rows, text_column
from statclass.formats.rows import free_name
from statclass.model import StatementClassifier

Frame = TypeVar("Frame")


def label_frame(frame: Frame, column: str | None = None, model: str = "default") -> Frame:
    """A data frame with a label for each row.

    Parameters
    ----------
    frame : pandas.DataFrame, polars.DataFrame or pyarrow.Table
        Is left as it is.
    column : str, optional
        The text column; found by its usual names (quote, quotation, text, statement) when not given.
    model : str
        A shipped name, or a folder.

    Returns
    -------
    frame of the same kind
        Its columns and index, then ``label``, ``labels``, one ``score_<type>`` a type, and ``problem``. A row without a
        statement has no label, and says why. Where a name is taken, ours is ``predicted_<name>``.

    Raises
    ------
    InputError
        When it is no such frame.
    DataError
        When it has no such column.

    Examples
    --------
    >>> import polars
    >>> label_frame(polars.DataFrame({"quote": ["We refuse to sign.", None]}))["label"].to_list()
    ['refusal', None]
    """
    library = type(frame).__module__.partition(".")[0]
    if library not in _KINDS or not hasattr(frame, "columns"):
        found = f"{type(frame).__module__}.{type(frame).__name__}"
        raise InputError(f"expected a DataFrame of pandas or polars, or a Table of pyarrow; found {found}")
    read, add = _KINDS[library]
    names = list(getattr(frame, "column_names", None) or frame.columns)
    wanted = text_column((name for name in names if isinstance(name, str)), column, "the frame")
    ours = label_values(read(frame, wanted), classifier_of(model))
    labelled: Frame = add(frame, {free_name(name, names): (_type_of(name), values) for name, values in ours.items()})
    return labelled


def label_values(values: Iterable[Any], classifier: StatementClassifier) -> dict[str, list[Any]]:
    """The columns that labelling adds to a column of values, of which only strings that are not blank get a label."""
    texts = list(values)
    problems = {n: problem_of_text(text) for n, text in enumerate(texts) if type(text) is not str or not text.strip()}
    readable = ["" if n in problems else text for n, text in enumerate(texts)]
    predictions, wrong = predictions_of(readable, problems, classifier)
    return our_values(Labelled(Rows([], (), {}), predictions, problems | wrong, classifier.types_))


def _type_of(name: str) -> str:
    return {"label": "text", "labels": "texts", PROBLEM: "text"}.get(name, "score")


Columns = dict[str, tuple[str, list[Any]]]


def _add_to_pandas(frame: Any, columns: Columns) -> Any:
    import pandas

    series = {
        name: pandas.Series(values, frame.index, "float64" if kind == "score" else "object")
        for name, (kind, values) in columns.items()
    }
    return frame.assign(**series)


def _add_to_polars(frame: Any, columns: Columns) -> Any:
    import polars

    kinds: dict[str, Any] = {"text": polars.String, "texts": polars.List(polars.String), "score": polars.Float64}
    return frame.with_columns(polars.Series(name, values, kinds[kind]) for name, (kind, values) in columns.items())


def _add_to_pyarrow(table: Any, columns: Columns) -> Any:
    import pyarrow

    kinds = {"text": pyarrow.string(), "texts": pyarrow.list_(pyarrow.string()), "score": pyarrow.float64()}
    for name, (kind, values) in columns.items():
        table = table.append_column(name, pyarrow.array(values, kinds[kind]))
    return table


_KINDS: dict[str, tuple[Callable[[Any, str], Iterable[Any]], Callable[[Any, Columns], Any]]] = {
    "pandas": (lambda frame, name: frame[name].tolist(), _add_to_pandas),
    "polars": (lambda frame, name: frame[name].to_list(), _add_to_polars),
    "pyarrow": (lambda table, name: table[name].to_pylist(), _add_to_pyarrow),
}
