"""Defaults from treaty.toml, pyproject.toml and the environment."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from treaty.cli.configuration import default_map, read_configuration


def test_nothing_is_configured_in_an_empty_folder(tmp_path: Path) -> None:
    assert read_configuration(tmp_path) == (None, {})


def test_shared_keys_reach_every_command_and_tables_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.treaty]\nframework = "flask"\n[tool.treaty.mock]\nallow-remote = 1\n'
    )
    monkeypatch.chdir(tmp_path)
    found = default_map()
    assert found["serve"] == {"framework": "flask"}
    assert found["mock"] == {"framework": "flask", "allow_remote": 1}


def test_treaty_toml_counts_before_pyproject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.treaty.mock]\nport = 1\n")
    (tmp_path / "treaty.toml").write_text("[mock]\nport = 2\n")
    monkeypatch.chdir(tmp_path)
    assert default_map()["mock"] == {"port": 2}


@pytest.mark.parametrize("text", ["port = ", "[mocc]\nport = 1\n"])
def test_a_wrong_file_is_wrong_use_and_says_why(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "treaty.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(click.UsageError, match=r"TOML|mocc"):
        default_map()
