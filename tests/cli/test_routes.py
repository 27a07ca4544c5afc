"""`treaty routes`: operations, their functions and where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from treaty.cli import treaty
from treaty.scaffold.project import write_project

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_every_operation_is_listed_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path)
    (tmp_path / "handlers").rename(tmp_path / "routes_complete")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(treaty, ["routes", "--handlers", "routes_complete"])
    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["GET", "/notes", "list_notes", "routes_complete.notes.list_notes", "routes_complete/notes.py:13"],
        ["POST", "/notes", "create_note", "routes_complete.notes.create_note", "routes_complete/notes.py:18"],
        [
            "GET",
            "/notes/{note_id}",
            "get_note",
            "routes_complete.notes.get_note",
            "routes_complete/notes.py:25",
        ],
        [
            "DELETE",
            "/notes/{note_id}",
            "delete_note",
            "routes_complete.notes.delete_note",
            "routes_complete/notes.py:30",
        ],
    ]


def test_missing_ones_are_marked_and_the_exit_code_is_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(tmp_path)
    (tmp_path / "handlers").rename(tmp_path / "routes_missing")
    (tmp_path / "routes_missing" / "notes.py").write_text("def list_notes(limit): return []\n")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(treaty, ["routes", "--handlers", "routes_missing"])
    assert result.exit_code == 1
    assert [line.count("✗ missing") for line in result.stdout.splitlines()] == [0, 1, 1, 1]
    assert result.stderr.count("error[handler-missing]") == 3
