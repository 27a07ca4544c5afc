"""Stubs are written where a function is missing, work at once, and overwrite nothing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from respond.projects import (
    application,
    document,
    json_body,
    one,
    operation,
    parameter,
    send,
    write_handlers,
)

import treaty
from treaty.findings import DocumentError
from treaty.respond.resolve import find_handlers
from treaty.scaffold.stubs import write_stubs

VALUE = document(
    {
        "/things": {
            "get": operation("list_things", summary='List "all" \\things\n', parameters=[parameter("limit")]),
            "post": operation("createThing", requestBody=json_body({"type": "object"})),
        },
        "/things/{id}": {"get": operation("get-thing", parameters=[parameter("id", "path", "integer")])},
        "/health": {"get": operation("health", tags=[])},
        "/users": {"get": operation("list_users", tags=["The Users"])},
    }
)


def written(value: dict[str, Any], folder: Path) -> list[tuple[str, bool, tuple[str, ...]]]:
    """What was written: file, whether it is new, functions."""
    return [
        (each.path.name, each.created, each.functions) for each in write_stubs(treaty.load(value), folder)
    ]


def test_a_new_package_has_a_module_for_each_tag(tmp_path: Path) -> None:
    folder = tmp_path / "app" / "stubs_new"
    assert written(VALUE, folder) == [
        ("__init__.py", True, ("health",)),
        ("the_users.py", True, ("list_users",)),
        ("things.py", True, ("list_things", "createThing", "get_thing")),
    ]
    source = (folder / "things.py").read_text()
    assert 'def list_things(limit: str | None = None) -> Any:\n    """List \'all\' /things."""\n' in source
    assert "def get_thing(id: int) -> Any:\n" in source
    assert len(find_handlers(treaty.load(VALUE), folder).handlers) == 5


@pytest.mark.parametrize("framework", ["async", "flask"])
def test_a_stub_answers_501(framework: str, tmp_path: Path) -> None:
    folder = tmp_path / f"stubs_{framework}"
    written(VALUE, folder)
    response = asyncio.run(send(application(VALUE, folder, framework), "GET", "/things/7"))
    assert (response.status_code, response.json()["detail"]) == (501, "get_thing is not written yet.")
    assert response.headers["content-type"] == "application/problem+json"


def test_what_is_written_is_clean_and_typed(tmp_path: Path) -> None:
    written(VALUE, tmp_path / "stubs_clean")
    checks = (["ruff", "check", "--isolated", "--select", "E,F,I,W,UP,RUF"], ["ruff", "format", "--check"])
    for check in (*checks, ["mypy", "--strict", "--no-incremental"]):
        # The arguments are ours: the tools of this project on the files just written.
        done = subprocess.run(
            [sys.executable, "-m", *check, "stubs_clean"], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout


def test_existing_files_are_only_added_to(tmp_path: Path) -> None:
    before = "# mine\nfrom typing import Any\n\n\ndef list_things() -> Any:\n    return ['mine']\n"
    folder = write_handlers(tmp_path, things=before, init="# also mine\n")
    assert written(VALUE, folder) == [
        ("__init__.py", False, ("health",)),
        ("the_users.py", True, ("list_users",)),
        ("things.py", False, ("createThing", "get_thing")),
    ]
    after = (folder / "things.py").read_text()
    assert after.startswith(before)
    assert after.count("import Any") == 1
    added = (folder / "__init__.py").read_text()
    assert added.startswith("# also mine\n")
    assert added.count("import Any") == 1
    compile(added, "__init__.py", "exec")


def test_nothing_is_written_when_nothing_is_missing(tmp_path: Path) -> None:
    folder = write_handlers(tmp_path, things="def act(): ...")
    before = {path: path.read_text() for path in folder.rglob("*.py")}
    assert written(one(), folder) == []
    assert {path: path.read_text() for path in folder.rglob("*.py")} == before


def test_a_second_run_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "stubs_twice"
    assert written(VALUE, folder)
    assert written(VALUE, folder) == []


def test_a_module_that_cannot_be_read_stops_it(tmp_path: Path) -> None:
    folder = write_handlers(tmp_path, things="def act(:")
    with pytest.raises(DocumentError, match="cannot be imported"):
        written(VALUE, folder)
    assert sorted(each.name for each in folder.glob("*.py")) == ["__init__.py", "things.py"]


@pytest.mark.parametrize(
    "summary", ['"""', "a\\", 'ends"', "\x00\x1b[31m", "'''\nimport os", "é\u2028x", "{0} %s"]
)
def test_no_text_of_a_document_can_leave_its_docstring(summary: str, tmp_path: Path) -> None:
    value = one(summary=summary)
    value["info"]["title"] = value["paths"]["/act"]["get"]["tags"][0] = summary
    folder = tmp_path / "stubs_text"
    write_stubs(treaty.load(value), folder)
    for path in folder.glob("*.py"):
        code = compile(path.read_text(), str(path), "exec")
        assert set(code.co_names) <= {"__doc__", "__future__", "annotations", "typing", "Any", "act"}
