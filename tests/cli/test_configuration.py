"""Defaults from treaty.toml, pyproject.toml and the environment."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from treaty.cli import COMMANDS, treaty
from treaty.cli.configuration import configured_defaults, read_configuration


def test_nothing_is_configured_in_an_empty_folder(tmp_path: Path) -> None:
    assert read_configuration(tmp_path) == (None, {})


def defaults(name: str) -> dict[str, object]:
    return configured_defaults(import_module(f"treaty.cli.{name}").command, name, COMMANDS)


def test_shared_keys_reach_every_command_that_has_them_and_tables_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.treaty]\nframework = "flask"\n[tool.treaty.mock]\nallow-remote-refs = true\n'
    )
    monkeypatch.chdir(tmp_path)
    assert defaults("serve") == {"framework": "flask"}
    assert defaults("mock") == {"remote_references": True}


def test_treaty_toml_counts_before_pyproject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.treaty.mock]\nport = 1\n")
    (tmp_path / "treaty.toml").write_text("[mock]\nport = 2\n")
    monkeypatch.chdir(tmp_path)
    assert defaults("mock") == {"port": 2}


@pytest.mark.parametrize("text", ["port = ", "[mocc]\nport = 1\n"])
def test_a_wrong_file_is_wrong_use_and_says_why(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "treaty.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(click.UsageError, match=r"TOML|mocc"):
        defaults("mock")


def test_an_option_that_a_command_does_not_have_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "treaty.toml").write_text("[mock]\nprot = 1\n")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(treaty, ["mock", "--help"])
    assert done.exit_code == 2
    assert "unknown option `prot`; did you mean `port`?" in done.stderr


def test_an_option_of_the_table_is_the_default_and_the_command_line_counts_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0\ninfo: {title: Books, version: '1'}\npaths: {}\n")
    (tmp_path / "treaty.toml").write_text('[check]\nformat = "json"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert CliRunner().invoke(treaty, ["check", "openapi.yaml"]).stdout.strip() == "[]"
    plain = CliRunner().invoke(treaty, ["check", "openapi.yaml", "--format", "text"])
    assert plain.stdout == "openapi.yaml: valid\n"
