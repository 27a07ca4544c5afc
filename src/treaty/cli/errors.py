"""How a command ends when something is wrong: printed findings and a documented exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

from treaty.findings import DocumentError, Finding

FINDINGS = 1
INVALID_DOCUMENT = 3
CANNOT_SERVE = 4  # nor be reached
INTERRUPTED = 130


@contextmanager
def document_errors() -> Iterator[None]:
    """A document that cannot be used ends the command with its findings and exit code 3."""
    try:
        yield
    except DocumentError as error:
        show_findings(error.findings)
        sys.exit(INVALID_DOCUMENT)


def show_findings(findings: Iterable[Finding]) -> None:
    """Print findings to standard error; colours only on a terminal."""
    shown = list(findings)
    if shown:
        from rich.console import Console

        from treaty.report.findings import print_findings

        print_findings(shown, Console(stderr=True))


def cannot_serve(message: str) -> NoReturn:
    """End the command: the server cannot be started, or reached."""
    click.secho(f"error: {message}", fg="red", err=True)
    sys.exit(CANNOT_SERVE)
