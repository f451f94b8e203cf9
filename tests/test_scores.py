"""Scores, comparisons, agreement and suggestions say what the labelled statements say."""

from __future__ import annotations

import json

import numpy as np
import pytest

import statclass
from statclass import InputError, LabelledDataError
from statclass.agreement import agreement
from statclass.cli import main
from statclass.evaluation import evaluate, worst_errors
from statclass.formats import Row
from statclass.labelled import LabelledStatement, read_labelled
from statclass.paired import Comparison, compare, mcnemar
from statclass.suggestion import suggest
from tests.conftest import write_jsonl

GOLD = [
    ("We will not attend.", "refusal"),
    ("We refuse to sign it.", "refusal"),
    ("We deny these allegations.", "denial"),
    ("That report is completely false.", "denial"),
    ("The talks resume on Monday.", "other"),
    ("The ministers met in Lusaka.", "other"),
]


def labelled(pairs):
    return [
        LabelledStatement(text, label, () if label == "other" else (label,), {}, "gold.csv", line, False)
        for line, (text, label) in enumerate(pairs, 2)
    ]


def test_scores_have_intervals_a_confusion_and_a_calibration():
    mistaken = [*GOLD[:5], (GOLD[5][0], "denial")]
    scores = evaluate(statclass.load(), labelled(mistaken)).overall
    names = list(scores.by_label)
    assert scores.confusion[names.index("denial"), names.index("other")] == 1
    assert scores.confusion.sum() == 6
    low, high = scores.intervals["denial"]
    assert low <= scores.by_label["denial"][2] <= high
    assert sum(count for _, _, count in scores.reliability) == 6 * 4
    assert "denial" in scores.as_text()
    assert "labelled \\ given" in scores.confusion_as_text()


def test_the_worst_errors_are_the_surest_and_point_at_words():
    wrong = [("We refuse to sign it.", "denial"), ("The talks resume on Monday.", "other")]
    (error,) = worst_errors(statclass.load(), labelled(wrong), 5)
    assert (error.row.line, error.prediction.label) == (2, "refusal")
    assert all(reason.weight > 0 and reason.label == "refusal" for reason in error.reasons)
    assert "gold.csv:2: denial, taken for refusal" in error.as_text()


def test_a_model_compared_with_itself_shows_no_difference():
    model = statclass.load()
    found = compare(model, model, labelled(GOLD))
    assert (found.only_first, found.only_second, found.mcnemar) == (0, 0, 1.0)
    assert found.difference == (0.0, 0.0)
    assert "No real difference" in found.as_text()


class Stub:
    """Answers as it is told."""

    def __init__(self, answers):
        self.answers = answers
        self.types_ = ("denial", "refusal")
        self.classes_ = np.array([*self.types_, "other"])

    def predict(self, texts):
        return np.array([self.answers[text] for text in texts])


def test_a_much_better_model_is_said_to_be_better_and_in_which_order():
    pairs = [(f"{text} {n}", label) for n in range(20) for text, label in GOLD]
    good, bad = Stub(dict(pairs)), Stub({text: "other" for text, _ in pairs})
    assert "The second model is really better, by macro-F1 and accuracy" in compare(bad, good, labelled(pairs)).verdict
    assert "The first model is really better" in compare(good, bad, labelled(pairs)).verdict


def test_mixed_evidence_is_said_to_be_mixed():
    found = Comparison(100, (0.5, 0.7), (0.6, 0.5), 5, 25, 0.001, (-0.2, -0.05))
    assert "each in its way" in found.verdict


def test_mcnemar_is_the_exact_binomial_test():
    assert mcnemar(5, 5) == 1.0
    assert mcnemar(0, 10) == pytest.approx(2 / 2**10)


def test_models_that_do_not_know_the_labels_are_not_compared():
    with pytest.raises(InputError, match="none of the labels is one of the first model's"):
        compare(statclass.load(), statclass.load(), labelled([("Up.", "up")]))


