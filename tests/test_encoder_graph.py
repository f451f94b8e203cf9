"""The exported graph computes what it should, in floats and in eight bits, whatever stands in the same batch."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("onnx", reason="onnx is not installed")
pytest.importorskip("onnxruntime", reason="the extra accurate is not installed")

from statclass.encoder.export import export

WIDTH, WIDE, LAYERS = 24, 48, 2
WORDS = ["[PAD]", "[UNK]", "we", "refuse", "to", "go", "they", "lied", "again"]


def random_weights() -> dict[str, np.ndarray]:
    """Weights of a tiny transformer."""
    random = np.random.RandomState(0)

    def draw(*shape: int) -> np.ndarray:
        return (random.randn(*shape) * 0.3).astype(np.float32)

    found = {
        "embeddings.word_embeddings.weight": draw(len(WORDS), WIDTH),
        "embeddings.position_embeddings.weight": draw(128, WIDTH),
        "embeddings.token_type_embeddings.weight": draw(2, WIDTH),
        "embeddings.LayerNorm.weight": 1 + draw(WIDTH),
        "embeddings.LayerNorm.bias": draw(WIDTH),
    }
    shapes = {f"attention.self.{part}": (WIDTH, WIDTH) for part in ("query", "key", "value")}
    shapes |= {"attention.output.dense": (WIDTH, WIDTH), "intermediate.dense": (WIDE, WIDTH)}
    shapes |= {"output.dense": (WIDTH, WIDE)}
    for layer in range(LAYERS):
        for name, shape in shapes.items():
            found[f"encoder.layer.{layer}.{name}.weight"] = draw(*shape)
            found[f"encoder.layer.{layer}.{name}.bias"] = draw(shape[0])
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            found[f"encoder.layer.{layer}.{name}.weight"] = 1 + draw(WIDTH)
            found[f"encoder.layer.{layer}.{name}.bias"] = draw(WIDTH)
    return found


TOKENIZER = json.dumps(
    {
        "version": "1.0",
        "pre_tokenizer": {"type": "Whitespace"},
        "model": {"type": "WordLevel", "vocab": {word: n for n, word in enumerate(WORDS)}, "unk_token": "[UNK]"},
    }
).encode()
TEXTS = ["we refuse to go", "they lied", "they lied again they lied again we refuse to go", "go"]


@pytest.fixture(scope="module")
def encoders():
    """The same tiny transformer in floats and in eight bits."""
    return export(random_weights(), TOKENIZER, TEXTS)


def test_floats_agree_with_the_transformer_written_out(encoders):
    floats, _ = encoders
    assert floats.embed(TEXTS) == pytest.approx(np.array([written_out(text) for text in TEXTS]), abs=1e-3)


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


def written_out(text: str) -> np.ndarray:
    """The embedding by plain NumPy: the mean of the last layer."""
    weights = random_weights()
    ids = [WORDS.index(word) for word in text.split()]
    table = weights["embeddings.word_embeddings.weight"]
    step = np.abs(table).max(1, keepdims=True) / 127
    state = (np.round(table / step) * step)[ids]
    state = state + weights["embeddings.position_embeddings.weight"][: len(ids)]
    state = norm(state + weights["embeddings.token_type_embeddings.weight"][0], weights, "embeddings.LayerNorm")
    for layer in range(LAYERS):
        key = f"encoder.layer.{layer}"
        query, keys, values = (linear(state, weights, f"{key}.attention.self.{p}") for p in ("query", "key", "value"))
        seen = np.hstack([head(*(part[:, at : at + 2] for part in (query, keys, values))) for at in range(0, WIDTH, 2)])
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


def head(query: np.ndarray, keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    scores = np.exp(query @ keys.T / np.sqrt(query.shape[1]))
    return scores / scores.sum(1, keepdims=True) @ values
