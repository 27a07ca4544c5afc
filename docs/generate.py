"""Write docs/reference: the commands from their help texts, the control API from its document.

Run it as `python docs/generate.py`.
"""

from __future__ import annotations

from pathlib import Path

import click

from treaty.cli import COMMANDS, treaty
from treaty.control.control import DOCUMENT
from treaty.document.document import open_document

PAGE = Path(__file__).parent / "reference" / "commands.md"
CONTROL_PAGE = Path(__file__).parent / "reference" / "control.md"
SOURCE = "../../src/treaty/control/openapi.yaml"
HEAD = """# Commands

Written by `docs/generate.py` from the commands' own help texts.
"""


def help_text(command: click.Command, name: str) -> str:
    """What `--help` prints, at a fixed width."""
    context = click.Context(treaty, info_name="treaty", **treaty.context_settings)
    if command is not treaty:
        context = click.Context(command, info_name=name, parent=context)
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


def control_page() -> str:
    """The operations of the control API, a line each."""
    document = open_document(DOCUMENT).data
    rows = [
        f"| `{method.upper()} /__treaty{path}` | {operation['summary']} |"
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    head = f"# The control API\n\nWritten by `docs/generate.py` from [the document]({SOURCE}) that runs it.\n"
    return "\n".join(
        [head, document["info"]["description"], "| operation | what it does |\n| --- | --- |", *rows, ""]
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    CONTROL_PAGE.write_text(control_page(), encoding="utf-8")
