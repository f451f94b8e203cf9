"""Training from seeds/ gives the model that ships; training on other data keeps its promises."""

from __future__ import annotations

from copy import copy

import numpy as np
import pytest

import statclass
from statclass import InputError, LabelledDataError, StatementClassifier
from statclass.calibration import best_calibration, calibrate_exclusive
from statclass.card import model_card
from statclass.learning import Fitted, minimal_pairs
from statclass.model import Calibration, Margins, decide, shares
from statclass.network_training import NetworkSettings
from statclass.recipe import recipe_for
from statclass.training import train
from tests.conftest import ROOT, TINY, tiny_rows, write_jsonl
from tests.tiny_models import statements


def test_the_card_of_the_shipped_model_tells_its_training():
    card = (ROOT / "models" / "default" / "MODEL_CARD.md").read_text(encoding="utf-8")
    about = statclass.load().info_["training_data"]
    assert about["sha256"] in card and about["lesson"]["sha256"] in card


def test_wrong_labels_are_listed_before_anything_is_trained(tmp_path):
    row = {"text": "We refuse.", "primary": "denial", "labels": ["refusal"]}
    path = write_jsonl(tmp_path / "l.jsonl", [row] * 3)
    with pytest.raises(LabelledDataError, match="3 problems in the labelled data"):
        train(path, folds=2)


def test_groups_named_by_a_column_stay_whole(tmp_path):
    texts, labels = tiny_rows()
    rows = [{"text": t, "label": "".join(n) or "none", "speech": "one"} for t, n in zip(texts, labels, strict=True)]
    with pytest.raises(LabelledDataError, match="found 1 groups"):
        train(write_jsonl(tmp_path / "l.jsonl", rows), group="speech", folds=2)


def corpus_rows(each):
    """Statements of the corpus, as many refusals as denials as others, with one label each."""
    names = {"refusal": "no", "denial": "untrue", "other": "rest"}
    return [{"text": row.text, "label": names[row.primary]} for row in statements(each)]


