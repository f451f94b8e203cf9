"""The command ``statclass``: thin over the library."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click

import statclass
from statclass.articles import Article, label_articles, read_articles
from statclass.batch import Counts, label_source
from statclass.errors import DataError, StatclassError
from statclass.formats import STANDARD_STREAM, RowWriter, create_text, format_of, open_rows
from statclass.persistence import DESCRIPTION
from statclass.records import OTHER, StatementType

COLOURS = {
    StatementType.ACCUSATION: "red",
    StatementType.REFUSAL: "yellow",
    StatementType.CONDEMNATION: "magenta",
    StatementType.DENIAL: "cyan",
}
_TEXT_WIDTH = 88

model_option = click.option("--model", default="default", show_default=True, help="Model folder, or a shipped name.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(statclass.__version__, package_name="statclass")
def commands() -> None:
    """What does a diplomatic statement do? Accuse, refuse, condemn, deny, or none of these."""


@commands.command()
@click.argument("quotes", nargs=-1, required=True)
@click.option("-o", "--output", default=STANDARD_STREAM, help="File to write; standard output by default.")
@click.option("--text-column", help="Column with the statements (default: quote, quotation, text or statement).")
@click.option("--from", "from_format", help="Format of the input, when its name does not tell: txt, csv, tsv, jsonl.")
@click.option("--to", "to_format", help="Format of the output, when its name does not tell.")
@click.option("--encoding", default="utf-8-sig", help="Encoding of the input (default: UTF-8; UTF-16 is recognised).")
@click.option("--overwrite", is_flag=True, help="Replace an output file that is there already.")
@click.option(
    "--articles",
    is_flag=True,
    help="They are articles (text, HTML, tables, folders): find their statements.",
)
@model_option
def label(
    quotes: tuple[str, ...],
    output: str,
    text_column: str | None,
    from_format: str | None,
    to_format: str | None,
    encoding: str,
    overwrite: bool,
    articles: bool,
    model: str,
) -> None:
    """Label the statements in QUOTES (.txt, .csv, .tsv, .jsonl, also .gz; - for standard input)."""
    classifier = statclass.load(model)
    counts = Counts()
    to_terminal = output == STANDARD_STREAM and to_format is None and sys.stdout.isatty()
    rows: Iterable[dict[str, Any]]
    if articles:
        found = label_articles(read_articles(quotes, text_column), classifier, counts)
        if to_terminal:
            for article, statements in found:
                click.echo(coloured_article(article, statements))
            rows = ()
        else:
            rows = (row for _, statements in found for row in statements)
    else:
        rows = _labelled_rows(quotes, classifier, text_column, from_format, encoding, counts)
    if to_terminal:
        _print_table(rows)
    else:
        kind = format_of(output, to_format or ("jsonl" if output == STANDARD_STREAM else None))
        with _output(output, overwrite) as stream:
            writer = RowWriter(stream, kind)
            for row in rows:
                writer.write(row)
    click.echo(str(counts), err=True)


@commands.command()
@click.argument("labelled", nargs=-1, required=True)
@click.option("-o", "--output", required=True, help="Folder to write the model to.")
@click.option("--text-column", help="Column with the statements.")
@click.option("--label-column", help="Column with the labels (default: labels, primary or label).")
@click.option("--group-column", help="Column whose equal values are kept on one side of each cross-validation split.")
@click.option("--held-out", help="Labelled file to score the finished model on, for its card.")
@click.option("--overwrite", is_flag=True, help="Replace a model that is there already.")
@click.option("--folds", default=5, show_default=True, help="Folds of the cross-validation.")
@click.option("--seed", default=0, show_default=True, help="Seed of the folds and the solver.")
def train(
    labelled: tuple[str, ...],
    output: str,
    text_column: str | None,
    label_column: str | None,
    group_column: str | None,
    held_out: str | None,
    overwrite: bool,
    folds: int,
    seed: int,
) -> None:
    """Train a model on LABELLED files or folders, and write it with its card."""
    from statclass.training import train as train_on_files

    _refuse_taken_folder(output, overwrite)
    scored = {"held-out statements": held_out} if held_out else None
    classifier = train_on_files(
        labelled, text=text_column, label=label_column, group=group_column, held_out=scored, folds=folds, seed=seed
    )
    classifier.save(output)
    scores = ", ".join(f"{name} {value:.3f}" for name, value in classifier.info_["cross_validation"].items())
    click.echo(f"Wrote {output}: {len(classifier.types_)} labels. Cross-validation: {scores}", err=True)


@commands.command()
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


@commands.command()
@click.argument("statement")
@model_option
@click.option("-n", "--most", default=12, show_default=True, help="How many contributions to show.")
def explain(statement: str, model: str, most: int) -> None:
    """Show which words of STATEMENT moved which type."""
    classifier = statclass.load(model)
    prediction = classifier.classify(statement)
    scores = "  ".join(f"{name} {score:.2f}" for name, score in prediction.scores.items())
    click.echo(f"{_coloured(prediction.label)}  ({scores})\n")
    for item in classifier.explain(statement)[:most]:
        words = " … ".join(dict.fromkeys(item.words))
        click.echo(f"{item.weight:+6.2f}  {item.label:13s} {words:32.32s}  {item.feature}")


@commands.command()
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


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code. Errors of the user's are one line and code 2."""
    try:
        code = commands.main(list(argv) if argv is not None else None, "statclass", standalone_mode=False)
        return int(code or 0)
    except StatclassError as error:
        click.echo(f"statclass: {error}", err=True)
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("statclass: stopped", err=True)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except SystemExit as stop:
        return int(stop.code or 0)


