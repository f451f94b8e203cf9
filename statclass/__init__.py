"""What does a diplomatic statement do? Accuse, refuse, condemn, deny, or none of these.

The whole public API is on this screen. Labelling needs NumPy alone; scikit-learn is imported by training.

Examples
--------
>>> import statclass
>>> statclass.classify("We will not be summoned by anyone.").label
'refusal'
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from os import PathLike
from typing import TypeVar

from statclass.errors import (
    CueError,
    DataError,
    InputError,
    LabelledDataError,
    MissingExtraError,
    ModelError,
    StatclassError,
)
from statclass.model import StatementClassifier
from statclass.persistence import load_model
from statclass.records import OTHER, Contribution, Prediction, Statement, StatementType
from statclass.resources import DEFAULT_MODEL, model_folder

__version__ = "0.1.0"
__all__ = [
    "OTHER",
    "Contribution",
    "CueError",
    "DataError",
    "InputError",
    "LabelledDataError",
    "MissingExtraError",
    "ModelError",
    "Prediction",
    "StatclassError",
    "Statement",
    "StatementClassifier",
    "StatementType",
    "classify",
    "classify_article",
    "classify_many",
    "explain",
    "extract",
    "label_frame",
    "load",
    "train",
]

Frame = TypeVar("Frame")


@cache
def _default() -> StatementClassifier:
    return load_model(model_folder(DEFAULT_MODEL))


def load(model: str | PathLike[str] = DEFAULT_MODEL) -> StatementClassifier:
    """A saved model: the shipped one, or the one in a folder.

    Parameters
    ----------
    model : str or path
        A folder; or ``"default"``, ``"accurate"``, ``"cascade"`` or ``"large"``, which ship with statclass.

    Raises
    ------
    MissingExtraError
        When the model needs an extra that is not installed.
    ModelError
        When the folder is missing, damaged, incomplete or of an unknown format.
    """
    return _default() if model == DEFAULT_MODEL else load_model(model_folder(str(model)))


def classify(statement: str) -> Prediction:
    """What one statement does, by the shipped model.

    Examples
    --------
    >>> p = classify("We will not be summoned by anyone.")
    >>> p.labels, p.scores["refusal"] > 0.5
    (('refusal',), True)
    """
    return _default().classify(statement)


def classify_many(statements: Iterable[str]) -> list[Prediction]:
    """What each of many statements does, in order; the fast path.

    Examples
    --------
    >>> [p.label for p in classify_many(["We deny these allegations.", "The talks resume on Monday."])]
    ['denial', 'other']
    """
    return _default().classify_many(statements)


def extract(article: str) -> list[Statement]:
    """The quoted and reported statements of an article, in order; see :mod:`statclass.extraction`.

    Examples
    --------
    >>> [(s.kind, s.speaker) for s in extract("“We refuse to attend,” said Ana Silva.")]
    [('quote', 'Ana Silva')]
    """
    from statclass.extraction import extract as extract_statements

    return extract_statements(article)


def classify_article(article: str) -> list[tuple[Statement, Prediction]]:
    """The quoted and reported statements of an article, each with what it does.

    Examples
    --------
    >>> [(s.speaker, p.label) for s, p in classify_article("“We refuse to attend,” said Ana Silva.")]
    [('Ana Silva', 'refusal')]
    """
    statements = extract(article)
    return list(zip(statements, classify_many(s.text for s in statements), strict=True))


def label_frame(frame: Frame, column: str | None = None, model: str = DEFAULT_MODEL) -> Frame:
    """A data frame of pandas, polars or pyarrow with a label for each row; see :mod:`statclass.frames`.

    It suits Dask's ``map_partitions``, Spark's ``mapInPandas`` and Ray Data's ``map_batches``.
    """
    from statclass.frames import label_frame as label

    return label(frame, column, model)


def explain(statement: str) -> list[Contribution]:
    """Which words moved which type, strongest first, by the shipped model.

    Examples
    --------
    >>> strongest = explain("They lied.")[0]
    >>> strongest.words
    ('lied',)
    """
    return _default().explain(statement)


def train(paths: object, **settings: object) -> StatementClassifier:
    """Train a classifier on labelled files or data frames; see :func:`statclass.training.train` for the settings."""
    from statclass.training import train as train_on_files

    return train_on_files(paths, **settings)  # type: ignore[arg-type]
