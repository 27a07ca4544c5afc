"""`treaty check`: exit codes and output, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from treaty.cli import treaty

GOOD = "openapi: 3.1.0\ninfo: {title: Books, version: '1'}\npaths: {}\n"
WRONG = "openapi: 3.1.0\ninfo:\n  title: Books\n  verzion: '1'\npaths: {}\n"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


def test_a_valid_document_is_exit_code_0(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(GOOD)
    done = CliRunner().invoke(treaty, ["check", str(path)])
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{path}: valid\n"


def test_a_wrong_document_is_exit_code_1_with_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(WRONG)
    done = CliRunner().invoke(treaty, ["check", str(path)])
    assert done.exit_code == 1
    assert f"{path}:4:3: error[unknown-field]" in done.stdout.replace("\n", "")
    assert "did you mean `version`?" in done.stdout


def test_findings_as_json_have_all_their_parts(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(WRONG)
    done = CliRunner().invoke(treaty, ["check", str(path), "--format", "json"])
    assert done.exit_code == 1
    findings = json.loads(done.stdout)
    unknown = next(finding for finding in findings if finding["code"] == "unknown-field")
    assert unknown["location"]["line"] == 4
    assert unknown["location"]["pointer"] == "/info/verzion"


def test_what_cannot_be_read_is_exit_code_3(tmp_path: Path) -> None:
    done = CliRunner().invoke(treaty, ["check", str(tmp_path / "none.yaml")])
    assert done.exit_code == 3
    assert "No such file" in done.stderr


def test_without_a_document_it_takes_the_one_in_specs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "openapi.yaml").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(treaty, ["check"]).exit_code == 0


def test_without_any_document_it_says_what_to_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(treaty, ["check"])
    assert done.exit_code == 2
    assert "name one" in done.stderr
