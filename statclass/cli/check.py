"""``statclass check``: problems of labelled files, by line."""

from __future__ import annotations

import sys

import click

from statclass.records import StatementType


@click.command()
@click.argument("labelled", nargs=-1, required=True)
@click.option("--any-labels", is_flag=True, help="Take any labels, not only those of the codebook.")
def check(labelled: tuple[str, ...], any_labels: bool) -> None:
    """Check LABELLED files: unknown labels, primary not among labels, empty, duplicate and near-duplicate texts."""
    from statclass.labelled import check_labelled, read_labelled

    rows = read_labelled(labelled)
    problems = check_labelled(rows, None if any_labels else [str(kind) for kind in StatementType])
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(rows)} statements, {len(problems)} problems", err=True)
    if problems:
        sys.exit(1)
