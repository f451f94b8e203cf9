"""A lesson: what a slower model says of training statements and of variations of them.

The labels that people gave say which types a statement has; a slower, more accurate model also says how nearly it has
the others. Learning from both is distillation (Hinton, Vinyals and Dean 2015, "Distilling the knowledge in a neural
network"). A lesson is a small file of scores: the texts are those of the labelled data, and of
:func:`~statclass.variation.variations`, which makes the same ones every time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from statclass.errors import DataError, InputError
from statclass.variation import variations

Floats = NDArray[np.float64]
Score = Callable[[Sequence[str]], Floats]
LESSON = "lesson.npz"
"""Of the corpus of the shipped model, beside it."""
_STEPS = 255


@dataclass(frozen=True)
class Lesson:
    """Scores of statements and of their variations.

    Parameters
    ----------
    types : tuple of str
        The types, in the order of the columns.
    own : float array of shape (n_statements, 2 * n_types + 1)
        A score for each type by itself, then the shares of each type, and of none, as the primary; from 0 to 1.
    varied : float array of shape (n_statements * each, 2 * n_types + 1)
        The same of the variations, those of the first statement first.
    each, seed : int
        Of the variations.
    sha256 : str
        Hash of the statements.
    """

    types: tuple[str, ...]
    own: Floats
    varied: Floats
    each: int
    seed: int
    sha256: str

    @property
    def origin(self) -> NDArray[np.int64]:
        """Index of the statement that each variation was made of."""
        return np.repeat(np.arange(len(self.own)), self.each)

    def variations(self, statements: Sequence[str]) -> list[str]:
        """The variations that were scored.

        Raises
        ------
        DataError
            When these are not the statements that the lesson is about.
        """
        self._refuse_others(statements)
        return variations(statements, self.each, self.seed)

    def halfway(self, aims: Floats, statements: Sequence[str], types: Sequence[str]) -> Floats:
        """Halfway between what is aimed at and what the lesson says of the statements themselves.

        Parameters
        ----------
        aims : float array of shape (n_statements, 2 * n_types + 1)
            As the lesson's own scores.
        statements : sequence of str
        types : sequence of str
            In the order of the columns.

        Raises
        ------
        DataError
            When these are not the statements that the lesson is about.
        InputError
            When these are not its types.
        """
        self._refuse_others(statements)
        if self.types != tuple(types):
            raise InputError(f"the lesson is about {', '.join(self.types)}; the labels are {', '.join(types)}")
        return (aims + self.own) / 2

    def _refuse_others(self, statements: Sequence[str]) -> None:
        if hash_of(statements) != self.sha256:
            raise DataError(
                f"the lesson is about {len(self.own)} other statements than these {len(statements)}, or the same in "
                "another order; make it again with: python -m statclass.encoder.train lesson"
            )

    def hash(self) -> str:
        """SHA-256 of what the lesson says and of what it is about."""
        content = self.sha256.encode() + _in_steps(self.own).tobytes() + _in_steps(self.varied).tobytes()
        return hashlib.sha256(content).hexdigest()

    def save(self, path: str | PathLike[str]) -> None:
        """Write the lesson as a file of arrays, with scores in steps of 1/255."""
        with open(path, "wb") as stream:
            np.savez_compressed(
                stream,
                types=np.array(self.types),
                own=_in_steps(self.own),
                varied=_in_steps(self.varied),
                each=self.each,
                seed=self.seed,
                sha256=self.sha256,
            )


def read_lesson(path: str | PathLike[str]) -> Lesson:
    """A lesson that was saved.

    Raises
    ------
    DataError
        When the file is not there, or is not a lesson.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return Lesson(
                tuple(arrays["types"].tolist()),
                arrays["own"].astype(float) / _STEPS,
                arrays["varied"].astype(float) / _STEPS,
                int(arrays["each"]),
                int(arrays["seed"]),
                str(arrays["sha256"]),
            )
    except (OSError, KeyError, ValueError, BadZipFile) as error:
        raise DataError(f"{path}: cannot be read as a lesson ({error}); expected one that statclass wrote") from error


def make_lesson(
    types: Sequence[str],
    statements: Sequence[str],
    score: Score,
    each: int,
    seed: int = 0,
    of_own: Score | None = None,
) -> Lesson:
    """What a model says of statements and of their variations.

    Parameters
    ----------
    types : sequence of str
    statements : sequence of str
    score : callable
        Takes statements, returns an array of shape (n_statements, 2 * n_types + 1) as in :class:`Lesson`.
    each, seed : int
        Of the variations.
    of_own : callable, optional
        The same for the statements themselves, when another model is asked of those.
    """
    varied = score(variations(statements, each, seed))
    return Lesson(tuple(types), (of_own or score)(statements), varied, each, seed, hash_of(statements))


def hash_of(statements: Sequence[str]) -> str:
    """SHA-256 of statements in their order.

    Examples
    --------
    >>> hash_of(["a", "b"]) == hash_of(["b", "a"])
    False
    """
    return hashlib.sha256("\x1e".join(statements).encode("utf-8", "surrogatepass")).hexdigest()


def _in_steps(scores: Floats) -> NDArray[np.uint8]:
    return np.rint(scores * _STEPS).astype(np.uint8)
