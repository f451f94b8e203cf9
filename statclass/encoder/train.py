"""Makes the large and the accurate model, the cascade, and what the fast model learns from them anew.

It needs the extra ``accurate-train``, and for the large transformer ``teacher`` and its weights (see the README)::

    python -m statclass.encoder.train tune seeds seeds/next/r21 --start large --run 0 -o teacher     # an hour
    python -m statclass.encoder.train assemble seeds seeds/next/r21 teacher --start large -o models  # minutes
    python -m statclass.encoder.train lesson seeds -o own.npz --teacher teacher    # minutes
    python -m statclass.encoder.train tune seeds --lesson own.npz -o tuned         # an hour
    python -m statclass.encoder.train assemble seeds tuned -o models               # minutes
    python -m statclass.encoder.train lesson seeds -o seeds/lesson.npz             # minutes
    python -m statclass.encoder.train vectors seeds tuned -o vectors.npz           # minutes; extra ``vectors``

A large transformer learns from the corpus; what that changed is the large model, and it can be the teacher of others.
A small one learns from the corpus and, if there is one, from the teacher. Each run of ``tune`` holds out another
tenth of the statements, groups of near-duplicates kept whole. ``assemble`` averages the weights of the runs; on what
they held out, it combines the encoder with the fast model, chooses the thresholds and, for the small one, draws the
border of the cascade. The last two make what the fast model learns from: what the small transformer says of the
corpus, and what it makes of single words.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from numpy.typing import NDArray

from statclass.encoder.assembly import (
    TYPES,
    Run,
    assemble,
    assemble_large,
    averaged,
    parts_of,
    primaries_of,
    read_run,
    targets_of,
)
from statclass.encoder.folder import shipped_accurate
from statclass.encoder.model import EncoderClassifier
from statclass.encoder.runtime import TOKENIZER
from statclass.encoder.starts import LARGE, SMALL, check_torch, starting_point
from statclass.errors import DataError
from statclass.labelled import LabelledStatement, read_labelled
from statclass.lesson import Lesson, make_lesson, read_lesson
from statclass.model import Floats, chances, shares

if TYPE_CHECKING:
    from statclass.encoder.tuning import EncoderNetwork, Recipe

RUNS = (0, 1)
VARIATIONS = 4
_START = click.option(
    "--start", type=click.Choice([SMALL, LARGE]), default=SMALL, show_default=True, help="Transformer."
)


@click.group()
def commands() -> None:
    """Make the accurate model and the cascade anew."""


@commands.command()
@click.argument("labelled", nargs=-1, required=True)
@click.option("-o", "--output", required=True, help="Folder for what the runs leave.")
@click.option("--run", "runs", multiple=True, type=int, default=RUNS, show_default=True, help="Which runs to do.")
@_START
@click.option("--lesson", help="What a teacher says of LABELLED, to learn from too.")
def tune(labelled: tuple[str, ...], output: str, runs: tuple[int, ...], start: str, lesson: str | None) -> None:
    """Fine-tune on LABELLED, once for each run, and keep the weights and what they say of the tenth held out."""
    rows = read_labelled(labelled)
    part = parts_of(rows)
    taught = read_lesson(lesson) if lesson else None
    Path(output).mkdir(parents=True, exist_ok=True)
    for run in runs:
        found = tuned(rows, part, run, start, taught)
        np.savez(Path(output) / f"run{run}.npz", allow_pickle=False, **found)
        click.echo(f"wrote {Path(output) / f'run{run}.npz'}", err=True)


@commands.command("assemble")
@click.argument("labelled", nargs=-1, required=True)
@click.argument("tuned_folder")
@click.option("-o", "--output", default="models", show_default=True, help="Folder to write both models to.")
@_START
@click.option("--held-out", help="Labelled file to score the finished models on, for their cards.")
def assemble_command(
    labelled: tuple[str, ...], tuned_folder: str, output: str, start: str, held_out: str | None
) -> None:
    """Combine the runs in TUNED_FOLDER, which were made on LABELLED, with the fast model.

    Runs of the small transformer give the accurate model and the cascade, those of the large one the large model.
    """
    rows, runs = read_labelled(labelled), runs_in(tuned_folder)
    scored = read_labelled([held_out]) if held_out else ()
    if start == LARGE:
        assemble_large(rows, runs, Path(output), scored)
    else:
        assemble(rows, runs, (starting_point() / TOKENIZER).read_bytes(), Path(output), scored)


@commands.command("lesson")
@click.argument("labelled", nargs=-1, required=True)
@click.option("-o", "--output", required=True, help="File to write, such as seeds/lesson.npz.")
@click.option("--teacher", help="Folder of a large transformer's run: it is asked of the statements themselves.")
def lesson_command(labelled: tuple[str, ...], output: str, teacher: str | None) -> None:
    """Write what transformers say of the statements in LABELLED, for others to learn from.

    The shipped transformer is asked of the variations, and without a teacher of the statements too.
    """
    lesson_of(shipped_accurate(), read_labelled(labelled), teacher).save(output)


@commands.command("vectors")
@click.argument("labelled", nargs=-1, required=True)
@click.argument("tuned_folder")
@click.option("-o", "--output", required=True, help="File to write, such as statclass/data/vectors.npz.")
@_START
def vectors_command(labelled: tuple[str, ...], tuned_folder: str, output: str, start: str) -> None:
    """Make the table of word vectors anew: what the transformer in TUNED_FOLDER makes of words in LABELLED."""
    from statclass.encoder.tuning import states
    from statclass.vectors import distil, words_for_table

    network, folder = network_of(runs_in(tuned_folder), start), str(starting_point(start))
    texts = [row.text for row in read_labelled(labelled)]
    distil(words_for_table(texts), texts, str(starting_point()), partial(states, network, folder), Path(output))


def runs_in(tuned_folder: str) -> list[Run]:
    """What the runs of a folder left."""
    found = [read_run(path) for path in sorted(Path(tuned_folder).glob("run*.npz"))]
    if not found:
        raise DataError(f"{tuned_folder}: no run*.npz in this folder; make them with: tune")
    return found


def network_of(runs: Sequence[Run], start: str) -> EncoderNetwork:
    """The network of some runs, their weights averaged."""
    check_torch()
    from statclass.encoder.tuning import EncoderNetwork

    return EncoderNetwork(str(starting_point(start)), len(TYPES), 0.0).filled(averaged(runs))


def tuned(
    rows: list[LabelledStatement], part: Any, run: int, start: str = SMALL, lesson: Lesson | None = None
) -> dict[str, Any]:
    """One run: the arrays that :class:`~statclass.encoder.assembly.Run` tells of."""
    check_torch()
    folder = str(starting_point(start))
    from statclass.encoder.tuning import Examples, fine_tune, predict

    recipe = replace(recipe_of(start, lesson is not None), seed=run + 1)
    inside, held = np.flatnonzero(part != run), np.flatnonzero(part == run)
    targets, primary = aims(rows, lesson)
    examples = Examples([rows[n].text for n in inside], targets[inside], primary[inside])
    network = fine_tune(folder, examples, recipe, lambda epoch, _: click.echo(f"run {run}: epoch {epoch}", err=True))
    types, primary, _ = predict(network, folder, [rows[n].text for n in held])
    learned_from = f"{len(inside)} of {len(rows)} statements"
    info = {"recipe": asdict(recipe), "learned_from": learned_from, "held_out": len(held)}
    if lesson is not None:
        info["teacher"] = f"a {LARGE} transformer, half of each aim"
    found: dict[str, Any] = {"held": held, "types": types, "primary": primary[:, : types.shape[1]]}
    found["info"] = np.frombuffer(json.dumps(info).encode("utf-8"), np.uint8)
    return found | {f"weights.{name}": value for name, value in network.arrays().items()}


def recipe_of(start: str, taught: bool) -> Recipe:
    """How a transformer is fine-tuned: a large one more gently, and one with a teacher without label smoothing."""
    from statclass.encoder.tuning import Recipe

    if start == LARGE:
        return Recipe(epochs=1, learning_rate=8e-5, frozen=2)
    return replace(Recipe(), smoothing=0.0) if taught else Recipe()


def aims(rows: Sequence[LabelledStatement], lesson: Lesson | None) -> list[NDArray[np.float32]]:
    """How far each type is to be given and how likely each is the primary: as labelled, or halfway to a teacher's."""
    found = np.hstack([targets_of(rows), np.eye(len(TYPES) + 1)[primaries_of(rows)]])
    if lesson is not None:
        found = lesson.halfway(found, [row.text for row in rows], TYPES)
    return np.split(found.astype(np.float32), [len(TYPES)], axis=1)


