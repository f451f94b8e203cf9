"""Proper names swapped for others of their kind, so that a model learns acts and not who is known for them."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from random import Random

_SWAPPED = ("city", "country", "demonym", "demonyms", "group", "organization", "region")


@cache
def _names() -> tuple[dict[str, str], dict[str, list[str]], re.Pattern[str]]:
    """The kind of each name, the names of each kind, and a pattern that finds them."""
    lines = files("statclass").joinpath("data", "names.tsv").read_text(encoding="utf-8").splitlines()[1:]
    kinds = dict(line.split("\t")[:2] for line in lines if "\t" in line)
    kinds = {name: f"{kind}s" if kind == "demonym" and name.endswith("s") else kind for name, kind in kinds.items()}
    kinds = {name: kind for name, kind in kinds.items() if kind in _SWAPPED}
    by_kind: dict[str, list[str]] = {}
    for name, kind in kinds.items():
        by_kind.setdefault(kind, []).append(name)
    longest_first = sorted(kinds, key=len, reverse=True)
    return kinds, by_kind, re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)


def swap_names(text: str, random: Random) -> str:
    """The text with its countries, peoples, cities and organisations each swapped for another of its kind.

    A name that comes twice is swapped for the same name; what is not capitalised is left alone.

    Examples
    --------
    >>> swapped = swap_names("Norway accused Sweden; Norway was wrong.", Random(0))
    >>> swapped.endswith("was wrong."), "Norway" in swapped, swapped.split()[1]
    (True, False, 'accused')
    """
    kinds, by_kind, pattern = _names()
    chosen: dict[str, str] = {}

    def another(match: re.Match[str]) -> str:
        found = match.group()
        name = found.lower()
        if not found[0].isupper():
            return found
        if name not in chosen:
            chosen[name] = random.choice(by_kind[kinds[name]])
        return _capitalised(chosen[name], found)

    return pattern.sub(another, text)


def _capitalised(name: str, like: str) -> str:
    if len(name) <= 4 and ("." in name or name in ("eu", "un", "nato", "unga", "unsc", "isis", "farc")):
        return name.upper()
    return name.upper() if like.isupper() and len(like) > 4 else " ".join(map(str.capitalize, name.split(" ")))
