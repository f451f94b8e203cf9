"""``statclass info``: a model's card."""

from __future__ import annotations

import click

import statclass
from statclass.persistence import CARD
from statclass.resources import model_folder


@click.command()
@click.argument("model", default="default")
def info(model: str) -> None:
    """Print the card of MODEL (a folder, or the shipped one), once all its parts are found to be whole."""
    statclass.load(model)
    click.echo((model_folder(model) / CARD).read_text(encoding="utf-8"))
