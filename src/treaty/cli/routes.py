"""`treaty routes`: which function answers which operation, and where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from treaty.cli.options import document_options, load_contract, spec_argument
from treaty.cli.serve import handlers_option

if TYPE_CHECKING:
    from treaty.contract.model import Operation
    from treaty.respond.resolve import Resolved


@click.command()
@spec_argument
@handlers_option
@document_options
def command(
    spec: str | None, handlers: str, roots: tuple[Path, ...], remote_references: bool, max_bytes: int
) -> None:
    """List operations, their functions and where they stand.

    \b
    Exit codes: 0 every operation has a function that fits, 1 it is not so,
    3 the document is not valid, or there are no handlers at all.

    \b
    Examples:
      treaty routes
      treaty routes specs/openapi.yaml --handlers app/handlers
    """
    import sys

    from treaty.cli.errors import FINDINGS, document_errors, show_findings

    contract = load_contract(spec, roots, remote_references, max_bytes)
    sys.path.insert(0, str(Path.cwd()))
    with document_errors():
        from treaty.respond.resolve import resolve

        resolved = resolve(contract, handlers)
    for row in aligned([_row(operation, resolved) for operation in contract.operations]):
        click.echo(row)
    if resolved.findings:
        show_findings(contract.document.sources.place(resolved.findings))
        sys.exit(FINDINGS)


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """The rows as lines, each column as wide as its longest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _row(operation: Operation, resolved: Resolved) -> tuple[str, ...]:
    """Method, path, operationId, function, place."""
    handler = resolved.by_operation().get((operation.method, operation.path))
    function, place = "✗ missing", ""
    if handler is not None:
        function, at = handler.name, handler.location
        place = f"{at.file}:{at.line}" if at.file else ""
    return operation.method, operation.path, operation.operation_id or "-", function, place
