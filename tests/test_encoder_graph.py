"""The exported graph computes what it should, in floats and in eight bits, whatever stands in the same batch."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnx", reason="onnx is not installed")
pytest.importorskip("onnxruntime", reason="the extra accurate is not installed")

from statclass.encoder.export import export
from statclass.encoder.mpnet import PLACES, biases_of_places
from tests.tiny_encoders import BERT, BERT_WITH_PLACES, LAYERS, TEXTS, TOKENIZER, WORDS


@pytest.fixture(scope="module", params=[BERT, BERT_WITH_PLACES], ids=["bert", "with places"])
def weights(request):
    """Of a tiny transformer, without and with biases for relative places."""
    return request.param


@pytest.fixture(scope="module")
def encoders(weights):
    """The same tiny transformer in floats and in eight bits."""
    return export(weights, TOKENIZER, TEXTS)


def test_floats_agree_with_the_transformer_written_out(encoders, weights):
    floats, _ = encoders
    assert floats.embed(TEXTS) == pytest.approx(np.array([written_out(text, weights) for text in TEXTS]), abs=1e-3)


def test_eight_bits_are_near_to_floats(encoders):
    floats, bytes_ = (encoder.embed(TEXTS) for encoder in encoders)
    assert np.abs(floats - bytes_).mean() < 0.05 * np.abs(floats).mean()


@pytest.mark.parametrize("kind", [0, 1], ids=["floats", "eight bits"])
def test_an_embedding_depends_on_its_statement_alone(encoders, kind):
    together = encoders[kind].embed(TEXTS)
    alone = np.vstack([encoders[kind].embed([text]) for text in TEXTS])
    assert together == pytest.approx(alone, abs=1e-5)


def test_eight_bits_take_a_third_of_the_room(encoders):
    floats, bytes_ = encoders
    assert len(bytes_.graph) < len(floats.graph)


def written_out(text: str, weights: dict[str, np.ndarray]) -> np.ndarray:
    """The embedding by plain NumPy: the mean of the last layer."""
    ids = [WORDS.index(word) for word in text.split()]
    table = weights["embeddings.word_embeddings.weight"]
    step = np.abs(table).max(1, keepdims=True) / 127
    state = (np.round(table / step) * step)[ids]
    state = state + weights["embeddings.position_embeddings.weight"][: len(ids)]
    state = norm(state + weights["embeddings.token_type_embeddings.weight"][0], weights, "embeddings.LayerNorm")
    places = biases_of_places(weights[PLACES], len(ids)) if PLACES in weights else np.zeros((12, 1, 1))
    for layer in range(LAYERS):
        key = f"encoder.layer.{layer}"
        parts = [linear(state, weights, f"{key}.attention.self.{p}") for p in ("query", "key", "value")]
        seen = np.hstack([head(*(part[:, 2 * n : 2 * n + 2] for part in parts), places[n]) for n in range(12)])
        seen = linear(seen, weights, f"{key}.attention.output.dense")
        middle = norm(seen + state, weights, f"{key}.attention.output.LayerNorm")
        wide = gelu(linear(middle, weights, f"{key}.intermediate.dense"))
        state = norm(linear(wide, weights, f"{key}.output.dense") + middle, weights, f"{key}.output.LayerNorm")
    return state.mean(0)


def linear(values: np.ndarray, weights: dict[str, np.ndarray], key: str) -> np.ndarray:
    return values @ weights[f"{key}.weight"].T + weights[f"{key}.bias"]


def norm(values: np.ndarray, weights: dict[str, np.ndarray], key: str) -> np.ndarray:
    scaled = (values - values.mean(-1, keepdims=True)) / values.std(-1, keepdims=True)
    return scaled * weights[f"{key}.weight"] + weights[f"{key}.bias"]


def gelu(values: np.ndarray) -> np.ndarray:
    from math import erf

    return values * 0.5 * (1 + np.vectorize(erf)(values / np.sqrt(2)))


def head(query: np.ndarray, keys: np.ndarray, values: np.ndarray, places: np.ndarray) -> np.ndarray:
    scores = np.exp(query @ keys.T / np.sqrt(query.shape[1]) + places)
    return scores / scores.sum(1, keepdims=True) @ values
