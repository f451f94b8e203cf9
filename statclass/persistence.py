"""Models as folders of data: JSON and NumPy arrays, no code, every part hashed.

A folder holds ``model.json`` (format, versions, labels, calibration, scores, hashes), ``weights.npz`` (the arrays, read
with ``allow_pickle=False``), ``lexicon.json`` (the cues that the model was trained with) and ``MODEL_CARD.md``.
"""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from statclass.errors import ModelError

if TYPE_CHECKING:
    from statclass.model import Calibration, StatementClassifier

FORMAT = 4
"""The format that is written. A change that older versions cannot read raises it; every older format stays readable.

1: the first. 2: ``primary`` among the calibration's arrays, and thresholds of models with one label a statement; the
network in whole numbers. 3: filters of the network stand at tokens with a category alone;
``templates`` names those of the features, null for all. 4: layers between the network's tokens and its filters.
"""
READABLE = (1, 2, 3, 4)
DESCRIPTION, WEIGHTS, LEXICON, CARD = "model.json", "weights.npz", "lexicon.json", "MODEL_CARD.md"
PARTS = (WEIGHTS, LEXICON, CARD)
_CALIBRATION = ("linear", "network", "intercept", "threshold", "primary")
_ARRAYS = ("slots", "weights", "bias", *_CALIBRATION, "known_words", "vector_words")
_NETWORK = "network."
NOT_WHOLE = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    RecursionError,
    zlib.error,
    BadZipFile,
)


def save_model(classifier: StatementClassifier, folder: str | PathLike[str]) -> None:
    """Write a fitted classifier as a folder; the same classifier always gives the same bytes."""
    from statclass.card import model_card

    parts = {
        WEIGHTS: _packed(classifier),
        LEXICON: _json_bytes(classifier.extractor_.lexicon_.to_json(), indent=None),
        CARD: model_card(classifier).encode("utf-8"),
    }
    description = {
        "format": FORMAT,
        "types": list(classifier.types_),
        "exclusive": classifier.exclusive_,
        "settings": classifier.get_params(),
        "templates": classifier.extractor_.templates,
        **classifier.info_,
    }
    write_parts(Path(folder), description, parts)


def load_model(folder: str | PathLike[str]) -> StatementClassifier:
    """Read a folder written by :func:`save_model`.

    Raises
    ------
    ModelError
        When the folder or one of its parts is missing, was changed, or has an unknown format.
    """
    source = Path(folder)
    description = _description(source)
    if description.get("kind"):
        from statclass.encoder.folder import load_kind

        return load_kind(source, description)
    parts = read_parts(source, description, PARTS)
    try:
        return _assemble(description, parts)
    except NOT_WHOLE as error:
        raise ModelError(f"{source}: not a whole statclass model ({error}); train it again") from error


def read_parts(source: Path, description: dict[str, Any], names: Iterable[str]) -> dict[str, bytes]:
    """Parts of a model folder by name, each checked against its hash in the description."""
    parts = {name: _read_part(source, name) for name in names}
    for name, data in parts.items():
        if _sha256(data) != description.get("sha256", {}).get(name):
            raise ModelError(
                f"{source / name}: its content is not what {DESCRIPTION} says; the file was changed or cut. "
                "Restore the folder or train the model again"
            )
    return parts


def write_parts(target: Path, description: dict[str, Any], parts: dict[str, bytes]) -> None:
    """Write a model folder: its parts, and the sealed description with the hash of each."""
    target.mkdir(parents=True, exist_ok=True)
    for name, data in parts.items():
        (target / name).write_bytes(data)
    hashes = {name: _sha256(data) for name, data in parts.items()}
    (target / DESCRIPTION).write_bytes(_sealed({**description, "sha256": hashes}))


