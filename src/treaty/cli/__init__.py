"""The command line: one file a command, imported when it is run.

Exit codes: 0 all is well; 1 findings, or a contract that is not kept; 2 wrong use;
3 the document cannot be read or is not valid; 4 the server cannot be started, or reached;
130 interrupted. A server that is told to end (Ctrl-C, SIGTERM) ends with 0.
"""

from __future__ import annotations

import difflib
import os
from importlib import import_module

import click

from treaty.cli.configuration import configured_defaults
from treaty.cli.errors import INTERRUPTED

# What `treaty --help` shows without importing any command; a test holds it to the commands.
COMMANDS = {
    "check": "Say whether a document is valid, and if not where and why.",
    "mock": "Answer requests from a document alone, with no code.",
    "serve": "Run the handlers of a project behind its document.",
    "state": "Reset, snapshot and restore what a running mock remembers.",
    "test": "Hold an implementation to its document.",
    "routes": "List operations, their functions and where they stand.",
    "new": "Begin a project, or write the handlers that are missing.",
    "bundle": "Join the files of a document into one.",
}


class LazyGroup(click.Group):
    """Commands by name, each imported when it is run."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; Ctrl-C ends it with the code that shells have for it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(INTERRUPTED)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, in the order people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"treaty.cli.{cmd_name}").command
        own = configured_defaults(command, cmd_name, COMMANDS)
        ctx.default_map = {**(ctx.default_map or {}), cmd_name: own}
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments begin with; one that there is not is told with its like."""
        near = difflib.get_close_matches(args[0], COMMANDS, 1)
        if near and args[0] not in COMMANDS:
            raise click.UsageError(f"No such command '{args[0]}'. Did you mean '{near[0]}'?", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The list of commands, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _show_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"treaty {version('treaty')}")
        ctx.exit()


@click.group(
    cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Show the version.",
)
@click.pass_context
def treaty(ctx: click.Context) -> None:
    """One OpenAPI document, one engine: check it, mock it, serve it, test it.

    \b
    Examples:
      treaty mock specs/openapi.yaml      a mock on http://127.0.0.1:4010
      treaty check specs/openapi.yaml     valid or not, where and why
      treaty serve                        specs/ and handlers/ of this folder
      treaty test                         the same, held to its document

    \b
    Exit codes: 0 fine, 1 findings, 2 wrong use, 3 document unreadable or
    invalid, 4 server cannot be started or reached, 130 interrupted.
    """
    ctx.color = False if os.environ.get("NO_COLOR") else None  # None: colours on terminals only
    if ctx.invoked_subcommand is None:
        from treaty.cli.welcome import welcome

        click.echo(welcome(ctx))


def main() -> None:
    """The console script `treaty`."""
    treaty(prog_name="treaty", auto_envvar_prefix="TREATY")
