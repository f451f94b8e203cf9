"""A tiny transformer of random weights, for tests of what is made of large ones."""

from __future__ import annotations

import json

import numpy as np

from statclass.encoder.mpnet import PLACES

WIDTH, WIDE, LAYERS = 24, 48, 2
WORDS = ["[PAD]", "[UNK]", "we", "refuse", "to", "go", "they", "lied", "again"]
TEXTS = ["we refuse to go", "they lied", "they lied again they lied again we refuse to go", "go"]
TOKENIZER = json.dumps(
    {
        "version": "1.0",
        "pre_tokenizer": {"type": "Whitespace"},
        "model": {"type": "WordLevel", "vocab": {word: n for n, word in enumerate(WORDS)}, "unk_token": "[UNK]"},
    }
).encode()
_IN_MPNET = {"self.query": "attn.q", "self.key": "attn.k", "self.value": "attn.v", "output.dense": "attn.o"}


def _weights() -> dict[str, np.ndarray]:
    """By the names that a BERT has for them."""
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


def _named_as_in_mpnet(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    found = {}
    for name, value in weights.items():
        for old, new in _IN_MPNET.items():
            name = name.replace(f"attention.{old}", f"attention.{new}")
        found[name.replace("attention.output.LayerNorm", "attention.LayerNorm")] = value
    del found["embeddings.token_type_embeddings.weight"]
    places = found["embeddings.position_embeddings.weight"]
    return found | {"embeddings.position_embeddings.weight": np.vstack([places[:2], places])}


BERT = _weights()
BERT_WITH_PLACES = BERT | {PLACES: np.random.RandomState(1).randn(32, 12).astype(np.float32)}
MPNET = _named_as_in_mpnet(BERT_WITH_PLACES)