def _assemble(description: dict[str, Any], parts: dict[str, bytes]) -> StatementClassifier:
    from statclass.cues import Lexicon
    from statclass.features import FeatureExtractor
    from statclass.model import StatementClassifier
    from statclass.network import Network, in_whole_numbers, with_hidden
    from statclass.vectors import FIRST_WORD

    settings = description["settings"]
    with np.load(io.BytesIO(parts[WEIGHTS]), allow_pickle=False) as arrays:
        values = {name: arrays[name] for name in _ARRAYS if name in arrays or description["format"] > 1}
        layers = {n.removeprefix(_NETWORK): arrays[n] for n in arrays.files if n.startswith(_NETWORK)}
    if description["format"] == 1:
        layers = in_whole_numbers(with_hidden({name: array.astype(np.float32) for name, array in layers.items()}))
    types = description["types"]
    if values["weights"].shape != (len(values["slots"]) + 1, len(types) + 1):
        raise ValueError(f"{len(types)} labels do not fit weights of shape {values['weights'].shape}")
    known = _unpacked_words(values["known_words"])
    rows = {word: row for row, word in enumerate(_unpacked_words(values["vector_words"]), FIRST_WORD)}
    templates = description.get("templates")
    extractor = FeatureExtractor(settings["min_count"], None if templates is None else tuple(templates))
    extractor.restore(np.cumsum(values["slots"], dtype=np.int64), known, Lexicon.from_json(json.loads(parts[LEXICON])))
    own = ("format", "types", "exclusive", "settings", "templates", "sha256", "seal")
    return StatementClassifier(**settings).restore(
        extractor,
        values["weights"],
        values["bias"],
        Network(layers, rows, everywhere=description["format"] < 3),
        _calibration(values, description),
        types,
        description["exclusive"],
        {key: value for key, value in description.items() if key not in own},
    )


def _calibration(values: dict[str, Any], description: dict[str, Any]) -> Calibration:
    from statclass.model import Calibration

    if description["format"] == 1:
        alike = np.ones(len(description["types"]))
        values = {**values, "primary": alike, **({"threshold": alike} if description["exclusive"] else {})}
    return Calibration(*(values[name] for name in _CALIBRATION))


def _description(source: Path) -> dict[str, Any]:
    if not source.is_dir():
        raise ModelError(f"{source}: no such model folder; expected a folder with {DESCRIPTION}, {', '.join(PARTS)}")
    data = _read_part(source, DESCRIPTION)
    try:
        description = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{source / DESCRIPTION}: not valid JSON ({error}); the file was changed or cut") from error
    found = description.get("format") if isinstance(description, dict) else None
    if found not in READABLE:
        raise ModelError(
            f"{source / DESCRIPTION}: model format {found!r}; this version of statclass reads formats "
            f"{', '.join(map(str, READABLE))}. "
            "Update statclass, or train the model again with this version"
        )
    if data != _sealed({key: value for key, value in description.items() if key != "seal"}):
        raise ModelError(f"{source / DESCRIPTION}: the file was changed after the model was saved; restore the folder")
    return description  # type: ignore[no-any-return]


def _sealed(description: dict[str, Any]) -> bytes:
    """The description as bytes, with a hash of itself, so that no byte of it can change unnoticed."""
    return _json_bytes({**description, "seal": _sha256(_json_bytes(description, indent=1))}, indent=1)


def _read_part(source: Path, name: str) -> bytes:
    try:
        return (source / name).read_bytes()
    except OSError as error:
        raise ModelError(
            f"{source / name}: cannot be read ({error.strerror}); the model folder is not whole"
        ) from error


def _packed(classifier: StatementClassifier) -> bytes:
    slots = classifier.extractor_.slots_
    calibration = classifier.calibration_
    values = (
        np.diff(slots, prepend=0).astype(np.uint32),
        classifier.weights_,
        classifier.bias_,
        *(getattr(calibration, name) for name in _CALIBRATION),
        _packed_words(classifier.extractor_.known_words_),
        _packed_words(classifier.network_.rows),
    )
    arrays: dict[str, Any] = dict(zip(_ARRAYS, values, strict=True))
    arrays |= {_NETWORK + name: array for name, array in classifier.network_.arrays.items()}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def _packed_words(words: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(words).encode("utf-8"), np.uint8)


def _unpacked_words(packed: NDArray[np.uint8]) -> list[str]:
    return packed.tobytes().decode("utf-8").split("\n")


def _json_bytes(data: object, indent: int | None) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=indent, sort_keys=True) + "\n").encode("utf-8")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
