"""The accurate model and the cascade keep the contract of the fast one."""

from __future__ import annotations

import importlib.util
import pickle
import subprocess
import sys
from random import Random

import numpy as np
import pytest
from click.testing import CliRunner

import statclass
from statclass import MissingExtraError, ModelError
from statclass.cli import commands
from statclass.encoder.model import sureness
from statclass.encoder.runtime import GRAPH, TOKENIZER, length_buckets
from statclass.encoder.swaps import swap_names
from statclass.persistence import CARD, DESCRIPTION
from statclass.resources import model_folder
from tests.conftest import TINY, tiny_rows, write_jsonl

installed = all(importlib.util.find_spec(name) for name in ("onnxruntime", "tokenizers"))
needs_extra = pytest.mark.skipif(not installed, reason="the extra accurate is not installed")
MOST_BYTES = 25_000_000

TEXTS = [
    "We will not be summoned by anyone.",
    "Their army shelled the market on purpose, and they know it.",
    "The ministers will meet again on Thursday in Lusaka.",
    "That report is false: no such meeting took place.",
    "The shelling of the market is an outrage.",
]


@pytest.fixture(scope="module")
def accurate():
    return statclass.load("accurate")


@needs_extra
def test_its_records_are_those_of_the_fast_model(accurate):
    records = accurate.classify_many(TEXTS)
    assert [record.label for record in records] == ["refusal", "accusation", "other", "denial", "condemnation"]
    assert all(set(record.scores) == set(statclass.load().types_) for record in records)
    assert accurate.predict(TEXTS).tolist() == [record.label for record in records]
    assert accurate.predict_proba(TEXTS).shape == (len(TEXTS), 5)


@needs_extra
def test_an_answer_does_not_depend_on_what_stands_beside_it(accurate):
    texts = [f"{text} {'Again and again. ' * (n % 9)}" for n, text in enumerate(TEXTS * 6)]
    whole = accurate.scores(texts)
    assert np.abs(whole - np.vstack([accurate.scores([text]) for text in texts])).max() < 0.002
    assert np.abs(whole[::-1] - accurate.scores(texts[::-1])).max() < 0.002


@needs_extra
@pytest.mark.parametrize("text", ["", " \n\t", "\ud800", "\x00", "We refuse. " * 5000])
def test_odd_statements_are_borne_and_flagged_as_by_the_fast_model(accurate, text):
    assert accurate.classify(text).problem == statclass.classify(text).problem


@needs_extra
def test_an_empty_statement_is_other(accurate):
    assert accurate.classify("").label == "other"


@needs_extra
def test_an_explanation_tells_what_is_lost_without_a_word(accurate):
    text = "We refuse to attend."
    strongest = next(c for c in accurate.explain(text) if c.label == "refusal")
    assert strongest.words == ("refuse",)
    before, after = accurate.decision_function([text, "We  to attend."])
    refusal = accurate.types_.index("refusal")
    assert strongest.weight == pytest.approx(before[refusal] - after[refusal], abs=0.01)


@needs_extra
def test_it_travels_to_another_process(accurate):
    again = pickle.loads(pickle.dumps(accurate))
    assert np.array_equal(again.scores(TEXTS), accurate.scores(TEXTS))


@needs_extra
def test_the_cascade_answers_as_one_of_its_two_models(accurate):
    cascade, model = statclass.load("cascade"), statclass.load()
    cascade.border_ = float(np.median(sureness(model.scores(TEXTS), model.calibration_.threshold)))
    found = cascade.classify_many(TEXTS * 3)
    fast, slow = statclass.classify_many(TEXTS * 3), accurate.classify_many(TEXTS * 3)
    assert all(record in (a, b) for record, a, b in zip(found, fast, slow, strict=True))
    assert cascade.share_sent_on == pytest.approx((len(TEXTS) - 1) / 2 / len(TEXTS))
    assert cascade.seen_ == len(found)


@needs_extra
def test_evaluation_tells_the_share_sent_on(tmp_path):
    rows = [{"text": text, "labels": [] if label == "other" else [label]} for label in TINY for text in TINY[label]]
    path = write_jsonl(tmp_path / "mine.jsonl", rows)
    result = CliRunner().invoke(commands, ["evaluate", str(path), "--model", "cascade", "--errors", "1"])
    assert "of the statements were sent on to the accurate model" in result.output


