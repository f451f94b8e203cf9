"""``statclass label``: quote files or articles in, labelled rows out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

import statclass
from statclass.articles import Article, label_articles, read_articles
from statclass.batch import Counts, label_source
from statclass.cli.shared import COLOURS, coloured, model_option
from statclass.formats import STANDARD_STREAM, RowWriter, create_text, format_of, open_rows

_TEXT_WIDTH = 88


@click.command()
@click.argument("quotes", nargs=-1, required=True)
@click.option("-o", "--output", default=STANDARD_STREAM, help="File to write; standard output by default.")
@click.option("--text-column", help="Column with the statements (default: quote, quotation, text or statement).")
@click.option("--from", "from_format", help="Format of the input, when its name does not tell: txt, csv, tsv, jsonl.")
@click.option("--to", "to_format", help="Format of the output, when its name does not tell.")
@click.option("--encoding", default="utf-8-sig", help="Encoding of the input (default: UTF-8; UTF-16 is recognised).")
@click.option("--overwrite", is_flag=True, help="Replace an output file that is there already.")
@click.option(
    "--articles",
    is_flag=True,
    help="They are articles (text, HTML, tables, folders): find their statements.",
)
@model_option
def label(
    quotes: tuple[str, ...],
    output: str,
    text_column: str | None,
    from_format: str | None,
    to_format: str | None,
    encoding: str,
    overwrite: bool,
    articles: bool,
    model: str,
) -> None:
    """Label the statements in QUOTES (.txt, .csv, .tsv, .jsonl, also .gz; - for standard input)."""
    classifier = statclass.load(model)
    counts = Counts()
    to_terminal = output == STANDARD_STREAM and to_format is None and sys.stdout.isatty()
    rows: Iterable[dict[str, Any]]
    if articles:
        found = label_articles(read_articles(quotes, text_column), classifier, counts)
        if to_terminal:
            for article, statements in found:
                click.echo(coloured_article(article, statements))
            rows = ()
        else:
            rows = (row for _, statements in found for row in statements)
    else:
        rows = _labelled_rows(quotes, classifier, text_column, from_format, encoding, counts)
    if to_terminal:
        _print_table(rows)
    else:
        kind = format_of(output, to_format or ("jsonl" if output == STANDARD_STREAM else None))
        with _output(output, overwrite) as stream:
            writer = RowWriter(stream, kind)
            for row in rows:
                writer.write(row)
    click.echo(str(counts), err=True)


def _labelled_rows(
    names: Iterable[str], classifier: Any, column: str | None, given: str | None, encoding: str, counts: Counts
) -> Iterator[dict[str, Any]]:
    for name in names:
        with open_rows(name, given, encoding) as source:
            yield from label_source(source, classifier, column, counts)


@contextmanager
def _output(name: str, overwrite: bool) -> Iterator[IO[str]]:
    if name == STANDARD_STREAM:
        yield sys.stdout
        sys.stdout.flush()
    else:
        with create_text(name, overwrite) as stream:
            yield stream


def coloured_article(article: Article, rows: Iterable[dict[str, Any]]) -> str:
    """An article for a terminal: its statements in the colour of their type, each followed by its label."""
    pieces, at = [click.style(article.place, bold=True), "\n\n"], 0
    spans = sorted((start, end, row["label"]) for row in rows for start, end in row.get("spans", ()))
    for start, end, name in spans:
        if start >= at:
            colour = COLOURS.get(name)
            shown = click.style(article.text[start:end], fg=colour, dim=True if colour is None else None)
            pieces += [
                article.text[at:start],
                shown,
                click.style(f" [{name}]", fg=colour, bold=True if colour else None),
            ]
            at = end
    return "".join([*pieces, article.text[at:], article.problem or "", "\n"])


def _print_table(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        text = " ".join(
            str(next((row[c] for c in ("quote", "quotation", "text", "statement") if row.get(c)), "")).split()
        )
        shown = text if len(text) <= _TEXT_WIDTH else text[: _TEXT_WIDTH - 1] + "…"
        name = row.get("predicted_label", row["label"])
        score = row.get(f"score_{name}")
        confidence = f"{score:4.2f}" if score is not None else "    "
        click.echo(f"{coloured(name or 'problem', 13)} {confidence}  {shown}")
