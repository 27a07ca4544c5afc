"""Configuration: `treaty.toml`, or `[tool.treaty]` in pyproject.toml, of the current folder.

Keys are the options' names; a table named as a command holds that command's alone.
"""

from __future__ import annotations

import tomllib
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


def default_map() -> dict[str, dict[str, Json]]:
    """The options' defaults by command, as click takes them."""
    from treaty.cli import COMMANDS

    _, said = read_configuration(Path.cwd())
    shared = {_option(key): value for key, value in said.items() if not isinstance(value, dict)}
    tables = {key: value for key, value in said.items() if isinstance(value, dict)}
    for name in tables:
        if name not in COMMANDS:
            raise click.UsageError(
                f"the configuration has a table `{name}`; commands are {', '.join(COMMANDS)}"
            )
    return {
        name: {**shared, **{_option(key): value for key, value in tables.get(name, {}).items()}}
        for name in COMMANDS
    }


def _option(key: str) -> str:
    return key.replace("-", "_")
