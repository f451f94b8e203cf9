"""Training from seeds/ gives the model that ships."""

from __future__ import annotations

import numpy as np
import pytest

import statclass
from statclass import LabelledDataError
from statclass.labelled import read_labelled
from statclass.resources import shipped
from statclass.training import train
from tests.conftest import ROOT, tiny_rows, write_jsonl


@pytest.fixture(scope="module")
def retrained():
    return train([shipped("seeds")])


def test_retraining_gives_the_shipped_model(retrained):
    ours = statclass.load()
    texts = [row.text for row in read_labelled([shipped("seeds")])][::7]
    assert np.abs(retrained.scores(texts) - ours.scores(texts)).max() <= 0.01
    same = [
        a.labels == b.labels for a, b in zip(retrained.classify_many(texts), ours.classify_many(texts), strict=True)
    ]
    assert all(same)
    assert retrained.info_["training_data"] == ours.info_["training_data"]


def test_the_card_of_the_shipped_model_tells_its_training(retrained):
    card = (ROOT / "models" / "default" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert retrained.info_["training_data"]["sha256"] in card


def test_wrong_labels_are_listed_before_anything_is_trained(tmp_path):
    row = {"text": "We refuse.", "primary": "denial", "labels": ["refusal"]}
    path = write_jsonl(tmp_path / "l.jsonl", [row] * 3)
    with pytest.raises(LabelledDataError, match="3 problems in the labelled data"):
        train(path)


def test_groups_named_by_a_column_stay_whole(tmp_path):
    texts, labels = tiny_rows()
    rows = [{"text": t, "label": "".join(n) or "none", "speech": "one"} for t, n in zip(texts, labels, strict=True)]
    with pytest.raises(LabelledDataError, match="found 1 groups"):
        train(write_jsonl(tmp_path / "l.jsonl", rows), group="speech", folds=2)
