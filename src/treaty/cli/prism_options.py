"""Options of Prism's that mean something here, so that its commands work unchanged; hidden from help."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])

LEVELS = ("trace", "debug", "info", "warn", "error", "fatal", "silent")
QUIET = frozenset({"fatal", "silent"})
# Options that are true or false, and what says either here; nothing for what is so anyway.
_FLAGS: dict[str, tuple[str, str]] = {
    "--cors": ("--cors", "--no-cors"),
    "--dynamic": ("--dynamic", ""),
    "-d": ("--dynamic", ""),
    "--ignoreExamples": ("--ignoreExamples", ""),
    "--errors": ("--errors", ""),
    "--multiprocess": ("", ""),
    "-m": ("", ""),
}
_VALUES = ("true", "false")


class PrismCommand(click.Command):
    """A command whose flags may have a value, as in `--cors=false` and `-m false`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, plain_flags(args))


def plain_flags(args: list[str]) -> list[str]:
    """Arguments with Prism's flags as ours. `--multiprocess` is for the log, which nothing here waits for."""
    found: list[str] = []
    is_value = False
    for each, following in zip(args, [*args, ""][1:], strict=True):
        name, equals, value = each.partition("=")
        if is_value:
            is_value = False
        elif name not in _FLAGS or (equals and value not in _VALUES):
            found.append(each)
        else:
            is_value = not equals and following in _VALUES
            flag = _FLAGS[name][(following if is_value else value) == "false"]
            found += [flag] if flag else []
    return found


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
