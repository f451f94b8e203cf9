"""Every error that statclass raises on purpose. Each says what was found, where, what was expected and what to do."""

from __future__ import annotations


class StatclassError(Exception):
    """Base class of all errors raised by statclass."""


class InputError(StatclassError, ValueError):
    """A value handed to a function is not of the kind that it takes."""


class DataError(StatclassError, ValueError):
    """A file of statements, articles or labels cannot be read as it stands."""


class OutputError(DataError):
    """An output cannot be written, or must not be."""


class LabelledDataError(DataError):
    """A labelled file has one or more problems; `problems` lists them all with file and line."""

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class ModelError(StatclassError):
    """A model folder is missing, incomplete, damaged or of a format that this version does not know."""


class CueError(StatclassError, ValueError):
    """The cue lexicon does not pass its checks."""


class MissingExtraError(StatclassError, ImportError):
    """An optional ability was asked for whose packages are not installed."""
