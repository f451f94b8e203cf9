"""Which statements to label next: those that the model is unsure of, unlike each other, and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.errors import InputError
from statclass.formats import Row
from statclass.labelled.groups import similar_pairs
from statclass.model import Floats, StatementClassifier
from statclass.reading import Ints
from statclass.records import Prediction

NEAR = 0.6
"""Statements that share so many of their words (Jaccard index) are not both suggested."""
_POOL = 10
TOOLS = ("doccano", "label-studio")


@dataclass(frozen=True)
class Suggestion:
    """A statement that is worth labelling.

    Parameters
    ----------
    row : Row
        As it stands in its file.
    text : str
    prediction : Prediction
        What the model says of it.
    uncertainty : float
        From 0, sure, to 1: it could as well be the next best label.
    """

    row: Row
    text: str
    prediction: Prediction
    uncertainty: float


def suggest(
    classifier: StatementClassifier,
    rows: Iterable[tuple[Row, str]],
    count: int,
    labelled: Iterable[str] = (),
) -> list[Suggestion]:
    """The statements whose labels would teach the model most.

    From the most uncertain ten times as many, without near-duplicates of each other and of what is labelled already,
    those are taken that are most unlike what was taken before (farthest-first, after Sener and Savarese 2018, "Active
    learning for convolutional neural networks: a core-set approach"), weighed by uncertainty.

    Parameters
    ----------
    classifier : StatementClassifier
    rows : iterable of (Row, str)
        Unlabelled statements with the rows that they came in.
    count : int
        How many to suggest.
    labelled : iterable of str
        Statements that are labelled already.

    Raises
    ------
    InputError
        When `count` is not positive, or there are no statements.
    """
    if count < 1:
        raise InputError(f"asked for {count} suggestions; expected at least 1")
    given = [(row, text) for row, text in rows if text.strip()]
    if not given:
        raise InputError("no statements to choose from")
    texts = [text for _, text in given]
    predictions = classifier.classify_many(texts)
    doubt = uncertainty(classifier, predictions)
    order = np.argsort(-doubt, kind="stable")[: max(_POOL * count, 1000)]
    fresh = _without_near_copies([texts[n] for n in order], list(labelled))
    pool = order[fresh]
    chosen = _spread(_profiles(classifier, [texts[n] for n in pool]), doubt[pool], count)
    picked = [int(n) for n in pool[chosen]]
    return [Suggestion(given[n][0], given[n][1], predictions[n], round(float(doubt[n]), 4)) for n in picked]


def uncertainty(classifier: StatementClassifier, predictions: Sequence[Prediction]) -> Floats:
    """How unsure the model is of each prediction, from 0 to 1.

    With one label a statement: one minus the lead of the best score over the next. With independent types: how near the
    type that is nearest to its threshold stands to it, in log-odds.
    """
    scores = np.array([list(prediction.scores.values()) for prediction in predictions])
    if classifier.exclusive_:
        ranked = np.sort(scores, axis=1)
        lead: Floats = 1.0 - (ranked[:, -1] - ranked[:, -2])
        return lead
    safe = np.clip(scores, 1e-6, 1 - 1e-6)
    threshold = np.clip(classifier.calibration_.threshold, 1e-6, 1 - 1e-6)
    distance = np.abs(np.log(safe / (1 - safe)) - np.log(threshold / (1 - threshold))).min(1)
    near: Floats = np.exp(-distance)
    return near


def _without_near_copies(texts: Sequence[str], labelled: Sequence[str]) -> Ints:
    """Indices of the texts that are near to none before them, nor to one that is labelled."""
    together = [*labelled, *texts]
    dropped: set[int] = set()
    for earlier, later, _ in similar_pairs(together, NEAR):
        if earlier not in dropped:
            dropped.add(later)
    return np.array([n - len(labelled) for n in range(len(labelled), len(together)) if n not in dropped], np.int64)


def _profiles(classifier: StatementClassifier, texts: Sequence[str]) -> Any:
    """Statements as rows of unit length over the features that the model knows."""
    from sklearn.preprocessing import normalize

    return normalize(classifier.extractor_.transform(list(texts)))


def _spread(profiles: Any, doubt: Floats, count: int) -> list[int]:
    """Indices of `count` statements, each the most doubtful and the least like those before it."""
    chosen: list[int] = []
    nearest: Floats = np.zeros(len(doubt))
    left: NDArray[np.bool_] = np.ones(len(doubt), bool)
    while len(chosen) < min(count, len(doubt)):
        best = int(np.where(left, doubt * (1.0 - nearest), -1.0).argmax())
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, np.asarray((profiles @ profiles[best].T).todense()).ravel())
    return chosen


def for_label_studio(suggestions: Sequence[Suggestion], model: str) -> str:
    """Tasks that Label Studio imports, the model's labels as predictions to be accepted or mended.

    They fit an interface with ``<Text name="text" value="$text"/>`` and ``<Choices name="label" toName="text">``.
    """
    return json.dumps([_label_studio_task(each, model) for each in suggestions], ensure_ascii=False, indent=1) + "\n"


def _label_studio_task(suggestion: Suggestion, model: str) -> dict[str, Any]:
    prediction = suggestion.prediction
    choices = list(prediction.labels) or [prediction.label]
    result = {"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": choices}}
    data = {"text": suggestion.text, "uncertainty": suggestion.uncertainty, **_origin(suggestion)}
    confidence = round(prediction.confidence, 4)
    return {"data": data, "predictions": [{"model_version": model, "score": confidence, "result": [result]}]}


def for_doccano(suggestions: Sequence[Suggestion]) -> str:
    """Lines that doccano imports as JSONL, the model's labels under ``label`` to be mended."""
    lines = []
    for each in suggestions:
        label = list(each.prediction.labels) or [each.prediction.label]
        line = {"text": each.text, "label": label, "uncertainty": each.uncertainty, **_origin(each)}
        lines.append(json.dumps(line, ensure_ascii=False))
    return "\n".join(lines) + "\n"


def _origin(suggestion: Suggestion) -> dict[str, Any]:
    """The row's short columns and its place, so that labels find their way back."""
    taken = ("text", "label", "uncertainty")
    kept = {
        name: value
        for name, value in suggestion.row.values.items()
        if name not in taken and value != suggestion.text and isinstance(value, str | int | float)
    }
    return {**kept, "source": f"{suggestion.row.file}:{suggestion.row.line}"}
