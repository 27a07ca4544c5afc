"""`treaty new`: a project, or the handlers that are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from treaty.cli import treaty

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_project_is_begun_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    begun = CliRunner().invoke(treaty, ["new", "notes"])
    assert begun.exit_code == 0
    assert "wrote notes/handlers/notes.py" in begun.stdout
    assert "cd notes" in begun.stdout
    again = CliRunner().invoke(treaty, ["new", "notes"])
    assert again.exit_code == 2
    assert "nothing is overwritten" in again.stderr


def test_missing_handlers_are_written_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(treaty, ["new", "."]).exit_code == 0
    arguments = ["new", "--handlers", "--into", "new_handlers"]
    first = CliRunner().invoke(treaty, arguments)
    assert first.exit_code == 0
    assert first.stdout.splitlines() == [
        "wrote new_handlers/__init__.py",
        "wrote new_handlers/notes.py",
        "  list_notes",
        "  create_note",
        "  get_note",
        "  delete_note",
    ]
    assert CliRunner().invoke(treaty, ["routes", "--handlers", "new_handlers"]).exit_code == 0
    second = CliRunner().invoke(treaty, arguments)
    assert second.stdout == "every operation has its function in new_handlers; nothing was written\n"


def test_a_name_is_needed() -> None:
    result = CliRunner().invoke(treaty, ["new"])
    assert result.exit_code == 2
    assert "name the folder" in result.stderr


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(treaty, ["new", str(tmp_path / "file" / "project")])
    assert result.exit_code == 2
    assert "cannot write into" in result.stderr


def test_a_document_is_no_folder_of_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0")
    result = CliRunner().invoke(treaty, ["new", "openapi.yaml"])
    assert result.exit_code == 2
    assert "treaty new --handlers openapi.yaml" in result.stderr


def test_what_comes_next_can_be_pasted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "cd 'my notes'\n" in CliRunner().invoke(treaty, ["new", "my notes"]).stdout