def lesson_of(model: EncoderClassifier, rows: list[LabelledStatement], teacher: str | None = None) -> Lesson:
    """What transformers say of statements and of their variations.

    Of the variations the transformer of `model`, by itself: what the model makes of it and of the fast model beside it
    would depend on which fast model that is, and the lesson is for making the next one. Of the statements the
    `teacher`, if there is one: the variations are four times as many, and it is slow. What label smoothing took from
    the scores is given back.
    """

    def score(texts: Sequence[str]) -> Floats:
        embedded = model.encoder_.embed(texts)
        smoothing = model.info_["runs"][0]["recipe"]["smoothing"]
        return lesson_scores(model.heads_.of_types(embedded), model.heads_.of_primary(embedded), smoothing)

    def score_by_teacher(texts: Sequence[str]) -> Floats:
        from statclass.encoder.tuning import predict

        runs = runs_in(str(teacher))
        types, primary, _ = predict(network_of(runs, LARGE), str(starting_point(LARGE)), texts)
        return lesson_scores(types, primary[:, : types.shape[1]], runs[0].info["recipe"]["smoothing"])

    texts = [row.text for row in rows]
    return make_lesson(model.types_, texts, score, VARIATIONS, of_own=score_by_teacher if teacher else None)


def lesson_scores(types: Floats, primary: Floats, smoothing: float) -> Floats:
    """Scores as a lesson has them, of margins of the types and of the primary, shape (n_statements, n_types) each."""
    scores = np.clip((chances(types) - smoothing / 2) / (1 - smoothing), 0.0, 1.0)
    best = scores.max(1, keepdims=True)
    return np.hstack([scores, shares(primary) * best, 1 - best])


if __name__ == "__main__":
    commands()
