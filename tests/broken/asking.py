"""Ask for a broken document as a program does and as people do, and hold the answers to their form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import treaty
from treaty.cli import treaty as command
from treaty.findings import Finding, path_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "openapi: {version}\ninfo: {{title: T, version: '1'}}\n"


def text(body: str, version: str = "3.0.3") -> str:
    """A document with a head and this body."""
    return HEAD.format(version=version) + body


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write files below a folder; the first is the entry document."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder / next(iter(files))


def refused(source: Path | str | dict[str, Any], **access: Any) -> tuple[Finding, ...]:
    """The findings with which a document is refused."""
    with pytest.raises(treaty.DocumentError) as raised:
        treaty.load(source, **access)
    assert raised.value.findings
    return raised.value.findings


def told(source: Path | str | dict[str, Any], **access: Any) -> tuple[Finding, ...]:
    """The findings with which a document is used."""
    findings = treaty.load(source, **access).findings
    assert findings
    return findings


def placed(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings, each of which must have a place in a file."""
    for finding in findings:
        assert finding.location is not None
        assert finding.location.line >= 1
        assert finding.location.column >= 1
        path_of(finding.location.pointer)
        assert finding.hint or finding.expected, finding
    return findings


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


def lines(findings: tuple[Finding, ...]) -> list[tuple[str, int]]:
    """(name of the file, line) of each finding."""
    return [
        (finding.location.file.replace("\\", "/").rpartition("/")[2], finding.location.line)
        for finding in findings
        if finding.location
    ]


def run(*arguments: str | Path) -> tuple[int, str]:
    """Exit code and output of a command; a traceback is never an answer."""
    result = CliRunner().invoke(command, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result.exit_code, result.output


def is_unreadable(source: Path | str, code: str, *options: str) -> None:
    """Both commands end with 3 and name the finding."""
    for name in ("check", "mock"):
        status, output = run(name, source, *options)
        assert (status, f"[{code}]" in output) == (3, True), output


def is_invalid(source: Path | str, code: str, *options: str) -> None:
    """`check` ends with 1, since it could be read; `mock` with 3."""
    for name, expected in (("check", 1), ("mock", 3)):
        status, output = run(name, source, *options)
        assert (status, f"[{code}]" in output) == (expected, True), output


def is_used_all_the_same(source: Path | str, code: str) -> None:
    """`check` ends with 1; `mock` says what is wrong and goes on."""
    for expected, *arguments in ((1, "check", source), (0, "mock", source, "--explain-state")):
        status, output = run(*map(str, arguments))
        assert (status, f"[{code}]" in output) == (expected, True), output
