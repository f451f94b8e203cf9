"""What several commands share: options and the colours of the types."""

from __future__ import annotations

import click

from statclass.records import OTHER, StatementType

COLOURS = {
    StatementType.ACCUSATION: "red",
    StatementType.REFUSAL: "yellow",
    StatementType.CONDEMNATION: "magenta",
    StatementType.DENIAL: "cyan",
}

model_option = click.option("--model", default="default", show_default=True, help="Model folder, or a shipped name.")


def coloured(name: str, width: int = 0) -> str:
    """A label in its colour, padded to `width`."""
    return click.style(name.ljust(width), fg=COLOURS.get(name), dim=True if name == OTHER else None)  # type: ignore[call-overload]
