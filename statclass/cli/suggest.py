"""``statclass suggest``: which statements to label next."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

import statclass
from statclass.cli.shared import model_option
from statclass.errors import DataError
from statclass.formats import Row, open_rows, text_column
from statclass.formats.writing import utf8


@click.command()
@click.argument("unlabelled", nargs=-1, required=True)
@model_option
@click.option("-n", "--count", default=200, show_default=True, help="How many to suggest.")
@click.option("-o", "--output", help="File to write; standard output when not given.")
@click.option(
    "--for",
    "tool",
    type=click.Choice(["doccano", "label-studio"]),
    help="The tool that is to import them (default: label-studio for a .json file, else doccano).",
)
@click.option("--labelled", "known", multiple=True, help="File of statements labelled already; those are left out.")
@click.option("--text-column", help="Column with the statements.")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there already.")
def suggest(
    unlabelled: tuple[str, ...],
    model: str,
    count: int,
    output: str | None,
    tool: str | None,
    known: tuple[str, ...],
    text_column: str | None,
    overwrite: bool,
) -> None:
    """The statements of UNLABELLED files whose labels would teach the model most, for an annotation tool to import.

    They are those that the model is unsure of, unlike each other, without near-duplicates, each with what the model
    would label it.
    """
    from statclass.suggestion import for_doccano, for_label_studio
    from statclass.suggestion import suggest as suggest_rows

    rows = [pair for name in unlabelled for pair in _statements(name, text_column)]
    labelled = [text for name in known for _, text in _statements(name, text_column)]
    found = suggest_rows(statclass.load(model), rows, count, labelled)
    tool = tool or ("label-studio" if output and output.endswith(".json") else "doccano")
    written = for_label_studio(found, Path(model).name) if tool == "label-studio" else for_doccano(found)
    if output:
        _write(Path(output), written, overwrite)
    else:
        sys.stdout.write(written)
    click.echo(f"{len(found)} of {len(rows)} statements, for {tool}", err=True)


def _statements(name: str, column: str | None) -> Iterator[tuple[Row, str]]:
    """The rows of a file that hold a statement; those that cannot be read are named and left out."""
    with open_rows(name) as source:
        for row in source.rows:
            text = row.values.get(column or text_column(row.values, None, name)) if row.values else None
            if row.problem or not isinstance(text, str):
                click.echo(f"{row.file}:{row.line}: {row.problem or 'no text'}; left out", err=True)
            else:
                yield row, text


def _write(target: Path, content: str, overwrite: bool) -> None:
    """Write a whole file; it appears under its name only when it is complete."""
    if target.exists() and not overwrite:
        raise DataError(f"{target}: is there already; choose another name, or add --overwrite")
    partial = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(utf8(content))
        partial.replace(target)
    except OSError as error:
        raise DataError(f"{target}: cannot be written ({error.strerror or error})") from error
