"""`treaty check`: is a document valid, and if not, where and why?"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from treaty.cli.options import document_options, find_spec, spec_argument


@click.command()
@spec_argument
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@document_options
def command(
    spec: str | None, form: str, roots: tuple[Path, ...], remote_references: bool, max_bytes: int
) -> None:
    """Say whether a document is valid, and if not where and why.

    The judgement of openapi-spec-validator counts, beside Treaty's own; it is kept by
    the document's content, so the same document is judged once.

    \b
    Exit codes: 0 valid, 1 not valid, 3 cannot be read at all.

    \b
    Examples:
      treaty check specs/openapi.yaml
      treaty check specs/openapi.yaml --format json
    """
    from rich.console import Console

    import treaty
    from treaty.cli.errors import FINDINGS, document_errors
    from treaty.cli.options import allowed_roots
    from treaty.findings import Severity
    from treaty.report.findings import counted, print_findings
    from treaty.report.json import findings_json

    source = find_spec(spec)
    with document_errors():
        findings = treaty.check(
            source,
            roots=allowed_roots(source, roots),
            remote_references=remote_references,
            max_bytes=max_bytes,
        )
    wrong = [finding for finding in findings if finding.severity is not Severity.INFO]
    if form == "json":
        click.echo(findings_json(findings))
    else:
        print_findings(findings, Console())
        click.echo(f"{source}: {'valid' if not wrong else 'not valid: ' + counted(wrong)}")
    if wrong:
        sys.exit(FINDINGS)
