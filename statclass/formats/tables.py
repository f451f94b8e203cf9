"""Tables as text, .csv and .tsv: cells that may hold line ends, marks that were never closed, other delimiters."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from statclass.errors import DataError
from statclass.formats.lines import Lines, whole_lines
from statclass.formats.rows import REPLACED, TEXT_COLUMNS, Block, Reject, Rows, unlike
from statclass.formats.streams import Pieces

LONGEST_ROW = 2**23
BLOCK_ROWS = 4096
BLOCK_SIZE = 2**20
DELIMITERS = (",", ";", "\t", "|")
_MAX_CELL = 2**31 - 1
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows of a table as lists of cells; `lines` tells where each begins."""

    file: str
    columns: tuple[str, ...]
    cells: list[list[str]]
    lines: list[int]
    rejects: tuple[Reject, ...]
    unclosed: tuple[int, ...]
    replaced: bool

    def parse(self) -> Rows:
        """The rows; one with another number of cells than the header has a problem."""
        columns, width = self.columns, len(self.columns)
        problems = {
            n: f"{len(cells)} cells where the header has {width}"
            for n, cells in enumerate(self.cells)
            if len(cells) != width
        }
        problems |= dict.fromkeys(self.unclosed, "a quotation mark that opens here is not closed")
        values = [dict(zip(columns, cells, strict=False)) for cells in self.cells]
        return Rows(values, self.lines, problems, self.replaced, columns=columns)

    def mark(self) -> bytes:
        """The places of all rows, and the first and the last row."""
        return repr((self.lines, self.cells[:1], self.cells[-1:])).encode("utf-8", "surrogatepass")


def table_blocks(pieces: Pieces, file: str, delimiter: str | None) -> tuple[list[str], Iterator[Block]]:
    """The columns of a table and its blocks.

    Parameters
    ----------
    pieces : Pieces
    file : str
    delimiter : str, optional
        When not given, that of comma, semicolon, tab and bar which fits the first lines best.

    Raises
    ------
    DataError
        When the file is empty.
    """
    csv.field_size_limit(_MAX_CELL)
    feed = _Feed(pieces, file)
    rows = _rows(feed, delimiter or guessed_delimiter(feed.ahead(_LOOKED_AT)))
    header = next(rows, None)
    if header is None:
        why = [reject.reason for reject in feed.taken_rejects()]
        raise DataError(f"{file}:1: {why[0] if why else 'the file is empty; expected a line of column names'}")
    columns = unlike(header[0])
    return columns, _blocks(rows, feed, file, columns)


def guessed_delimiter(lines: Sequence[str]) -> str:
    """The delimiter under which the first lines make the best table.

    Best is one that gives a column with a usual name for statements; then the one under which most rows are as long as
    the header; then the one that gives most columns. A comma where nothing speaks for another.

    Examples
    --------
    >>> guessed_delimiter(["id;quote;date\\n", "1;We refuse, and we deny;2026\\n"])
    ';'
    >>> guessed_delimiter(["quote\\n", "We refuse; we deny.\\n"])
    ','
    """
    return max(DELIMITERS, key=lambda delimiter: _fit(lines, delimiter))


def _fit(lines: Sequence[str], delimiter: str) -> tuple[bool, float, int]:
    try:
        header, *rows = [row for row in csv.reader(lines, delimiter=delimiter) if row] or [[]]
    except csv.Error:
        return False, 0.0, 0
    named = any(cell.lower().strip() in TEXT_COLUMNS for cell in header)
    alike = sum(len(row) == len(header) for row in rows) / len(rows) if rows else 1.0
    return named and len(header) > 1, alike if len(header) > 1 else 0.5, len(header)


class _TooLong(Exception):
    """A row goes on and on: its quotation mark is not closed."""


class _Feed:
    """The lines of a file, for csv.reader; those of the row that is being read are remembered and can be put back."""

    def __init__(self, pieces: Pieces, file: str) -> None:
        self._blocks = whole_lines(pieces, file, Lines)
        self._lines: Iterator[str] = iter(())
        self._waiting: deque[str] = deque()
        self._rejects: list[Reject] = []
        self.line = 1
        self.read: list[str] = []
        self.size = 0
        self.ended = False
        self.replaced = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else next(self._lines, "") or self._next_block()
        self.read.append(line)
        self.size += len(line)
        if self.size > LONGEST_ROW and len(self.read) > 1:
            raise _TooLong
        return line

    def _next_block(self) -> str:
        for lines in self._blocks:
            self._rejects += lines.rejects
            self.line += len(lines.rejects)
            text = lines.text()
            self.replaced = self.replaced or REPLACED in text
            self._lines = iter(io.StringIO(text, newline=""))
            if first := next(self._lines, ""):
                return first
        self.ended = True
        raise StopIteration

    def begin_row(self) -> None:
        """Forget the lines of the row before."""
        self.line += len(self.read)
        self.read.clear()
        self.size = 0
        self.ended = False

    def put_back(self, keep: int) -> None:
        """Have all lines of the row but the first few read again, as other rows."""
        self._waiting.extendleft(reversed(self.read[keep:]))
        del self.read[keep:]

    def ahead(self, count: int) -> list[str]:
        """The next few lines, which stay to be read."""
        lines = list(islice(self, count))
        self.put_back(0)
        self.begin_row()
        return lines

    def taken_rejects(self) -> tuple[Reject, ...]:
        """What had no row since this was last asked."""
        taken = tuple(self._rejects)
        self._rejects.clear()
        return taken


def _rows(feed: _Feed, delimiter: str) -> Iterator[tuple[list[str], int, bool]]:
    """The cells of each row, the line where it begins, and whether it ends in a quotation mark that is not closed.

    Such a row would take in all that follows: it is cut after its first line, and what follows is read as rows.
    """
    reader = csv.reader(feed, delimiter=delimiter)
    while True:
        feed.begin_row()
        try:
            cells = next(reader)
            unclosed = feed.ended
        except StopIteration:
            return
        except (_TooLong, csv.Error):
            unclosed = True
        if unclosed:
            feed.put_back(1)
            cells = next(csv.reader(feed.read, delimiter=delimiter), [])
        if cells:
            yield cells, feed.line, unclosed


def _blocks(rows: Iterator[tuple[list[str], int, bool]], feed: _Feed, file: str, columns: list[str]) -> Iterator[Block]:
    names = tuple(columns)
    cells: list[list[str]] = []
    lines: list[int] = []
    unclosed: list[int] = []
    size = 0

    def block() -> Cells:
        return Cells(file, names, cells, lines, feed.taken_rejects(), tuple(unclosed), feed.replaced)

    for row, line, is_open in rows:
        if is_open:
            unclosed.append(len(cells))
        cells.append(row)
        lines.append(line)
        size += feed.size
        if len(cells) == BLOCK_ROWS or size > BLOCK_SIZE:
            yield block()
            cells, lines, unclosed, size = [], [], [], 0
    yield block()
