"""Articles as users have them: text files, HTML pages, folders of either, and tables with an article a row."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from statclass.batch import check_packages
from statclass.blocks import PROBLEM, TABLES, Counts, Done, Job, beside, columns_of, written_rows
from statclass.errors import DataError, MissingExtraError
from statclass.extraction import extract
from statclass.formats import STANDARD_STREAM, Row, format_of, open_rows, text_column
from statclass.formats.names import compression_of, without_compression
from statclass.formats.writing import compressed, table_lines
from statclass.model import StatementClassifier
from statclass.records import Prediction, Statement
from statclass.resume import Output, StandardOutput

ARTICLE_COLUMNS = ("text", "body", "content", "article", "fulltext")
_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
_PAGES = (".html", ".htm", ".xhtml")
_PLAIN = (".txt", ".text", ".md")


@dataclass(frozen=True, slots=True)
class Article:
    """One article and where it came from.

    Parameters
    ----------
    text : str
    place : str
        The file, with the line for a row of a table.
    values : dict
        What else is known of it, such as id, title and date: the other columns of its row, or what its page gives.
    problem : str or None
        Why it cannot be read.
    """

    text: str
    place: str
    values: dict[str, Any] = field(default_factory=dict)
    problem: str | None = None


def read_articles(names: Iterable[str], column: str | None = None) -> Iterator[Article]:
    """Articles of files and folders, in order.

    Parameters
    ----------
    names : iterable of str
        Text files, HTML pages (extra ``html``), tables (.csv, .tsv, .jsonl, .parquet), folders of these, ``"-"`` for
        a pipe.
    column : str, optional
        The column of a table that holds the articles; found by its usual names when not given.

    Raises
    ------
    DataError
        When a file cannot be opened, or a table has no such column.
    MissingExtraError
        For an HTML page without the extra ``html``.
    """
    for name in _files(names):
        ending = Path(without_compression(name)).suffix.lower()
        if name != STANDARD_STREAM and ending in _TABLES:
            yield from _articles_of_table(name, column)
        elif ending in _PAGES:
            yield read_page(_content(name), name)
        else:
            yield Article(_content(name), name)


def read_page(page: str, place: str) -> Article:
    """The main text of an HTML page, with its title and date when the page gives them.

    Raises
    ------
    MissingExtraError
        When trafilatura is not installed (extra ``html``).
    """
    try:
        import trafilatura
    except ImportError as error:
        raise MissingExtraError(f'{place}: HTML pages need: pip install "statclass[html]"') from error
    text = trafilatura.extract(page, include_comments=False, include_tables=False) or ""
    about = trafilatura.extract_metadata(page, extensive=False)
    values = {"title": about.title, "date": about.date} if about else {}
    return Article(text, place, values, None if text else f"{place}: no article found in the page")


def label_articles(
    articles: Iterable[Article], classifier: StatementClassifier, counts: Counts
) -> Iterator[tuple[Article, list[dict[str, Any]]]]:
    """Find and label the statements of each article: one row a statement.

    Yields
    ------
    tuple of (Article, list of dict)
        Rows hold ``article`` (its place), what else is known of it, the statement, and its label and scores.
    """
    for article in articles:
        about = {"article": article.place, **article.values}
        if article.problem:
            found = [columns_of(None, classifier.types_, article.problem)]
        else:
            statements = extract(article.text)
            predictions = classifier.classify_many(statement.text for statement in statements)
            found = [_columns(*pair) for pair in zip(statements, predictions, strict=True)]
        for columns in found:
            counts.add(columns["label"])
        yield article, [beside(about, columns) for columns in found]


def write_articles(
    labelled: Iterable[tuple[Article, list[dict[str, Any]]]],
    output: str,
    model: str = "default",
    kind: str | None = None,
    overwrite: bool = False,
) -> None:
    """Write what :func:`label_articles` gives to a file, or to standard output.

    Raises
    ------
    DataError
        When there is a file already, or it cannot be written, or a table would need other columns than it has.
    """
    kind = format_of(output, kind or ("jsonl" if output == STANDARD_STREAM else None))
    job = Job(model, kind, compression_of(output))
    check_packages(job)
    sink: Output | StandardOutput = StandardOutput()
    if output != STANDARD_STREAM:
        sink = Output(output, {"kind": kind}, overwrite)
    try:
        if kind not in TABLES:
            sink.begin(None, b"")
        for article, rows in labelled:
            if rows and job.columns is None and kind in TABLES:
                job = replace(job, columns=tuple(rows[0]))
                sink.begin(None, compressed(table_lines([rows[0]], kind), job.compression))
            data, unfit = written_rows(rows, job)
            if unfit:
                raise DataError(f"{article.place}: {next(iter(unfit.values()))}")
            sink.add(Done(compressed(data, job.compression), Counts(), (), None), 0)
        sink.finish()
    except BaseException:
        sink.discard()
        raise


def _columns(statement: Statement, prediction: Prediction) -> dict[str, Any]:
    found = {key: value for key, value in statement.as_dict().items() if key != PROBLEM}
    problem = prediction.problem or statement.problem
    return found | columns_of(prediction, tuple(prediction.scores), problem)


def _files(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name != STANDARD_STREAM and Path(name).is_dir():
            inside = (path for path in sorted(Path(name).rglob("*")) if path.is_file())
            yield from (str(path) for path in inside if path.suffix.lower() in (*_PLAIN, *_PAGES, *_TABLES))
        else:
            yield name


def _articles_of_table(name: str, column: str | None) -> Iterator[Article]:
    with open_rows(name) as source:
        if source.columns:
            column = text_column(source.columns, column, name, ARTICLE_COLUMNS)
        for row in source.rows:
            yield _article_of_row(row, column)


def _article_of_row(row: Row, column: str | None) -> Article:
    place = f"{row.file}:{row.line}"
    if row.problem:
        return Article("", place, row.values, f"{place}: {row.problem}")
    try:
        column = text_column(row.values, column, place, ARTICLE_COLUMNS)
    except DataError as error:
        return Article("", place, row.values, str(error))
    text = row.values[column]
    others = {key: value for key, value in row.values.items() if key != column}
    if isinstance(text, str):
        return Article(text, place, others)
    return Article("", place, others, f"{place}: the text is {type(text).__name__}, expected a string")


def _content(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == STANDARD_STREAM else Path(name).read_bytes()
    except OSError as error:
        raise DataError(f"{name}: cannot be opened ({error.strerror or error})") from error
    return data.decode("utf-8-sig", "replace")
