"""``statclass agreement``: how far several annotators agree."""

from __future__ import annotations

import click


@click.command()
@click.argument("labelled", nargs=-1, required=True)
@click.option("--text-column", help="Column with the statements.")
@click.option("--label-column", help="Column with the labels, where a column 'annotator' tells whose they are.")
@click.option("--annotator", "annotators", multiple=True, help="Column with one annotator's labels; give it for each.")
def agreement(
    labelled: tuple[str, ...], text_column: str | None, label_column: str | None, annotators: tuple[str, ...]
) -> None:
    """Cohen's kappa, Krippendorff's alpha and the disagreements of the annotators of LABELLED files.

    A column for each annotator (such as label_ana, label_ben), a column 'annotator', an annotation tool's export, or a
    file for each annotator.
    """
    from statclass.agreement import agreement as agreement_of
    from statclass.labelled import annotated_by_file, read_labelled

    rows = read_labelled(labelled, text_column, label_column, annotators)
    click.echo(agreement_of(annotated_by_file(rows) if len(labelled) > 1 else rows).as_text())
