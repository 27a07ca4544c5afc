"""`treaty` alone: what was found in this folder, and what can be done with it."""

from __future__ import annotations

from pathlib import Path

import click

from treaty.cli.configuration import read_configuration
from treaty.cli.options import SPECS
from treaty.document.document import find_entries


def welcome(ctx: click.Context) -> str:
    """What is here and what can be done next; the help where nothing is."""
    folder = Path.cwd()
    entries = find_entries(SPECS) if SPECS.is_dir() else find_entries(folder)
    if not entries:
        return ctx.get_help()
    named = entries[0].relative_to(folder) if entries[0].is_absolute() else entries[0]
    configured, _ = read_configuration(folder)
    lines = ["Found here:", *(f"  {path}" for path in entries)]
    lines += [f"  {name}/" for name in ("handlers", "mocks", "contract_tests") if (folder / name).is_dir()]
    lines += [f"  {configured.name} (configuration)"] if configured else []
    lines += ["", "Next:", f"  treaty check {named}", f"  treaty mock {named}"]
    if (folder / "handlers").is_dir():
        lines += ["  treaty serve", "  treaty test"]
    else:
        lines += [f"  treaty new --handlers {named}"]
    return "\n".join([*lines, "", "All commands: treaty --help"])
