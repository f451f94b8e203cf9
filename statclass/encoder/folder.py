"""Models with an encoder as folders of data, hashed like the fast ones.

``model.json`` tells the kind:

- ``encoder``, the shipped accurate model: ``encoder.onnx``, ``tokenizer.json``, ``heads.npz`` and a card. Its fast part
  is the shipped default model.
- ``heads``, what ``train --encoder accurate`` writes: ``heads.npz``, a card, and a fast model in ``fast/``. Its encoder
  is that of the shipped accurate model.
- ``large``, the shipped large model: ``difference.npz``, ``heads.npz`` and a card. Its encoder is put together of what
  the registry has (:mod:`statclass.encoder.large`); its fast part is the shipped default model.
- ``cascade``: a border and a card; both models are the shipped ones.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from statclass.encoder.model import CascadeClassifier, EncoderClassifier, Heads
from statclass.encoder.runtime import GRAPH, TOKENIZER, Encoder, check_extra
from statclass.errors import ModelError
from statclass.model import Calibration, StatementClassifier
from statclass.persistence import CARD, DESCRIPTION, FORMAT, NOT_WHOLE, load_model, read_parts, write_parts
from statclass.resources import ACCURATE, DEFAULT_MODEL, model_folder

HEADS = "heads.npz"
DIFFERENCE = "difference.npz"
FAST = "fast"
_CALIBRATION = "calibration."
_OWN = ("format", "kind", "types", "exclusive", "settings", "sha256", "seal")


def load_kind(source: Path, description: dict[str, Any]) -> StatementClassifier:
    """A model whose description tells its kind.

    Raises
    ------
    MissingExtraError
        When what the kind needs is not installed.
    ModelError
        When a part is missing or was changed, or the kind is unknown.
    """
    readers = {"encoder": _load_encoder, "large": _load_large, "heads": _load_heads, "cascade": _load_cascade}
    kind = description["kind"]
    if kind not in readers:
        raise ModelError(f"{source / DESCRIPTION}: model of kind {kind!r}; this version knows {', '.join(readers)}")
    check_extra()
    try:
        return readers[kind](source, description)
    except NOT_WHOLE as error:
        raise ModelError(f"{source}: not a whole statclass model ({error}); train it again") from error


def save_encoder(classifier: EncoderClassifier, folder: str | PathLike[str], card: str) -> None:
    """Write a whole model with its encoder; the same classifier always gives the same bytes."""
    parts = {GRAPH: classifier.encoder_.graph, TOKENIZER: classifier.encoder_.tokenizer}
    parts |= {HEADS: _packed(classifier), CARD: card.encode("utf-8")}
    write_parts(Path(folder), _described(classifier, "encoder"), parts)


def save_large(
    classifier: EncoderClassifier, kept: bytes, base_sha256: str, folder: str | PathLike[str], card: str
) -> None:
    """Write a model whose encoder is put together at the first use; `kept` is its difference."""
    parts = {DIFFERENCE: kept, HEADS: _packed(classifier), CARD: card.encode("utf-8")}
    write_parts(Path(folder), {**_described(classifier, "large"), "base_sha256": base_sha256}, parts)


def save_heads(classifier: EncoderClassifier, folder: str | PathLike[str]) -> None:
    """Write heads on the shipped encoder, with the fast model beside them."""
    from statclass.card import model_card

    classifier.fast_.save(Path(folder) / FAST)
    parts = {HEADS: _packed(classifier), CARD: model_card(classifier).encode("utf-8")}
    description = _described(classifier, "heads")
    write_parts(Path(folder), {**description, "encoder_sha256": classifier.encoder_.sha256}, parts)


def save_cascade(border: float, folder: str | PathLike[str], card: str) -> None:
    """Write a cascade of the two shipped models."""
    write_parts(Path(folder), {"format": FORMAT, "kind": "cascade", "border": border}, {CARD: card.encode("utf-8")})


@cache
def shipped_accurate() -> EncoderClassifier:
    """The accurate model that ships with statclass, read once."""
    model = load_model(model_folder(ACCURATE))
    assert isinstance(model, EncoderClassifier)
    return model


def _load_encoder(source: Path, description: dict[str, Any]) -> EncoderClassifier:
    parts = read_parts(source, description, (GRAPH, TOKENIZER, HEADS, CARD))
    fast = load_model(model_folder(DEFAULT_MODEL))
    return _restored(fast, Encoder(parts[GRAPH], parts[TOKENIZER]), parts[HEADS], description)


def _load_large(source: Path, description: dict[str, Any]) -> EncoderClassifier:
    from statclass.encoder.large import large_encoder

    parts = read_parts(source, description, (DIFFERENCE, HEADS, CARD))
    encoder = large_encoder(parts[DIFFERENCE], description["base_sha256"])
    return _restored(load_model(model_folder(DEFAULT_MODEL)), encoder, parts[HEADS], description)


def _load_heads(source: Path, description: dict[str, Any]) -> EncoderClassifier:
    parts = read_parts(source, description, (HEADS, CARD))
    encoder = shipped_accurate().encoder_
    if encoder.sha256 != description["encoder_sha256"]:
        raise ModelError(
            f"{source}: was trained on the encoder of another version of statclass; train it again with this one"
        )
    return _restored(load_model(source / FAST), encoder, parts[HEADS], description)


def _load_cascade(source: Path, description: dict[str, Any]) -> CascadeClassifier:
    read_parts(source, description, (CARD,))
    return CascadeClassifier().restore_cascade(shipped_accurate(), float(description["border"]))


def _restored(
    fast: StatementClassifier, encoder: Encoder, packed: bytes, description: dict[str, Any]
) -> EncoderClassifier:
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        values: Mapping[str, Any] = {name: arrays[name] for name in arrays.files}
    if list(fast.types_) != description["types"] or values["types"].shape[1] != len(fast.types_):
        raise ValueError(f"its labels {description['types']} are not those of its fast model")
    heads = Heads(values["types"], values["primary"])
    own = {name.removeprefix(_CALIBRATION): array for name, array in values.items() if name.startswith(_CALIBRATION)}
    info = {name: value for name, value in description.items() if name not in _OWN}
    return EncoderClassifier(**description["settings"]).restore_encoder(fast, encoder, heads, Calibration(**own), info)


def _described(classifier: EncoderClassifier, kind: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "kind": kind,
        "types": list(classifier.types_),
        "exclusive": classifier.exclusive_,
        "settings": classifier.get_params(),
        **classifier.info_,
    }


def _packed(classifier: EncoderClassifier) -> bytes:
    heads, calibration = vars(classifier.heads_), vars(classifier.calibration_)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **heads, **{_CALIBRATION + n: a for n, a in calibration.items()})
    return buffer.getvalue()
