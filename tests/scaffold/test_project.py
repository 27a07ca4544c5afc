"""A new project keeps its own contract."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import treaty
from treaty.exercise.events import RunFinished
from treaty.exercise.options import Options
from treaty.exercise.runner import run
from treaty.respond.resolve import find_handlers
from treaty.scaffold.project import ProjectExistsError, write_project

if TYPE_CHECKING:
    from pathlib import Path


def test_a_new_project_is_complete(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    names = [str(path.relative_to(folder)) for path in write_project(folder)]
    assert names == [
        "README.md",
        "contract_tests/test_contract.py",
        "handlers/__init__.py",
        "handlers/notes.py",
        "specs/openapi.yaml",
    ]
    assert treaty.check(folder / "specs") == []


def test_its_handlers_fit_its_contract(tmp_path: Path) -> None:
    write_project(tmp_path)
    (tmp_path / "handlers").rename(tmp_path / "notes_handlers")
    contract = treaty.load(tmp_path / "specs")
    handlers = find_handlers(contract, tmp_path / "notes_handlers").handlers
    assert [each.operation for each in handlers] == list(contract.operations)


@pytest.mark.parametrize("framework", ["async", "flask"])
def test_it_keeps_its_contract(framework: Any, tmp_path: Path) -> None:
    write_project(tmp_path)
    handlers = (tmp_path / "handlers").rename(tmp_path / f"notes_{framework}")
    contract = treaty.load(tmp_path / "specs")
    app = treaty.serve(contract, handlers, framework=framework, validate_responses="off")
    options = Options(seed=1, max_examples=5)
    finished = list(run(contract.document.bundle(), app=app, options=options))[-1]
    assert isinstance(finished, RunFinished)
    assert finished.passed == 4


def test_its_contract_tests_run(tmp_path: Path) -> None:
    write_project(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "-k", "DELETE"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


@pytest.mark.parametrize("in_the_way", ["file", "folder"])
def test_nothing_is_overwritten(in_the_way: str, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    if in_the_way == "folder":
        folder.mkdir()
        (folder / "a").write_text("mine")
    else:
        folder.write_text("mine")
    with pytest.raises(ProjectExistsError, match="exists and is not empty"):
        write_project(folder)
    assert [each.read_text() for each in tmp_path.rglob("*") if each.is_file()] == ["mine"]
