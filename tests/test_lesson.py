"""Lessons: a slower model's scores are kept with the statements that they are about, and training learns from them."""

from __future__ import annotations

import numpy as np
import pytest

import statclass
from statclass import DataError, InputError, StatementClassifier
from statclass.fitting import fit_classifier
from statclass.labelled import read_labelled
from statclass.lesson import LESSON, hash_of, make_lesson, read_lesson
from statclass.resources import shipped
from statclass.variation import variations
from tests.tiny_models import statements

TEXTS = ["We refuse to sign, and we will not attend.", "They shelled the port; nobody was spared. We mourn."]
TYPES = ("refusal", "denial")


def sure_of(column):
    """A model that gives one type to everything."""

    def score(texts):
        scores = np.zeros((len(texts), 2 * len(TYPES) + 1))
        scores[:, [column, len(TYPES) + column]] = 1.0
        return scores

    return score


def test_variations_are_the_same_every_time_and_many_differ_from_their_statement():
    made = variations(TEXTS, 20, seed=3)
    assert made == variations(TEXTS, 20, seed=3) != variations(TEXTS, 20, seed=4)
    assert len(set(made)) > 20 and all(made)


def test_a_lesson_is_read_as_it_was_written(tmp_path):
    lesson = make_lesson(TYPES, TEXTS, sure_of(1), each=3)
    lesson.save(tmp_path / LESSON)
    read = read_lesson(tmp_path / LESSON)
    assert read.hash() == lesson.hash() and read.types == TYPES
    assert read.variations(TEXTS) == variations(TEXTS, 3, 0)
    assert read.origin.tolist() == [0, 0, 0, 1, 1, 1]


def test_a_lesson_about_other_statements_is_refused():
    with pytest.raises(DataError, match="about 2 other statements than these 1"):
        make_lesson(TYPES, TEXTS, sure_of(0), each=1).variations(TEXTS[:1])


def test_what_is_no_lesson_is_refused(tmp_path):
    (tmp_path / "l.npz").write_bytes(b"PK\x03\x04 cut")
    for name in ("l.npz", "absent.npz"):
        with pytest.raises(DataError, match=f"{name}: cannot be read as a lesson"):
            read_lesson(tmp_path / name)


@pytest.fixture(scope="module")
def tiny():
    rows = statements()
    return [row.text for row in rows], [row.labels for row in rows]


def taught(tiny, column, types=("refusal", "denial")):
    classifier = StatementClassifier(folds=2, min_count=4)
    lesson = make_lesson(types, tiny[0], sure_of(column), each=1)
    fit_classifier(classifier, tiny[0], list(tiny[1]), None, lesson=lesson)
    return classifier


def test_training_learns_from_a_lesson(tiny):
    refusing, denying = taught(tiny, 0), taught(tiny, 1)
    margins = [model.margins(tiny[0]) for model in (refusing, denying)]
    assert (margins[0].linear[:, 0] > margins[1].linear[:, 0]).mean() > 0.9
    assert (margins[0].network[:, 0] > margins[1].network[:, 0]).mean() > 0.9


def test_statements_beyond_the_lesson_are_learned_as_they_are_labelled(tiny):
    texts, labels = tiny
    lesson = make_lesson(("refusal", "denial"), texts[:90], sure_of(1), each=1)
    weights = [1.0] * 90 + [5.0] * (len(texts) - 90)
    classifier = StatementClassifier(folds=2, min_count=4)
    fit_classifier(classifier, texts, list(labels), None, weights, lesson=lesson)
    beyond = classifier.scores(texts[90:])
    denials = np.array(["denial" in each for each in labels[90:]])
    assert beyond[denials, 1].mean() > beyond[~denials, 1].mean() + 0.2


def test_training_with_a_lesson_gives_the_same_bytes_every_time(tiny, tmp_path):
    for name in ("a", "b"):
        taught(tiny, 0).save(tmp_path / name)
    for part in (tmp_path / "a").iterdir():
        assert part.read_bytes() == (tmp_path / "b" / part.name).read_bytes(), part.name


def test_a_lesson_about_other_types_is_refused(tiny):
    with pytest.raises(InputError, match="the lesson is about denial, refusal; the labels are refusal, denial"):
        taught(tiny, 0, types=("denial", "refusal"))


def test_the_shipped_model_and_lesson_are_of_the_shipped_corpus():
    texts = [row.text for row in read_labelled([shipped("seeds")])]
    lesson = read_lesson(shipped("seeds") / LESSON)
    assert lesson.sha256 == hash_of(texts)
    about = statclass.load().info_["training_data"]
    assert about["statements"] == len(texts) and about["lesson"]["sha256"] == lesson.hash()


def test_statements_that_are_added_change_few_variations_of_the_others():
    texts = [f"We refuse to sign paper {n}, and they shelled the port. Talks resume." for n in range(50)]
    before, after = variations(texts, 4), variations([*texts, "They deny it."], 4)
    assert np.mean([a == b for a, b in zip(before, after, strict=False)]) > 0.8