def _labelled_rows(
    names: Iterable[str], classifier: Any, column: str | None, given: str | None, encoding: str, counts: Counts
) -> Iterator[dict[str, Any]]:
    for name in names:
        with open_rows(name, given, encoding) as source:
            yield from label_source(source, classifier, column, counts)


def _refuse_taken_folder(folder: str, overwrite: bool) -> None:
    """Before a long training: is there room for its model?"""
    there = Path(folder)
    if not there.is_dir() or not any(there.iterdir()):
        return
    if not (there / DESCRIPTION).is_file():
        raise DataError(f"{folder}: is a folder with other files in it; choose another name")
    if not overwrite:
        raise DataError(f"{folder}: a model is there already; choose another name, or add --overwrite")


@contextmanager
def _output(name: str, overwrite: bool) -> Iterator[IO[str]]:
    if name == STANDARD_STREAM:
        yield sys.stdout
        sys.stdout.flush()
    else:
        with create_text(name, overwrite) as stream:
            yield stream


def coloured_article(article: Article, rows: Iterable[dict[str, Any]]) -> str:
    """An article for a terminal: its statements in the colour of their type, each followed by its label."""
    pieces, at = [click.style(article.place, bold=True), "\n\n"], 0
    spans = sorted((start, end, row["label"]) for row in rows for start, end in row.get("spans", ()))
    for start, end, name in spans:
        if start >= at:
            colour = COLOURS.get(name)
            shown = click.style(article.text[start:end], fg=colour, dim=True if colour is None else None)
            pieces += [
                article.text[at:start],
                shown,
                click.style(f" [{name}]", fg=colour, bold=True if colour else None),
            ]
            at = end
    return "".join([*pieces, article.text[at:], article.problem or "", "\n"])


def _print_table(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        text = " ".join(
            str(next((row[c] for c in ("quote", "quotation", "text", "statement") if row.get(c)), "")).split()
        )
        shown = text if len(text) <= _TEXT_WIDTH else text[: _TEXT_WIDTH - 1] + "…"
        name = row.get("predicted_label", row["label"])
        score = row.get(f"score_{name}")
        confidence = f"{score:4.2f}" if score is not None else "    "
        click.echo(f"{_coloured(name or 'problem', 13)} {confidence}  {shown}")


def _coloured(name: str, width: int = 0) -> str:
    return click.style(name.ljust(width), fg=COLOURS.get(name), dim=True if name == OTHER else None)  # type: ignore[call-overload]


if __name__ == "__main__":
    sys.exit(main())
