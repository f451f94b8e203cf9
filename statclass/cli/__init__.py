"""The command ``statclass``, a module for each subcommand: thin over the library."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

import statclass
from statclass.cli.agreement import agreement
from statclass.cli.check import check
from statclass.cli.compare import compare
from statclass.cli.evaluate import evaluate
from statclass.cli.explain import explain
from statclass.cli.info import info
from statclass.cli.label import label
from statclass.cli.suggest import suggest
from statclass.cli.train import train
from statclass.errors import StatclassError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(statclass.__version__, package_name="statclass")
def commands() -> None:
    """What does a diplomatic statement do? Accuse, refuse, condemn, deny, or none of these."""


for command in (label, train, evaluate, compare, explain, check, agreement, suggest, info):
    commands.add_command(command)


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
