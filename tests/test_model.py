"""The classifier keeps its contract: records, conventions, bad input, explanations."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

import statclass
from statclass import InputError, LabelledDataError, StatementClassifier
from statclass.labelled import read_labelled
from statclass.model import MAX_LENGTH
from statclass.resources import shipped
from tests.conftest import TINY, tiny_rows


def test_a_prediction_lists_its_labels_best_first_and_scores_every_type():
    prediction = statclass.classify("We reject the lie that we attacked them, and we will not attend.")
    assert set(prediction.scores) == {"accusation", "refusal", "condemnation", "denial"}
    assert all(0 <= score <= 1 for score in prediction.scores.values())
    assert prediction.label == prediction.labels[0]
    assert prediction.confidence == prediction.scores[prediction.label]


def test_no_type_over_its_threshold_means_other_with_its_confidence():
    prediction = statclass.classify("The ministers will meet again on Thursday in Lusaka.")
    assert (prediction.label, prediction.labels) == ("other", ())
    assert prediction.confidence == pytest.approx(1 - max(prediction.scores.values()))


@pytest.mark.parametrize("text", ["", "   \n\t "])
def test_an_empty_statement_is_flagged_and_is_other(text):
    prediction = statclass.classify(text)
    assert (prediction.label, prediction.problem) == ("other", "empty")


def test_one_megabyte_in_one_statement_is_read_to_the_limit_and_flagged():
    prediction = statclass.classify("We refuse to attend. " * 50_000)
    assert str(MAX_LENGTH) in prediction.problem


@pytest.mark.parametrize(
    "text",
    [
        "We refuse\x00 to attend.",
        "We refuse \ud800 to attend.",
        "\x1e\x1e We refuse to attend.",
        "\ue000\ue000 We refuse to attend.",
        "We refuse \u034b to attend.",
    ],
)
def test_null_bytes_surrogates_and_separators_do_not_disturb(text):
    assert statclass.classify(text).label == "refusal"


def test_an_odd_statement_does_not_disturb_its_neighbours():
    odd = ["\x1e\x1e", "\ue000", "", "\u034b", "#\u0301", "\x00" * 50, "…" * 3000, "We deny it."]
    together = statclass.load().scores(odd)
    assert np.array_equal(together, np.vstack([statclass.load().scores([text]) for text in odd]))


@given(st.lists(st.text(st.characters(), max_size=60), min_size=1, max_size=8))
def test_any_text_is_labelled(texts):
    assert len(statclass.classify_many(texts)) == len(texts)


def test_scores_are_the_same_to_the_bit_in_any_block_and_order():
    texts = [row.text for row in read_labelled([shipped("seeds")])][::23]
    model = statclass.load()
    whole = model.margins(texts)
    shuffled = np.random.RandomState(5).permutation(len(texts))
    parts = np.array_split(shuffled, [1, 2, 60, 200])
    for part in parts:
        found = model.margins([texts[n] for n in part])
        assert np.array_equal(found.linear, whole.linear[part])
        assert np.array_equal(found.network, whole.network[part])
        assert np.array_equal(found.primary, whole.primary[part])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: statclass.classify_many("We refuse."), "bare string"),
        (lambda: statclass.classify_many(["We refuse.", None]), "NoneType at index 1"),
        (lambda: statclass.classify(["We refuse."]), "found list"),
        (lambda: statclass.classify(b"We refuse."), "found bytes"),
        (lambda: StatementClassifier().predict(["x"]), "not fitted"),
        (lambda: StatementClassifier().set_params(nonsense=1), "no setting 'nonsense'"),
        (lambda: StatementClassifier().fit(["a"], []), "1 statements and 0 labels"),
        (lambda: StatementClassifier().fit(["a"], [1]), "found int at index 0"),
        (lambda: statclass.classify_many(["a", float("nan")]), "fillna"),
    ],
)
def test_wrong_calls_say_what_was_found(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_too_few_statements_of_a_label_are_named_with_their_count():
    texts, labels = tiny_rows()
    with pytest.raises(LabelledDataError, match=r"rare \(1\)"):
        StatementClassifier(folds=2).fit([*texts, "One."], [*labels, ("rare",)])


def test_the_same_answers_whatever_the_block_or_order():
    texts = [f"{text} {number}" for number in range(120) for text in tiny_rows()[0]]
    model = statclass.load()
    whole = model.scores(texts)
    assert np.array_equal(whole, np.vstack([model.scores(texts[:7]), model.scores(texts[7:])]))
    assert np.array_equal(whole[::-1], model.scores(texts[::-1]))


def test_fitting_twice_gives_the_same_scores(tiny):
    again = StatementClassifier(folds=2, min_count=1).fit(*tiny_rows())
    texts, _ = tiny_rows()
    assert np.array_equal(tiny.scores(texts), again.scores(texts))


def test_columns_follow_classes_and_predict_gives_one_of_them(tiny):
    texts, _ = tiny_rows()
    assert tiny.classes_.tolist() == ["refusal", "denial", "other"]
    assert tiny.predict_proba(texts).shape == (len(texts), 3)
    assert set(tiny.predict(texts)) <= set(tiny.classes_)


def test_one_label_a_statement_without_other_always_gives_a_label():
    texts = [text for label in ("refusal", "denial") for text in TINY[label]]
    model = StatementClassifier(folds=2, min_count=1).fit(texts, ["no"] * 4 + ["false"] * 4)
    assert model.classes_.tolist() == ["false", "no"]
    assert model.classify("Ships left the port.").label in ("no", "false")
    assert model.predict_proba(texts).sum(1) == pytest.approx(np.ones(8))


def test_it_works_in_scikit_learn_tools():
    texts = tiny_rows()[0]
    labels = [label for label in TINY for _ in TINY[label]]
    model = StatementClassifier(folds=2, min_count=1)
    assert clone(model).get_params() == model.get_params()
    search = GridSearchCV(model, {"C": [1.0, 10.0]}, cv=2).fit(texts, labels)
    assert search.best_params_["C"] in (1.0, 10.0)
    assert len(cross_val_score(make_pipeline(model), texts, labels, cv=2)) == 2


def test_an_explanation_points_at_the_words():
    text = "“We refuse to attend”, they said."
    strongest = next(c for c in statclass.explain(text) if c.label == "refusal" and c.weight > 0)
    assert strongest.spans
    assert [text[a:b] for a, b in strongest.spans] == list(strongest.words)


def test_the_first_label_needs_numpy_alone():
    code = (
        "import sys, statclass; statclass.classify('We refuse.');"
        "print([m for m in ('sklearn', 'scipy', 'nltk', 'joblib') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_columns_of_data_frames_are_statements_and_labels(library):
    frames = pytest.importorskip(library)
    texts, labels = tiny_rows()[0], [label for label in TINY for _ in TINY[label]]
    frame = frames.DataFrame({"quote": texts, "act": labels})
    model = StatementClassifier(folds=2, min_count=1).fit(frame["quote"], frame["act"])
    assert np.array_equal(
        model.scores(texts), StatementClassifier(folds=2, min_count=1).fit(texts, labels).scores(texts)
    )
    assert len(model.predict(frame["quote"])) == len(texts)
    assert len(cross_val_score(StatementClassifier(folds=2, min_count=1), frame["quote"], frame["act"], cv=2)) == 2


def test_a_whole_table_in_place_of_a_column_is_refused():
    pandas = pytest.importorskip("pandas")
    with pytest.raises(InputError, match="found a DataFrame; pass one of its columns"):
        StatementClassifier().fit(pandas.DataFrame({"quote": ["a"]}), ["b"])
