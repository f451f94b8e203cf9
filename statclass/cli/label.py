"""``statclass label``: quote files or articles in, labelled rows out."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from statclass.articles import Article, label_articles, read_articles, write_articles
from statclass.batch import Inputs, check_inputs, label_files, read_blocks
from statclass.blocks import Counts, classifier_of, label_rows
from statclass.cli.shared import COLOURS, coloured, model_option
from statclass.errors import StatclassError
from statclass.formats import STANDARD_STREAM, TEXT_COLUMNS
from statclass.formats.names import FORMATS, REJECTS
from statclass.partitions import is_folder, label_folder
from statclass.progress import Progress

_TEXT_WIDTH = 88
_KINDS = ", ".join(FORMATS)


@click.command()
@click.argument("quotes", nargs=-1, required=True)
@click.option("-o", "--output", default=STANDARD_STREAM, help="File or folder/ to write; standard output by default.")
@click.option("--text-column", help="Column with the statements (default: quote, quotation, text or statement).")
@click.option("--from", "from_format", help=f"Format of the input, when its name does not tell: {_KINDS}.")
@click.option("--to", "to_format", help="Format of the output, when its name does not tell.")
@click.option("--encoding", default="utf-8-sig", help="Encoding of the input (default: UTF-8; UTF-16 is recognised).")
@click.option("-j", "--jobs", default=1, show_default=True, help="Processes; -1 for one on each core.")
@click.option("--overwrite", is_flag=True, help="Replace an output that is there already.")
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped; begin when there is none.")
@click.option("--strict", is_flag=True, help="Stop at the first row that cannot be read or labelled.")
@click.option("--log-json", is_flag=True, help="Tell the progress as JSON Lines, on standard error.")
@click.option("--dask", metavar="ADDRESS", help="Label a file in each task of the Dask cluster at tcp://...")
@click.option(
    "--articles",
    is_flag=True,
    help="They are articles (text, HTML, tables, folders): find their statements.",
)
@model_option
def label(quotes: tuple[str, ...], output: str, jobs: int, articles: bool, **options: Any) -> int:
    """Label the statements in QUOTES: files, folders, patterns, or - for standard input.

    Formats are .txt (a statement a line), .csv, .tsv, .jsonl and .parquet, also as .gz and .zst. Why a row has no label
    is told in the column "problem" or, where there is no row for it, in a file beside the output that ends in
    .rejects.jsonl. Ends with 1 when there is such a file, and with 2 when nothing could be done.
    """
    to_screen = output == STANDARD_STREAM and options["to_format"] is None and sys.stdout.isatty()
    _refuse_contradictions(output, jobs, options["dask"])
    counts = None
    with _clean_end() as code:
        if articles:
            _refuse_with_articles(options, jobs)
            counts = _label_articles(quotes, output, to_screen, options)
        elif to_screen:
            counts = _show(_inputs(quotes, options), options["model"])
        else:
            counts = _label_files(_inputs(quotes, options), output, jobs, options)
        code[0] = 1 if counts is not None and counts.rejected else 0
    return code[0]


def _inputs(quotes: tuple[str, ...], options: dict[str, Any]) -> Inputs:
    return Inputs(quotes, options["from_format"], options["encoding"], options["text_column"])


def _label_files(inputs: Inputs, output: str, jobs: int, options: dict[str, Any]) -> Counts | None:
    same = {name: options[name] for name in ("model", "overwrite", "resume", "strict")}
    progress = Progress(inputs.size(), options["log_json"])
    try:
        if options["dask"] or is_folder(output):
            counts: Counts | None = label_folder(
                inputs, output, kind=options["to_format"], jobs=jobs, dask=options["dask"], report=progress, **same
            )
        else:
            counts = label_files(inputs, output, kind=options["to_format"], jobs=jobs, report=progress, **same)
    except BaseException:
        progress.clear()
        raise
    if counts is None:
        click.echo(f"{output}: is there already, and complete: nothing to resume", err=True)
    else:
        progress.end(counts)
        if counts.rejected and output != STANDARD_STREAM:
            click.echo(f"what was rejected, and why: {output}{REJECTS}", err=True)
    return counts


def _show(inputs: Inputs, model: str) -> Counts:
    """Label onto the terminal."""
    classifier, counts = classifier_of(model), Counts()
    check_inputs(inputs, "jsonl")
    for read in read_blocks(inputs, inputs.files()):
        labelled = label_rows(read.block.parse(), classifier, read.block.file, inputs.column)
        for prediction in labelled.predictions:
            counts.add(None if prediction is None else prediction.label)
        _print_table(labelled.dicts())
        for reject in read.block.rejects:
            click.echo(f"rejected: {reject}", err=True)
            counts += Counts(read=reject.rows, rejected=reject.rows)
    click.echo(str(counts), err=True)
    return counts


def _refuse_contradictions(output: str, jobs: int, dask: str | None) -> None:
    if jobs == 0:
        raise click.UsageError("-j 0 is no number of processes; expected 1 or more, or -1 for one on each core")
    if dask and jobs != 1:
        raise click.UsageError("--dask labels in the cluster's processes, however many these are; leave -j out")
    if dask and not is_folder(output) and (output == STANDARD_STREAM or Path(output).suffix):
        raise click.UsageError("--dask writes a file for each input; name a folder with -o, as in -o labelled/")


def _refuse_with_articles(options: dict[str, Any], jobs: int) -> None:
    refused = [name for name in ("resume", "strict", "dask", "log_json", "from_format") if options[name]]
    if refused or jobs != 1:
        name = refused[0].removesuffix("_format").replace("_", "-") if refused else "jobs"
        raise click.UsageError(f"--{name} is for files of statements, and does not go with --articles")


def _label_articles(names: tuple[str, ...], output: str, to_screen: bool, options: dict[str, Any]) -> Counts:
    counts = Counts()
    found = label_articles(read_articles(names, options["text_column"]), classifier_of(options["model"]), counts)
    if to_screen:
        for article, statements in found:
            click.echo(coloured_article(article, statements))
    else:
        write_articles(found, output, options["model"], options["to_format"], options["overwrite"])
    click.echo(str(counts), err=True)
    return counts


@contextmanager
def _clean_end() -> Iterator[list[int]]:
    """Whatever ends a run, say it in a line, with how to go on; gives a list with the code to end with."""
    code = [0]
    before = signal.getsignal(signal.SIGTERM)
    try:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, _interrupt)
        yield code
    except StatclassError as error:
        code[0] = 2
        click.echo(f"statclass: {_with_notes(str(error), error)}", err=True)
    except KeyboardInterrupt as stop:
        code[0] = 130
        click.echo(f"statclass: {_with_notes('stopped', stop)}", err=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        click.echo("statclass: the pipe was closed before all was written; to be able to resume, use -o", err=True)
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _with_notes(message: str, error: BaseException) -> str:
    return "; ".join([message, *(note for note in getattr(error, "__notes__", ()) if note not in message)])


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
        text = " ".join(str(next((row[c] for c in TEXT_COLUMNS if row.get(c)), "")).split())
        shown = text if len(text) <= _TEXT_WIDTH else text[: _TEXT_WIDTH - 1] + "…"
        name = row.get("predicted_label", row["label"])
        score = row.get(f"score_{name}")
        confidence = f"{score:4.2f}" if score is not None else "    "
        click.echo(f"{coloured(name or 'problem', 13)} {confidence}  {shown}")
