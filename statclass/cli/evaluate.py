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
@click.option("--errors", default=5, show_default=True, help="How many of the worst errors to show and explain.")
def evaluate(
    labelled: tuple[str, ...],
    model: str,
    text_column: str | None,
    label_column: str | None,
    by: str | None,
    errors: int,
) -> None:
    """Score a model on LABELLED files: by label, what was taken for what, calibration, and the worst errors."""
    from statclass.evaluation import evaluate as score
    from statclass.evaluation import worst_errors
    from statclass.labelled import read_labelled

    rows = read_labelled(labelled, text_column, label_column)
    classifier = statclass.load(model)
    found = score(classifier, rows, by)
    share = getattr(classifier, "share_sent_on", None)
    click.echo(found.as_text())
    if share is not None:
        click.echo(f"\n{share:.0%} of the statements were sent on to the accurate model")
    click.echo(f"\nWhat was taken for what\n{found.overall.confusion_as_text()}")
    click.echo(f"\nCalibration\n{found.overall.reliability_as_text()}")
    for n, error in enumerate(worst_errors(classifier, rows, errors)):
        click.echo(f"{'' if n else chr(10) + 'Worst errors' + chr(10)}{error.as_text()}")