def test_the_commands_compare_and_evaluate_print_what_they_found(tmp_path, capsys):
    path = write_jsonl(tmp_path / "g.jsonl", [{"text": text, "label": label} for text, label in GOLD])
    assert main(["compare", "default", "default", str(path)]) == 0
    assert "No real difference" in capsys.readouterr().out
    write_jsonl(path, [{"text": "We refuse to sign it.", "label": "denial"}])
    assert main(["evaluate", str(path)]) == 0
    printed = capsys.readouterr().out
    assert all(words in printed for words in ("What was taken for what", "Calibration", "Worst errors", "because of"))


def test_agreement_is_that_of_nltk_and_lists_the_disagreements(tmp_path, capsys):
    lines = ["text,label_ana,label_ben", *(f"Statement {n}.,{'ab'[n % 2]},{'ab'[n % 2]}" for n in range(8)), "Odd.,a,b"]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    found = agreement(read_labelled([tmp_path / "a.csv"]))
    assert found.kappa["label_ana", "label_ben"] == (pytest.approx(1 - (1 / 9) / (1 - (5 * 4 + 4 * 5) / 81)), 9)
    assert [row.line for row in found.disagreements] == [10]
    assert main(["agreement", str(tmp_path / "a.csv")]) == 0
    assert "a.csv:10: label_ana: a; label_ben: b" in capsys.readouterr().out


def test_full_agreement_is_one_and_no_annotators_is_an_error(tmp_path):
    (tmp_path / "a.csv").write_text("text,label_ana,label_ben\nNo.,a,a\nYes.,a,a\n")
    assert agreement(read_labelled([tmp_path / "a.csv"])).alpha == 1.0
    with pytest.raises(LabelledDataError, match="no statement has the labels of two annotators"):
        agreement(labelled(GOLD))


POOL = [
    "The talks resume on Monday in Lusaka.",
    "The talks resume on Monday in Lusaka!",
    "They shelled a market, or so the villagers say.",
    "We cannot accept the draft as it stands.",
    "It is not for us to say who fired first.",
    "The envoy smiled and walked on.",
    "",
]


def rows_of(texts):
    return [(Row({"id": n, "quote": text}, "pool.csv", n + 2), text) for n, text in enumerate(texts)]


def test_suggestions_hold_no_near_copies_nor_what_is_labelled_already():
    found = suggest(statclass.load(), rows_of(POOL), 10, labelled=["The envoy smiled, and walked on."])
    texts = [each.text for each in found]
    assert len(texts) == len(set(texts)) == 4
    assert len({POOL[0], POOL[1]} & set(texts)) == 1
    assert "The envoy smiled and walked on." not in texts


def test_the_first_suggestion_is_the_most_uncertain():
    found = suggest(statclass.load(), rows_of(POOL), 3)
    assert found[0].uncertainty == max(each.uncertainty for each in suggest(statclass.load(), rows_of(POOL), 10))


def test_what_is_suggested_is_imported_by_annotation_tools_and_comes_back(tmp_path):
    (tmp_path / "pool.csv").write_text("\n".join(["id,quote", *(f'{n},"{text}"' for n, text in enumerate(POOL))]))
    assert main(["suggest", str(tmp_path / "pool.csv"), "-n", "3", "-o", str(tmp_path / "next.json")]) == 0
    tasks = json.loads((tmp_path / "next.json").read_text(encoding="utf-8"))
    assert len(tasks) == 3
    assert {"text", "uncertainty", "id", "source"} <= set(tasks[0]["data"])
    done = [
        {**task, "annotations": [{"completed_by": 1, "result": task["predictions"][0]["result"]}]} for task in tasks
    ]
    (tmp_path / "done.json").write_text(json.dumps(done))
    assert [row.text for row in read_labelled([tmp_path / "done.json"])] == [task["data"]["text"] for task in tasks]
    assert main(["suggest", str(tmp_path / "pool.csv"), "-n", "3", "-o", str(tmp_path / "next.jsonl")]) == 0
    assert len(read_labelled([tmp_path / "next.jsonl"])) == 3


def test_asking_for_nothing_or_from_nothing_is_an_error():
    with pytest.raises(InputError, match="asked for 0"):
        suggest(statclass.load(), rows_of(POOL), 0)
    with pytest.raises(InputError, match="no statements"):
        suggest(statclass.load(), rows_of([""]), 3)
