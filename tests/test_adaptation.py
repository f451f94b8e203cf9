"""The shipped model adapted to more statements: it learns them, and keeps what it knew."""

from __future__ import annotations

import numpy as np
import pytest

import statclass
from statclass import InputError, LabelledDataError, StatementClassifier
from statclass.adaptation import Ground, adapt_classifier
from statclass.card import model_card
from statclass.labelled import read_labelled
from statclass.training import train
from tests.conftest import ROOT, write_jsonl

IDIOM = "The door to {} stays bolted."
PLACES = ["the harbour", "the depot", "the archive", "the bridge", "the valley", "the station", "the camp", "the port"]
TEXTS = [IDIOM.format(place) for place in PLACES]
UNLIKE = [
    "Not one barrel will pass the strait under those terms.",
    "Our pilots stay at home this winter.",
    "The mediators may keep their paper; the islands are not for sale.",
    "Nobody from this ministry is going to sit in that room.",
]
UNSEEN = IDIOM.format("the mill")


@pytest.fixture(scope="module")
def ground():
    return Ground.of(statclass.load(), read_labelled([ROOT / "seeds" / "pairs.jsonl"]))


def adapted(ground, weight=4.0, groups=None, **settings):
    classifier = StatementClassifier(folds=2, **settings)
    groups = range(len(TEXTS)) if groups is None else groups
    adapt_classifier(classifier, ground, weight, TEXTS, [{"refusal"}] * len(TEXTS), list(groups))
    return classifier


def of_refusal(model, text=UNSEEN):
    return model.classify(text).scores["refusal"]


def test_what_is_added_tells_of_its_like(ground):
    assert of_refusal(adapted(ground)) > of_refusal(ground.model) + 0.05


def test_the_more_a_statement_counts_the_further_the_model_moves(ground):
    assert of_refusal(adapted(ground, weight=20.0)) > of_refusal(adapted(ground, weight=2.0)) > of_refusal(ground.model)


def test_regularisation_holds_the_model_back(ground):
    assert of_refusal(ground.model) < of_refusal(adapted(ground, C=0.1)) < of_refusal(adapted(ground))


def test_what_the_model_knew_it_still_knows(ground):
    texts = [row.text for row in read_labelled([ROOT / "seeds" / "pairs.jsonl"])]
    before, after = ground.model.scores(texts), adapted(ground).scores(texts)
    assert np.abs(after - before).mean() < 0.02
    assert (ground.model.predict(texts) == adapted(ground).predict(texts)).mean() > 0.98


def test_the_model_that_was_adapted_stays_as_it_was(ground):
    before = of_refusal(ground.model)
    adapted(ground)
    assert of_refusal(ground.model) == before


def test_one_group_cannot_be_scored(ground):
    with pytest.raises(LabelledDataError, match="found one group of statements in 8"):
        adapted(ground, groups=["one speech"] * len(TEXTS))


def test_training_from_the_shipped_model_tells_of_both(tmp_path):
    rows = [{"text": text, "labels": ["refusal"], "speech": n} for n, text in enumerate(UNLIKE)]
    told = []
    data = write_jsonl(tmp_path / "l.jsonl", rows)
    model = train(data, base=True, group="speech", folds=2, progress=told.append)
    about, corpus = model.info_["training_data"], statclass.load().info_["training_data"]["statements"]
    assert about["adapted_model"] == {"statements": corpus, "weight_of_others": 4.0}
    assert about["statements"] == len(UNLIKE)
    assert model.info_["before"]["accuracy"] <= model.info_["cross_validation"]["accuracy"]
    card = model_card(model)
    assert f"The shipped model, trained on {corpus} other statements" in card
    assert "| accuracy, of the model before it was adapted |" in card
    assert len(told) == 1 + 2
    model.save(tmp_path / "model")
    again = statclass.load(tmp_path / "model")
    assert again.scores(UNLIKE).tolist() == model.scores(UNLIKE).tolist()


def test_a_curve_begins_with_the_model_before(ground):
    classifier = StatementClassifier(folds=2)
    adapt_classifier(classifier, ground, 4.0, TEXTS, ["refusal"] * len(TEXTS), list(range(len(TEXTS))), curve=(0.5,))
    sizes = [size for size, _ in classifier.info_["learning_curve"]]
    assert sizes == [0, 2, 4]
    assert classifier.info_["learning_curve"][0][1] == classifier.info_["before"]["macro_f1"]


def test_a_strength_of_nothing_is_refused(ground):
    with pytest.raises(InputError, match="C is 0; expected a number over 0"):
        adapted(ground, C=0)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"anew": True}, "anew goes with base=True"),
        ({"base": True, "weight": 0}, "weight is 0; expected a number over 0"),
        ({"base": True, "lesson": True}, "adapted without a lesson; add anew=True"),
    ],
)
def test_what_does_not_fit_together_is_refused(tmp_path, given, message):
    with pytest.raises(InputError, match=message):
        train(write_jsonl(tmp_path / "l.jsonl", [{"text": "No.", "label": "refusal"}]), **given)
