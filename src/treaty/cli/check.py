"""`treaty check`: is a document valid, or a recording of traffic, and if not, where and why?"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from treaty.cli.options import document_options, find_mocks, find_spec, mocks_option, spec_argument

if TYPE_CHECKING:
    from treaty.findings import Finding, Json
    from treaty.har import Entry, Judged

MAX_LISTED = 10
MAX_LINE_CHARACTERS = 200


@click.command()
@spec_argument
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--har",
    "recording",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Judge the exchanges of this recording (HAR 1.2) by the document, not the document.",
)
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="Of a recording, judge what went to this host (with its port, if unusual). Repeatable.",
)
@mocks_option
@document_options
def command(
    spec: str | None,
    form: str,
    recording: Path | None,
    hosts: tuple[str, ...],
    mocks: Path | None,
    roots: tuple[Path, ...],
    remote_references: bool,
    max_bytes: int,
) -> None:
    """Say whether a document is valid, and if not where and why.

    The judgement of openapi-spec-validator counts, beside Treaty's own; it is kept by
    the document's content, so the same document is judged once. The other commands are
    less strict: what they can do without, they only warn of.

    An example that breaks its schema is a warning and leaves the document valid; the first
    50 are told. The overrides in mocks/ are judged by the document too.

    With --har it is a recording of traffic that is judged: each request and response, by
    the host's paths with and without the document's base paths; credentials are masked.
    Where some of it went to servers of the document, what went to other hosts is left out;
    --host says which are judged.

    \b
    Exit codes: 0 valid, 1 not valid, 3 cannot be read at all.

    \b
    Examples:
      treaty check specs/openapi.yaml
      treaty check specs/openapi.yaml --format json
      treaty check specs/openapi.yaml --har traffic.har
    """
    if recording is not None:
        _check_recording(spec, recording, form, hosts, roots, remote_references, max_bytes)
        return
    if hosts:
        raise click.UsageError("--host is for a recording: name that with --har")
    from rich.console import Console

    import treaty
    from treaty.cli.errors import FINDINGS, document_errors
    from treaty.cli.options import allowed_roots
    from treaty.contract.examples import CODE as EXAMPLE
    from treaty.findings import Severity
    from treaty.report.findings import print_findings
    from treaty.report.json import findings_json

    source = find_spec(spec)
    with document_errors():
        findings = treaty.check(
            source,
            roots=allowed_roots(source, roots),
            remote_references=remote_references,
            max_bytes=max_bytes,
            mocks=find_mocks(mocks),
        )
    # That an example matches its schema is what it should do (OpenAPI 3.2), not what makes a document valid.
    amiss = [finding for finding in findings if finding.severity is not Severity.INFO]
    wrong = [finding for finding in amiss if finding.code != EXAMPLE]
    if form == "json":
        click.echo(findings_json(findings))
    else:
        print_findings(findings, Console())
        click.echo(f"{source}: {_verdict(amiss, is_valid=not wrong)}")
    if wrong:
        sys.exit(FINDINGS)


def _verdict(amiss: list[Finding], *, is_valid: bool) -> str:
    from treaty.report.findings import counted

    if not amiss:
        return "valid"
    return f"valid, with {counted(amiss)}" if is_valid else f"not valid: {counted(amiss)}"


def _check_recording(
    spec: str | None,
    recording: Path,
    form: str,
    hosts: tuple[str, ...],
    roots: tuple[Path, ...],
    remote_references: bool,
    max_bytes: int,
) -> None:
    from treaty.cli.errors import FINDINGS, document_errors
    from treaty.cli.options import load_contract
    from treaty.cli.places import Places
    from treaty.har import judge_entries, read_har
    from treaty.judging import build_judge

    contract = load_contract(spec, roots, remote_references, max_bytes)
    with document_errors():
        entries = read_har(_content(recording, max_bytes), str(recording))
    places = Places(contract.document.sources)
    judged = [
        replace(each, findings=[places.placed(finding) for finding in each.findings])
        for each in judge_entries(build_judge(contract), entries, _chosen(hosts, entries))
    ]
    if form == "json":
        click.echo(_recording_json(judged))
    else:
        _print_recording(str(recording), judged)
    if any(each.findings for each in judged):
        sys.exit(FINDINGS)


def _chosen(hosts: tuple[str, ...], entries: list[Entry]) -> frozenset[str]:
    """The hosts to judge, as entries have them. Each must be in the recording."""
    from urllib.parse import urlsplit

    from treaty.contract.servers import host_of

    found = {each.host for each in entries}
    try:
        chosen = {name: host_of(urlsplit(name if "//" in name else f"//{name}")) for name in hosts}
    except ValueError as error:
        raise click.UsageError(f"--host: {error}") from None
    for name, host in chosen.items():
        if host not in found:
            there = ", ".join(sorted(filter(None, found))) or "none"
            raise click.UsageError(f"--host {name}: nothing in the recording went there; its hosts: {there}")
    return frozenset(chosen.values())


def _content(recording: Path, max_bytes: int) -> bytes:
    from treaty.findings import DocumentError, Finding, Location

    with recording.open("rb") as file:
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        message = f"the recording has more than {max_bytes:,} bytes"
        hint = "allow more with --max-bytes"
        raise DocumentError([Finding("too-large", message, location=Location(str(recording)), hint=hint)])
    return content


def _print_recording(name: str, judged: list[Judged]) -> None:
    from rich.console import Console

    from treaty.findings import plural
    from treaty.report.findings import counted, print_findings
    from treaty.report.printable import printable

    console = Console()
    for each in judged:
        if each.findings:
            click.echo(_heading(each))
            print_findings(each.findings, console)
    known, unknown, others = _parted(judged)
    said = f"{plural(len(judged), 'exchange')}, {known:,} judged, {len(unknown):,} not in the contract"
    if others:
        said += f", {others.total():,} with other hosts"
    click.echo(f"{name}: {said}: {counted(finding for each in judged for finding in each.findings)}")
    if unknown:
        click.echo(f"not in the contract: {_listed(map(_heading, unknown))}")
    if others:
        named = (printable(f"{host or 'no host'} ({count:,})") for host, count in others.most_common())
        click.echo(f"other hosts: {_listed(named)}; --host judges them")


def _parted(judged: list[Judged]) -> tuple[int, list[Judged], Counter[str]]:
    """How many were judged, which are not in the contract, and how many went to each other host."""
    unknown = [each for each in judged if not each.known and not each.elsewhere]
    others = Counter(each.entry.host for each in judged if each.elsewhere)
    return sum(each.known for each in judged), unknown, others


def _listed(texts: Iterable[str]) -> str:
    every = list(texts)
    more = f", and {len(every) - MAX_LISTED:,} more" if len(every) > MAX_LISTED else ""
    return ", ".join(every[:MAX_LISTED]) + more


def _heading(judged: Judged) -> str:
    """`3: POST /users → 201`."""
    from treaty.report.printable import printable

    entry = judged.entry
    line = f"{entry.number}: {entry.request.method} {judged.target}".rstrip()[:MAX_LINE_CHARACTERS]
    answer = f" → {entry.response.status}" if entry.response else ""
    return printable(line.replace("\n", " ")) + answer


def _recording_json(judged: list[Judged]) -> str:
    from treaty.report.json import finding_value

    known, unknown, others = _parted(judged)
    wrong = [
        {**_entry_value(each), "findings": [finding_value(finding) for finding in each.findings]}
        for each in judged
        if each.findings
    ]
    value = {
        "exchanges": len(judged),
        "judged": known,
        "unknown": len(unknown),
        "other_hosts": dict(others.most_common()),
        "entries": wrong,
        "not_in_contract": [_entry_value(each) for each in unknown],
    }
    return json.dumps(value, indent=2)


def _entry_value(judged: Judged) -> dict[str, Json]:
    entry = judged.entry
    return {
        "entry": entry.number,
        "method": entry.request.method,
        "target": judged.target,
        "status": entry.response.status if entry.response else None,
    }