@needs_extra
def test_files_are_labelled_alike_by_one_process_and_by_two(tmp_path):
    source = tmp_path / "quotes.txt"
    source.write_text("\n".join(TEXTS * 4), encoding="utf-8")
    for name, jobs in (("one.jsonl", "1"), ("two.jsonl", "2")):
        result = CliRunner().invoke(
            commands, ["label", str(source), "-o", str(tmp_path / name), "--model", "cascade", "-j", jobs]
        )
        assert result.exit_code == 0, result.output
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


@needs_extra
def test_the_cascade_gives_the_same_by_scores_and_by_records():
    cascade = statclass.load("cascade")
    records = [list(record.scores.values()) for record in cascade.classify_many(TEXTS)]
    assert cascade.scores(TEXTS) == pytest.approx(np.array(records))
    assert cascade.scores([]).shape == (0, 4)


@needs_extra
def test_neither_torch_nor_scikit_learn_is_needed_to_label():
    code = (
        "import sys, statclass; statclass.load('cascade').classify('They say that they will not come.');"
        "print([m for m in ('torch', 'transformers', 'sklearn', 'scipy', 'nltk', 'onnx') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_without_the_extra_one_line_says_what_to_install(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "onnxruntime" else found(name))
    with pytest.raises(MissingExtraError, match=r'pip install "statclass\[accurate\]"'):
        statclass.load("accurate")
    result = CliRunner().invoke(commands, ["explain", "We refuse.", "--model", "cascade"])
    assert isinstance(result.exception, MissingExtraError)


def test_it_is_small_enough_to_ship():
    assert sum(path.stat().st_size for path in model_folder("accurate").iterdir()) <= MOST_BYTES


@needs_extra
@pytest.mark.parametrize("name", [GRAPH, TOKENIZER, "heads.npz", CARD, DESCRIPTION])
def test_one_changed_byte_is_refused_by_file_name(tmp_path, name):
    for path in model_folder("accurate").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    data = bytearray((tmp_path / name).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / name).write_bytes(bytes(data))
    with pytest.raises(ModelError, match=name):
        statclass.load(tmp_path)


@needs_extra
def test_heads_for_other_labels_come_back_from_their_folder_the_same(tmp_path):
    texts = tiny_rows()[0]
    rows = [{"text": text, "label": f"my {label}"} for label in TINY for text in TINY[label]]
    path = write_jsonl(tmp_path / "mine.jsonl", rows)
    model = statclass.train(path, encoder="accurate", folds=2, min_count=1)
    model.save(tmp_path / "model")
    again = statclass.load(tmp_path / "model")
    assert set(again.classes_) == {"my refusal", "my denial", "my other"}
    assert np.array_equal(again.scores(texts), model.scores(texts))
    assert again.predict_proba(texts).sum(1) == pytest.approx(np.ones(len(texts)))


@needs_extra
def test_heads_are_refused_by_another_encoder(tmp_path, monkeypatch):
    from statclass.encoder.folder import shipped_accurate
    from statclass.encoder.runtime import Encoder

    model = statclass.train(
        write_jsonl(
            tmp_path / "mine.jsonl", [{"text": text, "label": label} for label in TINY for text in TINY[label]]
        ),
        encoder="accurate",
        folds=2,
        min_count=1,
    )
    model.save(tmp_path / "model")
    monkeypatch.setattr(Encoder, "sha256", property(lambda self: "another"))
    assert shipped_accurate().encoder_.sha256 == "another"
    with pytest.raises(ModelError, match="encoder of another version"):
        statclass.load(tmp_path / "model")


def test_an_unknown_encoder_is_named(tmp_path):
    rows = [{"text": text, "label": label} for label in TINY for text in TINY[label]]
    with pytest.raises(statclass.InputError, match="'large'; there is 'accurate'"):
        statclass.train(write_jsonl(tmp_path / "mine.jsonl", rows), encoder="large")


def test_batches_hold_every_statement_once():
    lengths = Random(0).choices(range(1, 129), k=500)
    batches = length_buckets(lengths, 1024)
    assert sorted(n for batch in batches for n in batch.tolist()) == list(range(500))
    assert all(len(batch) == 1 or len(batch) * max(lengths[n] for n in batch) <= 1024 for batch in batches)


def test_swapped_names_leave_the_act_alone():
    text = "Norway rejected the offer of the may queen, Norwegian officials said in Oslo."
    swapped = swap_names(text, Random(1))
    assert "Norway" not in swapped and "Oslo" not in swapped
    assert "rejected the offer of the may queen," in swapped


def test_the_same_name_is_swapped_for_the_same():
    words = swap_names("Norway and Norway", Random(2)).split(" and ")
    assert words[0] == words[1] != "Norway"
