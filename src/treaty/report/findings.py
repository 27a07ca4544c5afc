"""Findings as text: `file:line:column: error[code] message`, which editors and terminals can jump to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.text import Text

from treaty.findings import Finding, Severity
from treaty.report.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold blue"}


def print_findings(findings: Iterable[Finding], console: Console) -> None:
    """Print each finding, in colour only where `console` has colour."""
    for finding in findings:
        console.print(heading(finding), soft_wrap=True, highlight=False)
        for label, value in details(finding):
            indented = printable(value).replace("\n", "\n            ")
            console.print(Text(f"  {label + ':':<10}{indented}"), soft_wrap=True, highlight=False)


def heading(finding: Finding) -> Text:
    """`specs/openapi.yaml:12:7: error[unknown-type] message`; the location is left out when unknown."""
    location = finding.location
    where = ""
    if location is not None:
        pointed = f"{location}#{location.pointer}" if location.pointer and not location.line else location
        where = f"{pointed}: "
    line = Text(printable(where), style="bold")
    line.append(f"{finding.severity.value}[{finding.code}]", style=STYLES[finding.severity])
    return line.append(f" {printable(finding.message)}", style="not bold")


def details(finding: Finding) -> list[tuple[str, str]]:
    """The parts of a finding that are said, with their labels."""
    parts = [
        ("at", str(finding.place) if finding.place else ""),
        ("expected", finding.expected),
        ("actual", finding.actual),
        ("hint", finding.hint),
        *(("related", str(other)) for other in finding.related if str(other) != str(finding.location)),
    ]
    return [(label, value) for label, value in parts if value]


def counted(findings: Iterable[Finding]) -> str:
    """`2 errors, 1 warning`; `no findings` when there are none."""
    counts = Counter(finding.severity for finding in findings)
    nouns = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    said = [
        f"{counts[severity]:,} {noun}{'s' if counts[severity] != 1 else ''}"
        for severity, noun in nouns.items()
        if counts[severity]
    ]
    return ", ".join(said) or "no findings"
