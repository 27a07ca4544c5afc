"""Write docs/reference/commands.md from the commands' own help texts: `python docs/generate.py`."""

from __future__ import annotations

from pathlib import Path

import click

from treaty.cli import COMMANDS, treaty

PAGE = Path(__file__).parent / "reference" / "commands.md"
HEAD = """# Commands

Written by `docs/generate.py` from the commands' own help texts.
"""


def help_text(command: click.Command, name: str) -> str:
    """What `--help` prints, at a fixed width."""
    parent = click.Context(treaty, info_name="treaty")
    context = click.Context(command, info_name=name, parent=None if name == "treaty" else parent)
    context.terminal_width = context.max_content_width = 90
    return command.get_help(context).rstrip()


def page() -> str:
    """The whole page."""
    parts = [HEAD, f"## treaty\n\n```text\n{help_text(treaty, 'treaty')}\n```\n"]
    for name in COMMANDS:
        command = treaty.get_command(click.Context(treaty), name)
        if command is not None:
            parts.append(f"## treaty {name}\n\n```text\n{help_text(command, name)}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