def about_shipped():
    return statclass.load().info_["training_data"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    told: list[str] = []
    path = write_jsonl(tmp_path_factory.mktemp("rows") / "l.jsonl", corpus_rows(70))
    return train(path, folds=2, progress=told.append), told, path


def test_the_card_has_intervals_by_label_and_a_learning_curve(trained):
    card = model_card(trained[0])
    assert f"began as that of the shipped model, trained on SHA-256 `{about_shipped()['sha256']}`" in card
    assert "| label | precision | recall | F1 | 95% interval | statements |" in card
    assert "## Learning curve" in card
    assert [size for size, _ in trained[0].info_["learning_curve"]] == sorted(
        size for size, _ in trained[0].info_["learning_curve"]
    )


def test_progress_is_told_part_by_part(trained):
    assert trained[1][0] == "210 statements read and checked"
    assert trained[1][-1] == "fitted 7 of 7 parts"


def test_training_twice_gives_the_same_bytes(trained, tmp_path):
    train(trained[2], folds=2).save(tmp_path / "a")
    trained[0].save(tmp_path / "b")
    for part in (tmp_path / "a").iterdir():
        assert part.read_bytes() == (tmp_path / "b" / part.name).read_bytes()


def test_the_corpus_is_trained_on_with_the_usual_settings():
    assert recipe_for(9611).network == recipe_for(100_000).network == NetworkSettings()
    assert recipe_for(9611).rarity == 0.0
    assert not recipe_for(9611).evidence


def test_fewer_statements_get_more_epochs_of_smaller_batches():
    few, many = recipe_for(500).network, recipe_for(9611).network
    assert few.epochs > many.epochs
    assert few.batch < many.batch


def test_weights_of_one_change_nothing_but_great_weights_do():
    texts, sets = tiny_rows()
    plain = StatementClassifier(folds=2, min_count=1).fit(texts, sets).scores(texts)
    ones = StatementClassifier(folds=2, min_count=1).fit(texts, sets, sample_weight=[1.0] * 12).scores(texts)
    more = StatementClassifier(folds=2, min_count=1).fit(texts, sets, sample_weight=[50.0, *[1.0] * 11]).scores(texts)
    assert np.array_equal(plain, ones)
    assert not np.array_equal(plain, more)


@pytest.mark.parametrize("weights", [[1.0], [-1.0] * 12, [float("nan")] * 12, [0.0] * 12])
def test_odd_weights_are_refused(weights):
    texts, sets = tiny_rows()
    with pytest.raises(InputError, match="expected a number of at least 0 for each"):
        StatementClassifier(folds=2).fit(texts, sets, sample_weight=weights)


def test_a_base_takes_no_labels_that_it_does_not_know(tmp_path):
    path = write_jsonl(tmp_path / "l.jsonl", [{"text": "Up.", "label": "up"}])
    with pytest.raises(LabelledDataError, match=r"l.jsonl:1: unknown label 'up'; expected accusation, condemnation"):
        train(path, base=True)


def test_statements_added_to_a_base_count_as_often_as_their_weight_says(tmp_path):
    base = write_jsonl(tmp_path / "base.jsonl", [{"text": t, "labels": s} for t, s in zip(*tiny_rows(), strict=True)])
    added = write_jsonl(tmp_path / "l.jsonl", [{"text": "Ships will not leave the port.", "label": "refusal"}])
    light, heavy = (train(added, base=base, weight=weight, folds=2, min_count=1) for weight in (1.0, 30.0))
    assert heavy.info_["training_data"]["base"] == {"statements": 12, "weight_of_others": 30.0}
    assert heavy.info_["training_data"]["statements"] == 13
    assert "each of the others counts 30 times" in model_card(heavy)
    text = ["Ships will not leave the port."]
    assert heavy.margins(text).linear[0, 0] > light.margins(text).linear[0, 0]


def test_data_frames_train_as_files_do(tmp_path):
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    rows = [{"text": text, "label": label} for label in TINY for text in TINY[label]]
    path = write_jsonl(tmp_path / "l.jsonl", rows)
    texts = [row["text"] for row in rows]
    from_file = train(path, folds=2, min_count=1).scores(texts)
    for frame in (pandas.DataFrame(rows), polars.DataFrame(rows)):
        assert np.array_equal(train(frame, folds=2, min_count=1).scores(texts), from_file)


def test_lists_of_one_label_each_are_one_label_a_statement(tmp_path):
    rows = [{"text": text, "label": [label]} for label in ("refusal", "denial") for text in TINY[label]]
    model = train(write_jsonl(tmp_path / "l.jsonl", rows), folds=2, min_count=1)
    assert model.exclusive_
    assert model.predict_proba(TINY["other"]).sum(1) == pytest.approx(np.ones(4))


def test_rare_labels_are_given_more_often_than_their_scores_alone_would():
    random = np.random.RandomState(0)
    primary = (random.random_sample(2000) < 0.05).astype(int)
    signal = random.normal(0, 1, (2000, 2)) + 1.5 * np.eye(2)[primary]
    margins = Margins(signal, np.zeros((2000, 2)), np.zeros((2000, 2)))
    calibration = calibrate_exclusive(margins, primary)
    scores = shares(calibration.log_shares(margins))
    chosen, _ = decide(calibration, margins, exclusive=True)
    assert scores.mean(0) == pytest.approx([0.95, 0.05], abs=0.01)
    assert chosen[:, 1].sum() > 1.5 * (scores.argmax(1) == 1).sum()
    assert calibration.threshold[1] < calibration.threshold[0]


def test_the_kind_of_margins_that_does_better_is_chosen():
    random = np.random.RandomState(0)
    primary = random.randint(0, 3, 300)
    noise, none = random.normal(0, 1, (300, 3)), np.zeros((300, 3))
    told = Margins(noise + 3 * np.eye(3)[primary], none, none)
    kinds = [Margins(noise, none, none), told]
    assert best_calibration(kinds, np.eye(3, dtype=bool)[primary], primary, exclusive=True)[0] == 1


def test_minimal_pairs_are_counted_where_the_data_has_them(tmp_path):
    texts, labels = tiny_rows()
    primaries = [next(iter(each), "other") for each in labels]
    half = len(texts) // 2
    rows = [
        {"text": text, "label": label, "pair": f"p{n % half}"}
        for n, (text, label) in enumerate(zip(texts, primaries, strict=True))
    ]
    pairs = train(write_jsonl(tmp_path / "pairs.jsonl", rows), folds=2, min_count=1).info_["minimal_pairs"]
    assert pairs["pairs"] == sum(primaries[n] != primaries[n + half] for n in range(half))


def test_a_minimal_pair_is_right_when_both_sides_are(tiny):
    model, types = copy(tiny), len(tiny.types_)
    one, nought = np.ones(types), np.zeros(types)
    model.calibration_ = Calibration(one, one, nought, one / 2, one)
    primary = np.array([0, types, 1, types])
    sure = np.where(np.eye(types + 1)[primary, :types], 50.0, -50.0)
    wrong = np.where(np.arange(4)[:, None] == 1, 50.0, sure)
    none = np.zeros(0)
    for margins, right in ((sure, 2), (wrong, 1)):
        fitted = Fitted(none, Margins(margins, margins, margins), none, primary, None, [], [])
        assert minimal_pairs(model, fitted, ["a", "a", "b", "b"]) == {"right_on_both_sides": right, "pairs": 2}


def test_notes_end_the_card(tmp_path):
    texts, labels = tiny_rows()
    rows = [{"text": text, "labels": list(each)} for text, each in zip(texts, labels, strict=True)]
    model = train(write_jsonl(tmp_path / "a.jsonl", rows), folds=2, min_count=1, notes="## What we know\n\nLittle.\n")
    assert model_card(model).endswith("## What we know\n\nLittle.\n")
