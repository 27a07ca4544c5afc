"""`treaty` alone says what is here and what comes next."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from treaty.cli import treaty


def test_in_an_empty_folder_it_shows_the_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "Commands" in CliRunner().invoke(treaty, []).output


def test_in_a_project_it_names_what_it_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "openapi.yaml").write_text("openapi: 3.1.0\n")
    (tmp_path / "handlers").mkdir()
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(treaty, []).output
    assert "specs/openapi.yaml" in said
    assert "treaty serve" in said


def test_without_handlers_it_offers_to_write_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0\n")
    monkeypatch.chdir(tmp_path)
    assert "treaty new --handlers openapi.yaml" in CliRunner().invoke(treaty, []).output
