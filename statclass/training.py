"""Labelled files in, a classifier out with its scores: what ``statclass.train`` and the command do."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from os import PathLike
from typing import Any

import numpy as np

from statclass.adaptation import Ground, adapt_classifier
from statclass.errors import InputError, LabelledDataError
from statclass.evaluation import evaluate
from statclass.fitting import Progress, fit_classifier, quietly
from statclass.labelled import (
    Labelled,
    LabelledStatement,
    groups_of,
    problems_for_training,
    read_labelled,
    refuse_missing_column,
    refuse_problems,
)
from statclass.learning import Fitted, cross_validation_report, minimal_pairs
from statclass.lesson import LESSON, Lesson, read_lesson
from statclass.model import Labels, StatementClassifier, type_order
from statclass.persistence import load_model
from statclass.resources import ACCURATE, DEFAULT_MODEL, model_folder, shipped

BASE_WEIGHT = 4.0
CURVE_SHARES = (0.25, 0.5)
PAIR_COLUMN = "pair"
REGISTER_COLUMNS = ("register", "kind")
_WORTH_A_CURVE = 200


def train(
    paths: Labelled | Iterable[Labelled],
    *,
    text: str | None = None,
    label: str | None = None,
    annotators: Sequence[str] = (),
    group: str | None = None,
    labels: Iterable[str] | None = None,
    base: str | PathLike[str] | bool | None = None,
    weight: float = BASE_WEIGHT,
    anew: bool = False,
    lesson: str | PathLike[str] | bool = False,
    skip_problems: bool = False,
    held_out: Mapping[str, str | PathLike[str]] | None = None,
    curve: bool = True,
    encoder: str | None = None,
    notes: str = "",
    progress: Progress = quietly,
    **settings: Any,
) -> StatementClassifier:
    """Train a classifier on labelled files.

    Parameters
    ----------
    paths : path, data frame, or iterable of them
        As :func:`~statclass.labelled.read_labelled` takes them: .csv, .tsv, .jsonl and .json files, exports of
        annotation tools, folders, pandas and polars frames.
    text, label, group : str, optional
        Column names, when they are not the usual ones. Rows of one group never stand on both sides of a
        cross-validation split; without a column, near-duplicates are kept together.
    annotators : sequence of str, optional
        Columns with one annotator's labels each; most of them decide.
    labels : iterable of str, optional
        The labels that there are; any other in the data is a problem.
    base : path or True, optional
        What to start from: True for the shipped model, which is adapted to `paths` (:mod:`statclass.adaptation`), or
        labelled data, to which `paths` are added. All labels of `paths` must be among the base's.
    weight : float, default=4.0
        How much a statement of `paths` counts beside one of the base.
    anew : bool, default=False
        With ``base=True``: train on the corpus of the shipped model and on `paths` together instead of adapting the
        model. This takes minutes, not seconds, and learns words and patterns that the corpus has not.
    lesson : path or bool, default=False
        What a slower model says of the first statements, from which to learn too (:mod:`statclass.lesson`): a file, or
        True for that of the corpus of the shipped model. With ``base=True`` and `anew` it is used in any case; with
        ``base=True`` alone there is nothing to learn from it.
    skip_problems : bool, default=False
        Leave out statements with problems instead of raising.
    held_out : mapping of str to path, optional
        Labelled files to score the finished model on, for its card, by the name that the card gives them.
    curve : bool, default=True
        Also train on a quarter and a half of the statements, for the card's learning curve.
    encoder : str, optional
        ``"accurate"`` for heads on the embedding of the shipped accurate model, beside the features of the fast one; it
        needs the extra ``accurate``. With ``base=True`` it trains anew.
    notes : str, default=""
        Markdown to end the card with: what is known of the model beyond the scores that training finds.
    progress : callable, optional
        Called with a line of text whenever a part of the work is done.
    **settings
        Of :class:`~statclass.StatementClassifier`, such as ``seed=1``. When the shipped model is adapted, `C` says how
        far it may move, and `min_count` says nothing.

    Raises
    ------
    LabelledDataError
        When rows cannot be read, or a label has too few statements; every problem is listed.

    Examples
    --------
    >>> import statclass
    >>> clf = statclass.train("my_labels.csv")  # doctest: +SKIP
    """
    classifier, fit = _kind_of_model(encoder, settings)
    adapting = base is True and not anew and encoder is None
    _refuse_what_does_not_fit(base, weight, anew, adapting and bool(lesson))
    ground = [] if base is None or base is False else read_labelled(shipped("seeds") if base is True else base)
    known = labels if not ground else _labels_of(ground)
    own = read_labelled(paths, text, label, annotators)
    refuse_missing_column(own, group)
    own = _sound(own, 1 if ground else classifier.folds, known, skip_problems, progress)
    rows = own if adapting else [*ground, *own]
    progress(f"{len(rows)} statements read and checked")
    shares = CURVE_SHARES if curve and len(rows) >= _WORTH_A_CURVE else ()
    work = _Work(classifier, rows, groups_of(rows, group), weight, progress, shares)
    fitted, origin = work.adapt(ground) if adapting else work.fit(fit, len(ground), _lesson(lesson or base is True))
    classifier.info_ |= cross_validation_report(classifier, fitted, len(rows) - len(own))
    if pairs := minimal_pairs(classifier, fitted, [row.values.get(PAIR_COLUMN) for row in rows]):
        classifier.info_["minimal_pairs"] = pairs
    classifier.info_["training_data"] = {
        "statements": len(rows),
        "sha256": _data_hash(rows),
        "primaries": dict(sorted(Counter(row.primary for row in rows).items())),
        **origin,
    }
    if notes:
        classifier.info_["notes"] = notes
    classifier.info_["held_out"] = {
        name: _scored(classifier, read_labelled([path])) for name, path in (held_out or {}).items()
    }
    return classifier


@dataclass(frozen=True)
class _Work:
    """Statements to learn from, and how; both ways give what cross-validation left, and what the card says of it."""

    classifier: StatementClassifier
    rows: list[LabelledStatement]
    groups: Sequence[Any]
    weight: float
    progress: Progress
    shares: Sequence[float]

    def adapt(self, ground: list[LabelledStatement]) -> tuple[Fitted, dict[str, Any]]:
        """Adapt the shipped model, which was trained on `ground`."""
        held = Ground.of(load_model(model_folder(DEFAULT_MODEL)), ground)
        labels = _targets(self.rows)
        fitted = adapt_classifier(
            self.classifier, held, self.weight, self._texts, labels, self.groups, self.progress, self.shares
        )
        return fitted, {"adapted_model": {"statements": len(ground), "weight_of_others": self.weight}}

    def fit(self, fit: Callable[..., Fitted], base: int, lesson: Lesson | None) -> tuple[Fitted, dict[str, Any]]:
        """Train anew; the first `base` statements are those that the others are added to."""
        weights = np.where(np.arange(len(self.rows)) < base, 1.0, self.weight) if base else None
        fitted = fit(
            self.classifier, self._texts, _targets(self.rows), self.groups, weights, self.progress, self.shares, lesson
        )
        origin: dict[str, Any] = {}
        if lesson is not None:
            about = {"statements": len(lesson.own), "variations": len(lesson.varied), "sha256": lesson.hash()}
            origin["lesson"] = about
        if base:
            origin["base"] = {"statements": base, "weight_of_others": self.weight}
        return fitted, origin

    @property
    def _texts(self) -> list[str]:
        return [row.text for row in self.rows]


def _refuse_what_does_not_fit(base: object, weight: float, anew: bool, unheeded_lesson: bool) -> None:
    if not 0 < weight < inf:
        raise InputError(f"weight is {weight!r}; expected a number over 0")
    if anew and base is not True:
        raise InputError(
            "anew goes with base=True (--anew with --base): without the base of the shipped model, training is always "
            "anew"
        )
    if unheeded_lesson:
        raise InputError("the shipped model is adapted without a lesson; add anew=True to train anew with it")


def _scored(classifier: StatementClassifier, rows: Sequence[LabelledStatement]) -> str:
    """Scores as the card tells them: over all statements, and by register where the file names it."""
    by = next((column for column in REGISTER_COLUMNS if column in rows[0].values), None)
    found = evaluate(classifier, rows, by)
    parts = (
        found.as_text(),
        "What was taken for what",
        found.overall.confusion_as_text(),
        "Calibration: for scores of about this size, how many labels were right",
        found.overall.reliability_as_text(),
    )
    return "\n".join(parts)


def _lesson(asked: str | PathLike[str] | bool) -> Lesson | None:
    if not asked:
        return None
    return read_lesson(shipped("seeds") / LESSON if asked is True else asked)


def _kind_of_model(encoder: str | None, settings: dict[str, Any]) -> tuple[StatementClassifier, Callable[..., Fitted]]:
    """A classifier to be fitted, and what fits it."""
    if encoder is None:
        return StatementClassifier(**settings), fit_classifier
    if encoder != ACCURATE:
        raise InputError(f"no encoder {encoder!r}; there is {ACCURATE!r}")
    from statclass.encoder.heads import fit_beside
    from statclass.encoder.model import EncoderClassifier
    from statclass.encoder.runtime import check_extra

    check_extra()
    return EncoderClassifier(**settings), fit_beside


def _labels_of(rows: Sequence[LabelledStatement]) -> list[str]:
    return list(type_order({label for row in rows for label in row.labels}))


def _sound(
    rows: list[LabelledStatement],
    folds: int,
    known: Iterable[str] | None,
    skip_problems: bool,
    progress: Progress,
) -> list[LabelledStatement]:
    """The rows, when nothing is wrong with them; those with nothing wrong, when the others are to be skipped."""
    problems = problems_for_training(rows, folds, known)
    if not skip_problems:
        refuse_problems([str(problem) for problem in problems], "the labelled data")
    wrong = {place for problem in problems for place in problem.places}
    for problem in problems:
        progress(f"left out: {problem}")
    kept = [row for row in rows if row.place not in wrong]
    if not kept:
        raise LabelledDataError(f"none of the {len(rows)} statements is without problems")
    return kept


def _targets(rows: Sequence[LabelledStatement]) -> list[Labels]:
    """Sets of labels where the data gives sets; one label each where every statement has just one."""
    several = any(row.several and len(row.labels) != 1 for row in rows)
    return [_primary_first(row) if several else row.primary for row in rows]


def _primary_first(row: LabelledStatement) -> tuple[str, ...]:
    return tuple(sorted(row.labels, key=lambda name: name != row.primary))


def _data_hash(rows: Sequence[LabelledStatement]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row.text}\x1e{row.primary}\x1e{','.join(row.labels)}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
