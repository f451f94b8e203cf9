"""Makes the tiny models that are kept in tests/data/models, of each format and kind.

    python -m tests.tiny_models tests/data/models/format4

Run it once when the format is raised, and keep what older versions made: every version has to read them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from statclass import StatementClassifier
from statclass.fitting import fit_classifier
from statclass.labelled import LabelledStatement, read_labelled
from statclass.lesson import make_lesson
from statclass.network import Network
from statclass.resources import shipped
from statclass.vectors import FIRST_WORD

LABELS = ("refusal", "denial", "other")
EACH = 60
ASKED = 4


def statements(each: int = EACH) -> list[LabelledStatement]:
    """A few statements of the corpus: as many refusals as denials as others."""
    rows = read_labelled([shipped("seeds") / "quotes.jsonl"])
    alone = [row for row in rows if row.labels in ((), (row.primary,))]
    return [row for label in LABELS for row in [r for r in alone if r.primary == label][:each]]


def tiny_models(rows: list[LabelledStatement]) -> dict[str, StatementClassifier]:
    """One with independent types, one with one label a statement, one that learned from a lesson."""
    texts = [row.text for row in rows]
    labels = [row.labels for row in rows]
    several = StatementClassifier(folds=3, min_count=4).fit(texts, labels)
    one = StatementClassifier(folds=3, min_count=4).fit(texts, [row.primary.replace("other", "rest") for row in rows])
    taught = StatementClassifier(folds=3, min_count=4)
    lesson = make_lesson(several.types_, texts, lambda made: as_in_a_lesson(several.scores(made)), each=1)
    fit_classifier(taught, texts, list(labels), None, lesson=lesson)
    return {"sets": several, "one": one, "taught": taught}


def as_in_a_lesson(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores of types, and shares of the primary that are in proportion to them."""
    best = scores.max(1, keepdims=True)
    return np.hstack([scores, scores / scores.sum(1, keepdims=True) * best, 1 - best])


def surest(model: StatementClassifier, rows: list[LabelledStatement]) -> dict[str, list[str]]:
    """What the model says of the statements of which it is surest, a few for each label."""
    found = sorted(((model.classify(row.text), row) for row in rows), key=lambda pair: -pair[0].confidence)
    right = [(p, row) for p, row in found if p.label in (row.primary, row.primary.replace("other", "rest"))]
    chosen = [pair for label in LABELS for pair in [p for p in right if p[1].primary == label][:ASKED]]
    return {row.text: list(prediction.labels) for prediction, row in chosen}


def without_most_words(model: StatementClassifier) -> StatementClassifier:
    """The model with the word vectors of the tiny statements alone, so that its folder is small."""
    held = model.extractor_.known_words_
    kept = [word for word in model.network_.rows if word in held]
    rows = [*range(FIRST_WORD), *(model.network_.rows[word] for word in kept)]
    arrays = {**model.network_.arrays, "words": model.network_.arrays["words"][rows]}
    model.network_ = Network(arrays, {word: row for row, word in enumerate(kept, FIRST_WORD)})
    return model


def main(folder: Path) -> None:
    """Write the models, each with what it says of a few statements."""
    rows = statements()
    for name, model in tiny_models(rows).items():
        small = without_most_words(model)
        small.save(folder / name)
        answers = json.dumps(surest(small, rows), ensure_ascii=False, indent=1)
        (folder / name / "answers.json").write_text(answers + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
