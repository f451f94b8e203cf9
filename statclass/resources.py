"""Where the shipped model and corpus are: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from statclass.errors import ModelError

_PACKAGE = Path(__file__).resolve().parent
DEFAULT_MODEL = "default"
ACCURATE = "accurate"
LARGE = "large"


def shipped(kind: str) -> Path:
    """The folder ``"models"`` or ``"seeds"`` that came with statclass."""
    for place in (_PACKAGE / kind, _PACKAGE.parent / kind):
        if place.is_dir():
            return place
    raise ModelError(f"the folder {kind!r} that ships with statclass is not there; install statclass again")


def model_folder(name: str) -> Path:
    """A model by the name under which it ships, or as a path."""
    known = shipped("models") / name
    return known if known.is_dir() and Path(name).name == name else Path(name)
