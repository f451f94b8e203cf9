"""``statclass evaluate``: a model's scores on labelled files."""

from __future__ import annotations

import click

import statclass
from statclass.cli.shared import model_option


@click.command()
@click.argument("labelled", nargs=-1, required=True)
@model_option
@click.option("--text-column", help="Column with the statements.")
@click.option("--label-column", help="Column with the labels.")
@click.option("--by", help="A column to score by, such as register or kind.")
def evaluate(
    labelled: tuple[str, ...], model: str, text_column: str | None, label_column: str | None, by: str | None
) -> None:
    """Score a model on LABELLED files."""
    from statclass.evaluation import evaluate as score
    from statclass.labelled import read_labelled

    rows = read_labelled(labelled, text_column, label_column)
    click.echo(score(statclass.load(model), rows, by).as_text())
