"""The network: its gradients, written by hand, are those of its loss, and whole numbers make it exact."""

from __future__ import annotations

import numpy as np
import pytest

import statclass
from statclass.features import FeatureExtractor
from statclass.labelled import read_labelled
from statclass.network import Network, in_floats, in_whole_numbers
from statclass.network_training import NetworkSettings, Trainer, sized_like, start_from, train_network
from statclass.vectors import word_vectors
from tests.conftest import ROOT

TEXTS = (
    "We refuse to sign the treaty, and nobody will make us.",
    "They shelled the port again, and the minister denied it.",
    "The talks will resume on Monday in Geneva.",
    "No.",
)
TYPES = np.array([[1, 0], [0.2, 0.9], [0, 0], [0.7, 0]])
PRIMARY = np.array([[1, 0, 0], [0.1, 0.8, 0.1], [0, 0, 1], [0.6, 0, 0.4]])
STEP = 1e-5


@pytest.fixture(scope="module")
def encoded():
    extractor = FeatureExtractor(1)
    extractor.fit(TEXTS)
    return Network({}, word_vectors()[1]).encode(extractor.read(list(TEXTS)), extractor.reader_.table.words)


def trainer(**settings):
    """A trainer in double precision that drops nothing."""
    made = Trainer(word_vectors()[0].astype(float), 2, NetworkSettings(dropout=0, smoothing=0, **settings), seed=0)
    made.arrays = {name: array.astype(float) for name, array in made.arrays.items()}
    return made


def loss(made, encoded):
    """Twice the mean cross-entropy of the types plus that of the primary."""
    outputs = made.outputs(encoded)
    types, best = outputs[:, :2], outputs[:, 2:]
    of_types = (np.logaddexp(0, types) - TYPES * types).mean()
    of_primary = (np.logaddexp.reduce(best, axis=1) - (PRIMARY * best).sum(1)).mean()
    return 2 * of_types + of_primary


@pytest.mark.parametrize("settings", [{}, {"hidden": 8}, {"hidden": 8, "layers": 2}], ids=str)
def test_gradients_are_those_of_the_loss(encoded, settings):
    made, random = trainer(width=8, filters=6, **settings), np.random.RandomState(1)
    gradients = made.gradients(encoded, TYPES, PRIMARY)
    assert set(gradients) == set(made.arrays)
    for name, array in made.arrays.items():
        moved = np.argwhere(np.abs(gradients[name]) > 1e-4)
        for place in map(tuple, moved[random.permutation(len(moved))[:5]]):
            before = array[place]
            array[place] = before + STEP
            above = loss(made, encoded)
            array[place] = before - STEP
            below = loss(made, encoded)
            array[place] = before
            assert (above - below) / (2 * STEP) == pytest.approx(gradients[name][place], rel=0.02, abs=1e-5), name


def test_whole_numbers_go_back_to_floats_and_forth_again(encoded):
    shipped = statclass.load().network_
    again = Network(in_whole_numbers(in_floats(shipped.arrays)), shipped.rows)
    assert again.outputs_of(encoded) == pytest.approx(shipped.outputs_of(encoded), abs=1e-4)


def test_a_start_holds_all_that_the_network_knows_but_its_outputs(encoded):
    shipped, vectors = statclass.load().network_, word_vectors()[0]
    start = start_from(shipped, vectors)
    made = Trainer(vectors, 4, sized_like(NetworkSettings(dropout=0), start), seed=0)
    assert set(made.arrays) - set(start) == {"out", "outbias"}
    floats = in_floats(shipped.arrays)
    made.arrays = start | {"out": floats["out"], "outbias": floats["outbias"]}
    assert made.outputs(encoded) == pytest.approx(shipped.outputs_of(encoded), abs=0.3)


def test_few_statements_start_from_the_shipped_network_and_learn_sooner():
    rows = read_labelled([ROOT / "seeds" / "pairs.jsonl"])[:240]
    extractor = FeatureExtractor(1)
    texts, labels = [row.text for row in rows], [row.primary == "other" for row in rows]
    extractor.fit(texts)
    targets = np.array(labels, float)[:, None]
    vectors, words = word_vectors()
    read = Network({}, words).encode(extractor.read(texts), extractor.reader_.table.words)
    start = start_from(statclass.load().network_, vectors)
    settings = sized_like(NetworkSettings(epochs=4, batch=16), start)
    from_nothing, onward = (
        train_network(read, vectors, words, targets, np.hstack([targets, 1 - targets]), settings, 0, start=begin)
        for begin in (None, start)
    )
    right = [((net.outputs_of(read)[:, 0] > 0) == labels).mean() for net in (from_nothing, onward)]
    assert right[1] > right[0] + 0.1
