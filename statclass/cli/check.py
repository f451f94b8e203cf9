"""``statclass check``: problems of labelled files, by line."""

from __future__ import annotations

import sys

import click

from statclass.records import StatementType


@click.command()
@click.argument("labelled", nargs=-1, required=True)
@click.option("--any-labels", is_flag=True, help="Take any labels, not only those of the codebook.")
@click.option("--text-column", help="Column with the statements.")
@click.option("--label-column", help="Column with the labels.")
@click.option("--annotator", "annotators", multiple=True, help="Column with one annotator's labels; give it for each.")
def check(
    labelled: tuple[str, ...],
    any_labels: bool,
    text_column: str | None,
    label_column: str | None,
    annotators: tuple[str, ...],
) -> None:
    """Check LABELLED files: unknown labels, primary not among labels, empty, duplicate and near-duplicate texts."""
    from statclass.labelled import check_labelled, read_labelled

    rows = read_labelled(labelled, text_column, label_column, annotators)
    known = None if any_labels else [str(kind) for kind in StatementType]
    problems = check_labelled(rows, known)
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(rows)} statements, {len(problems)} problems", err=True)
    if known and any(label not in known for row in rows for label in row.labels):
        click.echo("Labels of your own instead of the codebook's are checked with --any-labels", err=True)
    if problems:
        sys.exit(1)
