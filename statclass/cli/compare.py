"""``statclass compare``: two models on the same labelled files."""

from __future__ import annotations

import click

import statclass


@click.command()
@click.argument("model_a")
@click.argument("model_b")
@click.argument("labelled", nargs=-1, required=True)
@click.option("--text-column", help="Column with the statements.")
@click.option("--label-column", help="Column with the labels.")
def compare(
    model_a: str, model_b: str, labelled: tuple[str, ...], text_column: str | None, label_column: str | None
) -> None:
    """Is MODEL_B better than MODEL_A on LABELLED files that neither was trained on? The shipped one is "default"."""
    from statclass.labelled import read_labelled
    from statclass.paired import compare as compare_models

    rows = read_labelled(labelled, text_column, label_column)
    click.echo(f"first: {model_a}\nsecond: {model_b}")
    click.echo(compare_models(statclass.load(model_a), statclass.load(model_b), rows).as_text())
