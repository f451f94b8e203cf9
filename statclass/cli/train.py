"""``statclass train``: labelled files in, a model folder out."""

from __future__ import annotations

from pathlib import Path

import click

from statclass.errors import DataError
from statclass.persistence import DESCRIPTION


@click.command()
@click.argument("labelled", nargs=-1, required=True)
@click.option("-o", "--output", required=True, help="Folder to write the model to.")
@click.option("--text-column", help="Column with the statements.")
@click.option("--label-column", help="Column with the labels (default: labels, primary or label).")
@click.option("--annotator", "annotators", multiple=True, help="Column with one annotator's labels; give it for each.")
@click.option("--group-column", help="Column whose equal values are kept on one side of each cross-validation split.")
@click.option("--labels", help="All labels that there are, separated by commas; any other is a problem.")
@click.option("--base", is_flag=True, help="Start from the shipped model, and adapt it to LABELLED.")
@click.option("--weight", default=4.0, show_default=True, help="With --base: what a statement of LABELLED counts.")
@click.option("--anew", is_flag=True, help="With --base: train on its corpus and LABELLED together; takes minutes.")
@click.option(
    "--lesson", help="What a slower model says of LABELLED, to learn from too: a file such as seeds/lesson.npz."
)
@click.option("--skip-problems", is_flag=True, help="Leave out statements with problems, and say which.")
@click.option("--encoder", help="accurate: beside the fast features, read the embedding of the accurate model.")
@click.option("--held-out", help="Labelled file to score the finished model on, for its card.")
@click.option("--notes", type=click.Path(exists=True, dir_okay=False), help="Markdown file to end the card with.")
@click.option("--overwrite", is_flag=True, help="Replace a model that is there already.")
@click.option("--folds", default=5, show_default=True, help="Folds of the cross-validation.")
@click.option("--seed", default=0, show_default=True, help="Seed of the folds and the solver.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing before the end.")
def train(
    labelled: tuple[str, ...],
    output: str,
    text_column: str | None,
    label_column: str | None,
    annotators: tuple[str, ...],
    group_column: str | None,
    labels: str | None,
    base: bool,
    weight: float,
    anew: bool,
    lesson: str | None,
    skip_problems: bool,
    encoder: str | None,
    held_out: str | None,
    notes: str | None,
    overwrite: bool,
    folds: int,
    seed: int,
    quiet: bool,
) -> None:
    """Train a model on LABELLED files or folders, and write it with its card."""
    from statclass.fitting import quietly
    from statclass.training import train as train_on_files

    _refuse_taken_folder(output, overwrite)
    classifier = train_on_files(
        labelled,
        text=text_column,
        label=label_column,
        annotators=annotators,
        group=group_column,
        labels=[name.strip() for name in labels.split(",")] if labels else None,
        base=base,
        weight=weight,
        anew=anew,
        lesson=lesson or False,
        skip_problems=skip_problems,
        encoder=encoder,
        notes=Path(notes).read_text(encoding="utf-8") if notes else "",
        held_out={"held-out statements": held_out} if held_out else None,
        progress=quietly if quiet else lambda message: click.echo(message, err=True),
        folds=folds,
        seed=seed,
    )
    classifier.save(output)
    scores = ", ".join(f"{name} {value:.3f}" for name, value in classifier.info_["cross_validation"].items())
    click.echo(f"Wrote {output}: {len(classifier.types_)} labels. Cross-validation: {scores}", err=True)


def _refuse_taken_folder(folder: str, overwrite: bool) -> None:
    """Before a long training: is there room for its model?"""
    there = Path(folder)
    if not there.is_dir() or not any(there.iterdir()):
        return
    if not (there / DESCRIPTION).is_file():
        raise DataError(f"{folder}: is a folder with other files in it; choose another name")
    if not overwrite:
        raise DataError(f"{folder}: a model is there already; choose another name, or add --overwrite")
