"""Whole lines of a file, and the formats with a row on each: .txt and .jsonl."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from statclass.formats.rows import REPLACED, Reject, Rows
from statclass.formats.streams import Pieces

LONGEST_LINE = 2**25
_SCAN = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
_BLANK = " \t\r"
Kind = TypeVar("Kind", bound="Lines")


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines of a file, as UTF-8 bytes; `line` is the number of the first."""

    file: str
    line: int
    data: bytes
    rejects: tuple[Reject, ...] = ()

    def mark(self) -> bytes:
        """The bytes themselves."""
        return self.data

    def text(self) -> str:
        """The lines as text; bytes that are not UTF-8 become U+FFFD."""
        return self.data.decode("utf-8", "replace")

    def split(self) -> tuple[list[str], bool]:
        """The lines without their line feeds, and whether bytes of them became U+FFFD."""
        text = self.text()
        lines = text.split("\n")
        return lines if lines[-1] else lines[:-1], REPLACED in text


class TextLines(Lines):
    """Lines of a .txt file: a statement each."""

    __slots__ = ()

    def parse(self) -> Rows:
        """The rows, with the one column ``"text"``."""
        lines, replaced = self.split()
        values: list[dict[str, Any]] = [{"text": line.rstrip("\r")} for line in lines]
        return Rows(values, range(self.line, self.line + len(values)), {}, replaced, columns=("text",))


class JsonLines(Lines):
    """Lines of a .jsonl file: an object each."""

    __slots__ = ()

    def parse(self) -> Rows:
        """The rows; empty lines are passed over."""
        texts, replaced = self.split()
        objects = [text.strip(_BLANK) for text in texts]
        lines: Sequence[int] = range(self.line, self.line + len(objects))
        if not all(objects):
            lines = [line for line, text in zip(lines, objects, strict=True) if text]
            objects = [text for text in objects if text]
        values: list[dict[str, Any]] = []
        problems: dict[int, str] = {}
        for n, text in enumerate(objects):
            try:
                value, end = _SCAN(text, 0)
                whole = end == len(text) and type(value) is dict
            except (ValueError, RecursionError, StopIteration):
                whole = False
            if not whole:
                problems[n], value, objects[n] = _problem_of(text), {}, ""
            values.append(value)
        return Rows(values, lines, problems, replaced, objects)


def whole_lines(pieces: Pieces, file: str, kind: type[Kind]) -> Iterator[Kind]:
    """The lines of a file in blocks; a line that is too long, or damage that ends the reading, is a reject."""
    line, rest = 1, b""
    for piece in with_line_feeds(pieces):
        cut = piece.rfind(b"\n") + 1
        if cut:
            data, rest = rest + piece[:cut], piece[cut:]
            yield _without_long_line(kind(file, line, data))
            line += data.count(b"\n")
        else:
            rest = rest if len(rest) > LONGEST_LINE else rest + piece
    if rest:
        yield _without_long_line(kind(file, line, rest))
    if pieces.failure:
        yield kind(file, line, b"", (Reject(file, line, pieces.failure),))


def _without_long_line(lines: Kind) -> Kind:
    """Put the first of some lines among the rejects when it is too long to be kept in memory whole."""
    first = lines.data.find(b"\n")
    if (first if first >= 0 else len(lines.data)) <= LONGEST_LINE:
        return lines
    reason = f"the line is longer than {LONGEST_LINE:,} bytes"
    rest = lines.data[first + 1 :] if first >= 0 else b""
    return replace(lines, line=lines.line + 1, data=rest, rejects=(Reject(lines.file, lines.line, reason),))


def with_line_feeds(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces in which carriage returns are the ends of lines, when the first has no other ends, with line feeds."""
    old_ends = None
    for piece in pieces:
        if old_ends is None:
            old_ends = b"\r" in piece and b"\n" not in piece
        yield piece.replace(b"\r", b"\n") if old_ends else piece


def _problem_of(text: str) -> str:
    """Why a line is no JSON object."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return f"not valid JSON at column {error.colno}: {error.msg}"
    except RecursionError:
        return "not valid JSON: too deeply nested"
    except ValueError as error:
        return f"not valid JSON: {error}"
    return f"expected a JSON object, found {type(value).__name__}"
