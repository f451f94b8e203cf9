"""Files of rows: .txt, .csv, .tsv, .jsonl and .parquet, plain or compressed, and ``-`` for a pipe.

:func:`open_source` gives a file's rows in blocks, :func:`open_rows` one by one; :mod:`statclass.formats.writing` writes
them. What cannot be read is a row with a problem or, where there is no row, a reject; reading goes on after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from statclass.formats.lines import JsonLines, TextLines, whole_lines
from statclass.formats.names import FORMATS, STANDARD_STREAM, find_files, format_of
from statclass.formats.parquet import ParquetFile
from statclass.formats.rows import TEXT_COLUMNS, Block, Nothing, Reject, Row, Rows, Source, text_column
from statclass.formats.streams import open_pieces
from statclass.formats.tables import table_blocks

__all__ = [
    "FORMATS",
    "STANDARD_STREAM",
    "TEXT_COLUMNS",
    "Block",
    "Nothing",
    "Reject",
    "Row",
    "Rows",
    "Source",
    "find_files",
    "format_of",
    "open_rows",
    "open_source",
    "text_column",
]


@contextmanager
def open_source(name: str, given: str | None = None, encoding: str = "utf-8-sig") -> Iterator[Source]:
    """Open a file of rows for reading.

    Parameters
    ----------
    name : str
        A path, or ``"-"`` for standard input.
    given : str, optional
        The format, when the name does not tell.
    encoding : str
        Of the file, unless it begins with the mark of UTF-16 or UTF-32. Bytes that do not fit it become U+FFFD.

    Raises
    ------
    DataError
        When there is no such file or it cannot be opened.
    MissingExtraError
        When it needs a package that is not installed.
    """
    kind = format_of(name, given)
    if kind == "parquet":
        file = ParquetFile(name)
        yield Source(name, file.columns, file.blocks(), file.place)
        return
    with open_pieces(name, encoding) as pieces:
        if kind == "txt":
            yield Source(name, ["text"], whole_lines(pieces, name, TextLines), pieces.place)
        elif kind == "jsonl":
            yield Source(name, None, whole_lines(pieces, name, JsonLines), pieces.place)
        else:
            columns, blocks = table_blocks(pieces, name, "\t" if kind == "tsv" else None)
            yield Source(name, columns, blocks, pieces.place)


#: Rows one by one, as what reads labelled files and tables of articles wants them: see :attr:`Source.rows`.
open_rows = open_source
