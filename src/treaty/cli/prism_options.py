"""Options of Prism's that mean something here, so that its commands work unchanged; hidden from help."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])

LEVELS = ("trace", "debug", "info", "warn", "error", "fatal", "silent")
QUIET = frozenset({"fatal", "silent"})


def prism_options(command: Command) -> Command:
    """Take `--verboseLevel`, `--errors` and `--json-schema-faker-fillProperties`.

    The last two say what is so anyway, and are passed to nobody.
    """
    command = click.option("--verboseLevel", "-v", "level", type=click.Choice(LEVELS), hidden=True)(command)
    command = click.option("--errors", is_flag=True, hidden=True, expose_value=False)(command)
    return click.option(
        "--json-schema-faker-fillProperties",
        type=click.BOOL,
        callback=_no_more_properties,
        hidden=True,
        expose_value=False,
    )(command)


def _no_more_properties(_context: click.Context, _parameter: click.Parameter, fill: bool | None) -> None:
    if fill:
        raise click.BadParameter("a mock makes up no properties that the schema does not name; leave it out")
