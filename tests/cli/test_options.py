"""What the commands share: a document is loaded, and what is wrong with it is said."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from treaty.cli import treaty


def test_of_very_many_faults_the_first_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    unknown = "".join(f"unknown{number}: 1\n" for number in range(25))
    operation = "paths: {/a: {get: {responses: {'200': {description: d}}}}}\n"
    path.write_text("openapi: 3.1.0\ninfo: {title: T, version: '1'}\n" + operation + unknown)
    done = CliRunner().invoke(treaty, ["mock", str(path), "--explain-state"])
    assert done.exit_code == 0
    assert done.stderr.count("warning[unknown-field]") == 20
    assert f"and 5 more findings: `treaty check {path}` shows all of them" in done.stderr
