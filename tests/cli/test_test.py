"""`treaty test`: exit code 0 for a contract that is kept, 1 for a planted violation, with a curl line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 120


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NO_COLOR": "1", "NEWSDESK_DATABASE": "sqlite://"}
    command = [sys.executable, "-m", "treaty", "test", "--seed", "1", "--max-examples", "10", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def project(folder: Path) -> Path:
    for name in ("specs", "handlers"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_the_reference_api_keeps_its_contract(tmp_path: Path) -> None:
    done = run(project(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"13 operations, [\d,]+ cases in [\d.]+ s: 13 passed, 0 failed", done.stdout)


def test_a_planted_violation_is_found_reduced_and_shown_with_curl(tmp_path: Path) -> None:
    folder = project(tmp_path)
    health = folder / "handlers" / "health.py"
    text = health.read_text()
    assert '"ok"' in text
    health.write_text(text.replace('"ok"', "42"))
    done = run(folder, "--include", "get_health")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "curl" in done.stdout
    assert "/health" in done.stdout
    assert "0 passed, 1 failed" in done.stdout


def test_the_mock_keeps_its_contract(tmp_path: Path) -> None:
    done = run(project(tmp_path), "--mock", "--include", "list_posts", "--include", "get_post")
    assert done.returncode == 0, done.stdout + done.stderr


def test_strict_is_not_for_an_api_elsewhere(tmp_path: Path) -> None:
    done = run(project(tmp_path), "--strict", "--url", "http://127.0.0.1:9")
    assert done.returncode == 2
    assert "--strict is for what Treaty runs itself" in done.stderr


def test_url_and_mock_exclude_each_other(tmp_path: Path) -> None:
    done = run(project(tmp_path), "--mock", "--url", "http://127.0.0.1:9")
    assert done.returncode == 2
    assert "exclude each other" in done.stderr


def test_nothing_at_the_url_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = run(project(tmp_path), "--url", "http://127.0.0.1:9")
    assert done.returncode == 4, done.stdout + done.stderr
    assert done.stderr == "error: nothing answers at http://127.0.0.1:9: Connection refused\n"
    assert "FAILED" not in done.stdout


@pytest.mark.parametrize("option", ["-n", "--max-cases", "--max-failures", "--max-time", "--request-timeout"])
def test_a_limit_of_none_is_wrong_use_of_the_option(tmp_path: Path, option: str) -> None:
    done = run(tmp_path, "--mock", option, "0")
    assert done.returncode == 2
    name = "'--max-examples' / '-n'" if option == "-n" else f"'{option}'"
    assert f"Invalid value for {name}: 0" in done.stderr


def test_an_operation_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    done = run(project(tmp_path), "--mock", "--include", "list_user")
    assert done.returncode == 2
    assert "list_users" in done.stderr


def test_a_mock_that_remembers_is_tested_in_sequences(tmp_path: Path) -> None:
    done = run(project(tmp_path), "--mock", "--stateful", "--phase", "fuzzing")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"passed   sequences of operations  [1-9]", done.stdout)
    done = run(project(tmp_path / "again"), "--stateful")
    assert done.returncode == 2
    assert "--stateful is for --mock" in done.stderr


def test_what_a_document_leaves_out_is_a_warning_or_a_failure(tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "openapi.yaml").write_text(
        """openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /count:
    get:
      security: [{key: []}]
      responses: {"200": {description: ok}}
components: {securitySchemes: {key: {type: apiKey, name: x-key, in: header}}}
"""
    )
    done = run(tmp_path, "--mock")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning[undeclared-refusal] refuses with 401, undeclared" in done.stdout
    done = run(tmp_path, "--mock", "--fail-on-warnings")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAILED GET /count: Undocumented status code [status_code_conformance]" in done.stdout
