"""What tests share: where the corpus of real documents lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real documents; without it a test is skipped, but never where CI runs."""
    default = Path(__file__).resolve().parents[2] / "shared" / "corpus"
    folder = Path(os.environ.get("TREATY_CORPUS") or default)
    if folder.is_dir():
        return folder
    reason = f"no corpus at {folder}: set TREATY_CORPUS to its folder"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests counted, in one process or several."""
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.getreports(kind)]
    told = sorted(
        str(value) for report in reports for name, value in report.user_properties if name == "counted"
    )
    if told:
        terminalreporter.section("counted")
        for line in told:
            terminalreporter.line(line)
