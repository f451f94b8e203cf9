"""``statclass explain``: which words moved which type."""

from __future__ import annotations

import click

import statclass
from statclass.cli.shared import coloured, model_option


@click.command()
@click.argument("statement")
@model_option
@click.option("-n", "--most", default=12, show_default=True, help="How many contributions to show.")
def explain(statement: str, model: str, most: int) -> None:
    """Show which words of STATEMENT moved which type."""
    classifier = statclass.load(model)
    prediction = classifier.classify(statement)
    scores = "  ".join(f"{name} {score:.2f}" for name, score in prediction.scores.items())
    click.echo(f"{coloured(prediction.label)}  ({scores})\n")
    for item in classifier.explain(statement)[:most]:
        words = " … ".join(dict.fromkeys(item.words))
        click.echo(f"{item.weight:+6.2f}  {item.label:13s} {words:32.32s}  {item.feature}")
