"""Configuration: `treaty.toml`, or `[tool.treaty]` in pyproject.toml, of the current folder.

Keys are the options' names; a table named as a command holds that command's alone.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection
from pathlib import Path

import click

from treaty.findings import Json

FILES = ("treaty.toml", "pyproject.toml")


def read_configuration(folder: Path) -> tuple[Path | None, dict[str, Json]]:
    """The file that configures a folder, and what it says; (None, {}) when there is none."""
    for name in FILES:
        path = folder / name
        if not path.is_file():
            continue
        try:
            found = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise click.UsageError(f"{name} is not valid TOML: {error}") from error
        said = found if name == "treaty.toml" else found.get("tool", {}).get("treaty")
        if isinstance(said, dict):
            return path, said
    return None, {}


def configured_defaults(command: click.Command, name: str, names: Collection[str]) -> dict[str, Json]:
    """The defaults of a command's options, by parameter, from the configuration of the current folder.

    `names` are those of all commands.

    Raises `click.UsageError` for a table of no command, and for an option in the
    command's own table that it does not have: it would do nothing.
    """
    path, said = read_configuration(Path.cwd())
    _refuse_unknown_tables(said, names)
    parameters = {
        option.lstrip("-"): parameter.name
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if parameter.name
    }
    own = said.get(name, {})
    for key in own:
        if key not in parameters:
            near = difflib.get_close_matches(key, parameters, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"see treaty {name} --help"
            raise click.UsageError(
                f"{path.name if path else ''} gives {name} an unknown option `{key}`; {hint}"
            )
    return {parameters[key]: value for key, value in {**said, **own}.items() if key in parameters}


def _refuse_unknown_tables(said: dict[str, Json], names: Collection[str]) -> None:
    for key, value in said.items():
        if isinstance(value, dict) and key not in names:
            known = ", ".join(names)
            raise click.UsageError(f"the configuration has a table `{key}`; commands are {known}")
