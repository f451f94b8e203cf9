"""What the name of a file tells: its format and compression; and the files that a folder or a pattern stands for."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path

from statclass.errors import DataError

FORMATS = ("txt", "csv", "tsv", "jsonl", "parquet")
COMPRESSIONS = ("gz", "zst")
STANDARD_STREAM = "-"
_ALIASES = {"ndjson": "jsonl", "json": "jsonl", "text": "txt", "tab": "tsv", "pq": "parquet"}
REJECTS = ".rejects.jsonl"
"""What is added to an output's name for the file of what has no row."""


def compression_of(name: str) -> str | None:
    """How a file is compressed, by its name.

    Examples
    --------
    >>> compression_of("quotes.csv.GZ"), compression_of("quotes.csv")
    ('gz', None)
    """
    ending = name.lower().rpartition(".")[2]
    return ending if ending in COMPRESSIONS else None


def without_compression(name: str) -> str:
    """A file's name without the ending that tells its compression."""
    return name[: -len(compression) - 1] if (compression := compression_of(name)) else name


def format_of(name: str, given: str | None = None) -> str:
    """The format of a file by its name, or as `given`; a pipe is .txt unless said otherwise.

    Raises
    ------
    DataError
        When the ending is none of the known ones.

    Examples
    --------
    >>> format_of("quotes.CSV.gz"), format_of("-"), format_of("-", "jsonl")
    ('csv', 'txt', 'jsonl')
    """
    if given is None and name == STANDARD_STREAM:
        return "txt"
    if given is None and Path(name).is_dir():
        raise DataError(f"{name}: is a folder; expected a file (a folder of articles is read with --articles)")
    ending = (given or Path(without_compression(name)).suffix).lower().lstrip(".")
    ending = _ALIASES.get(ending, ending)
    if ending not in FORMATS:
        hint = "; HTML pages are read with --articles" if ending in ("html", "htm", "xhtml") else ""
        found = repr(ending) if ending else "(no ending)"
        raise DataError(f"{name}: unknown format {found}; expected one of {', '.join(FORMATS)}{hint}")
    return ending


def find_files(names: Iterable[str]) -> list[str]:
    """The files that names, folders and patterns stand for, each once.

    Folders are searched with all their folders, in order of names, for files of a known format; hidden files and what
    statclass itself puts beside its outputs are left out.

    Raises
    ------
    DataError
        When a pattern or a folder stands for no file at all.
    """
    found: dict[str, None] = {}
    for name in names:
        inside = list(_files_of(name))
        if not inside:
            kind = "folder holds" if Path(name).is_dir() else "pattern matches"
            raise DataError(f"{name}: the {kind} no file of a known format ({', '.join(FORMATS)})")
        found.update(dict.fromkeys(inside))
    return list(found)


def stands_for_many(name: str) -> bool:
    """Whether a name is a folder or a pattern, and not one file."""
    path = Path(name)
    return name != STANDARD_STREAM and (path.is_dir() or (glob.has_magic(name) and not path.exists()))


def _files_of(name: str) -> Iterator[str]:
    if not stands_for_many(name):
        yield name
        return
    folder = Path(name)
    matches = folder.rglob("*") if folder.is_dir() else map(Path, glob.glob(name, recursive=True))
    for path in sorted(matches):
        if path.is_file() and not path.name.startswith((".", "_")) and _is_known(path):
            yield str(path)


def _is_known(path: Path) -> bool:
    ending = Path(without_compression(path.name)).suffix.lower().lstrip(".")
    return _ALIASES.get(ending, ending) in FORMATS and not path.name.endswith(REJECTS)
