"""The network: its gradients, written by hand, are those of its loss, and whole numbers make it exact."""

from __future__ import annotations

import numpy as np
import pytest

from statclass.features import FeatureExtractor
from statclass.network import Network
from statclass.network_training import NetworkSettings, Trainer
from statclass.vectors import word_vectors

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
