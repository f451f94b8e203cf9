"""The last step of making a model with an encoder: runs averaged, combined with the fast model, calibrated, written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from statclass.calibration import calibrate
from statclass.encoder.export import export, in_floats
from statclass.encoder.folder import save_cascade, save_encoder, save_large
from statclass.encoder.large import base, large_encoder, packed
from statclass.encoder.model import CascadeClassifier, EncoderClassifier, Heads, sureness
from statclass.encoder.mpnet import EPSILON, as_bert
from statclass.encoder.report import accurate_card, cascade_card, large_card
from statclass.encoder.runtime import TOKENIZER, Encoder
from statclass.encoder.starts import read_large
from statclass.evaluation import macro_f1
from statclass.labelled import LabelledStatement, groups_of
from statclass.model import Floats, Margins, StatementClassifier, decide
from statclass.persistence import load_model
from statclass.records import OTHER, StatementType
from statclass.resources import ACCURATE, DEFAULT_MODEL, LARGE, model_folder

TYPES = tuple(str(kind) for kind in StatementType)
PARTS = 10
_SAMPLE = 20
_BORDERS = np.arange(0.0, 6.01, 0.1)
_AS_GOOD = 0.01
_FAST_FOLDS = 2


@dataclass(frozen=True)
class Run:
    """What one run of the fine-tuning left.

    Parameters
    ----------
    weights : dict of str to float array
        Of the transformer, and of the heads as ``types`` and ``primary`` (shape (width + 1, n_types)).
    held : int array
        Which statements were held out.
    types, primary : float array of shape (n_held, n_types)
        What the run's network says of them.
    info : dict
        Its recipe and its scores.
    """

    weights: dict[str, NDArray[np.float32]]
    held: NDArray[np.int64]
    types: Floats
    primary: Floats
    info: dict[str, Any]


@dataclass(frozen=True)
class HeldOut:
    """The statements that some run held out, with the margins of models that did not see them."""

    rows: Sequence[LabelledStatement]
    margins: Margins
    targets: NDArray[np.bool_]
    primary: NDArray[np.int64]
    fast: StatementClassifier


def parts_of(rows: Sequence[LabelledStatement]) -> NDArray[np.int64]:
    """Which tenth each statement belongs to; near-duplicates belong to one, and labels are spread evenly."""
    from sklearn.model_selection import StratifiedGroupKFold

    primary = primaries_of(rows)
    part = np.zeros(len(rows), np.int64)
    splitter = StratifiedGroupKFold(PARTS, shuffle=True, random_state=0)
    for number, (_, held) in enumerate(splitter.split(primary, primary, groups_of(rows))):
        part[held] = number
    return part


def targets_of(rows: Sequence[LabelledStatement]) -> NDArray[np.bool_]:
    """Sets of types, shape (n_rows, n_types)."""
    return np.array([[name in row.labels for name in TYPES] for row in rows], bool)


def primaries_of(rows: Sequence[LabelledStatement]) -> NDArray[np.int64]:
    """Index of each primary among the types; the number of types for ``"other"``."""
    return np.array([[*TYPES, OTHER].index(row.primary) for row in rows])


def assemble(
    rows: Sequence[LabelledStatement],
    runs: Sequence[Run],
    tokenizer: bytes,
    models: Path,
    scored: Sequence[LabelledStatement] = (),
) -> None:
    """Write the accurate model and the cascade.

    Parameters
    ----------
    rows : sequence of LabelledStatement
        The corpus that the runs were made on.
    runs : sequence of Run
    tokenizer : bytes
    models : Path
        Folder for both.
    scored : sequence of LabelledStatement, optional
        Real statements to score both on, for their cards.
    """
    weights = averaged(runs)
    heads = Heads(weights.pop("types"), weights.pop("primary"))
    floats, encoder = export(weights, tokenizer, _sample(rows))
    held = held_out(rows, runs)
    accurate, exact = _combined(rows, runs, held, heads, (encoder, floats))
    border, curve = cascade_border(held, decide(accurate.calibration_, held.margins, False))
    accurate.info_["border"] = border
    save_encoder(accurate, models / ACCURATE, accurate_card(accurate, exact, held, scored))
    cascade = CascadeClassifier().restore_cascade(accurate, border)
    save_cascade(border, models / "cascade", cascade_card(cascade, curve, scored))


def assemble_large(
    rows: Sequence[LabelledStatement],
    runs: Sequence[Run],
    models: Path,
    scored: Sequence[LabelledStatement] = (),
) -> None:
    """Write the large model: what its runs changed in the weights that the registry has.

    Parameters are those of :func:`assemble`.
    """
    weights = averaged(runs)
    heads = Heads(weights.pop("types"), weights.pop("primary"))
    before, base_sha256 = base()
    floats, ranges = in_floats(as_bert(weights), read_large(TOKENIZER), _sample(rows), EPSILON)
    kept = packed(before, weights, ranges)
    encoder = large_encoder(kept, base_sha256)
    held = _read_again(held_out(rows, runs), encoder, heads)
    large, exact = _combined(rows, runs, held, heads, (encoder, floats))
    save_large(large, kept, base_sha256, models / LARGE, large_card(large, exact, held, scored))


def _read_again(held: HeldOut, encoder: Encoder, heads: Heads) -> HeldOut:
    """What was held out, with the margins of the encoder that ships: what it has lost is to be calibrated for."""
    embedded = encoder.embed([row.text for row in held.rows])
    margins = Margins(held.margins.linear, heads.of_types(embedded), heads.of_primary(embedded))
    return replace(held, margins=margins)


def _sample(rows: Sequence[LabelledStatement]) -> list[str]:
    return [row.text for row in rows][::_SAMPLE]


def _combined(
    rows: Sequence[LabelledStatement],
    runs: Sequence[Run],
    held: HeldOut,
    heads: Heads,
    encoders: tuple[Encoder, Encoder],
) -> tuple[EncoderClassifier, EncoderClassifier]:
    """Classifiers with each of two encoders, beside the shipped fast model, calibrated on what was held out."""
    calibration = calibrate(held.margins, held.targets, held.primary, exclusive=False)
    info = {
        "training_data": {"statements": len(rows)},
        "runs": [run.info for run in runs],
        "versions": _versions(),
    }
    fast = load_model(model_folder(DEFAULT_MODEL))
    first, second = (
        EncoderClassifier().restore_encoder(fast, encoder, heads, calibration, dict(info)) for encoder in encoders
    )
    return first, second


def averaged(runs: Sequence[Run]) -> dict[str, NDArray[np.float32]]:
    """The mean of the weights of several runs."""
    return {name: np.mean([run.weights[name] for run in runs], axis=0) for name in runs[0].weights}


def held_out(rows: Sequence[LabelledStatement], runs: Sequence[Run]) -> HeldOut:
    """Margins of what the runs held out: theirs, and those of a fast model fitted on what no run held out."""
    here = np.concatenate([run.held for run in runs])
    inside = np.setdiff1d(np.arange(len(rows)), here)
    known, kept = [rows[n] for n in inside], [rows[n] for n in here]
    fast = StatementClassifier(folds=_FAST_FOLDS)
    fast.fit([row.text for row in known], [_primary_first(row) for row in known], groups_of(known))
    margins = Margins(
        fast.decision_function(row.text for row in kept),
        np.vstack([run.types for run in runs]),
        np.vstack([run.primary for run in runs]),
    )
    return HeldOut(kept, margins, targets_of(kept), primaries_of(kept), fast)


def cascade_border(
    held: HeldOut, decided: tuple[NDArray[np.bool_], NDArray[np.int64]]
) -> tuple[float, list[tuple[float, float, float]]]:
    """The lowest border with which a cascade is as good as the accurate model, and what each border gives.

    Returns
    -------
    tuple of (float, list)
        The border; and for some borders the border, the share sent on and macro-F1.
    """
    labels = [*TYPES, OTHER]
    names = np.array(labels)
    texts = [row.text for row in held.rows]
    gold = names[held.primary]
    accurate = names[np.where(decided[0].any(1), decided[1][:, 0], len(TYPES))]
    fast = held.fast.predict(texts)
    sure = sureness(held.fast.scores(texts), held.fast.calibration_.threshold)
    curve = [
        (float(border), float((sure < border).mean()), macro_f1(gold, np.where(sure < border, accurate, fast), labels))
        for border in _BORDERS
    ]
    wanted = macro_f1(gold, accurate, labels) - _AS_GOOD
    border = next((border for border, _, score in curve if score >= wanted), float(_BORDERS[-1]))
    return round(border, 2), curve


def _versions() -> dict[str, str]:
    """Of the packages that the training needs, where they are installed."""
    found = {name: version(name) for name in ("torch", "transformers", "onnxruntime", "tokenizers") if find_spec(name)}
    return {"statclass": version("statclass"), **found}


def _primary_first(row: LabelledStatement) -> tuple[str, ...]:
    return tuple(sorted(row.labels, key=lambda name: name != row.primary))


def read_run(path: Path) -> Run:
    """A run as :func:`statclass.encoder.train.tune` writes it."""
    import json

    with np.load(path, allow_pickle=False) as arrays:
        weights = {n.removeprefix("weights."): arrays[n] for n in arrays.files if n.startswith("weights.")}
        info: Mapping[str, Any] = json.loads(arrays["info"].tobytes())
        return Run(weights, arrays["held"], arrays["types"].astype(float), arrays["primary"].astype(float), dict(info))
