"""Functions are found by operationId; all that is missing or does not fit is said before the start."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path
from typing import Any

import pytest
from respond.projects import document, json_body, one, operation, parameter, write_handlers

import treaty
from treaty.findings import DocumentError
from treaty.respond.resolve import Resolved, find_handlers, resolve

ACT = "def act(): return {}\n"


def resolved(value: dict[str, Any], handlers: Path | str) -> Resolved:
    return resolve(treaty.load(value), handlers)


def named(value: dict[str, Any], handlers: Path) -> list[str]:
    """The names of the handlers that were found, below the package."""
    found = resolved(value, handlers)
    assert found.findings == ()
    return [each.name.removeprefix(f"{handlers.name}.") for each in found.handlers]


@pytest.mark.parametrize(
    ("modules", "value", "name"),
    [
        ({"things": ACT}, one(), "things.act"),
        ({"init": ACT}, one(), "act"),
        ({"things": ACT, "init": ACT}, one(), "things.act"),
        ({"init": ACT}, one(tags=[]), "act"),
        ({"the_things": ACT}, one(tags=["The Things"]), "the_things.act"),
        ({"things": "def list_all_things(): ..."}, one("list-all/things"), "things.list_all_things"),
        ({"things": "def _3d(): ..."}, one("3d"), "things._3d"),
        ({"things": "def act(): ..."}, one("things.act"), "things.act"),
        ({"things": "def import_(): ..."}, one("import"), "things.import_"),
        ({"things": "class Act:\n  def __call__(self): ...\nact = Act()"}, one(), "things.act"),
    ],
)
def test_the_function_has_the_name_of_the_operation_and_its_module_that_of_the_tag(
    modules: dict[str, str], value: dict[str, Any], name: str, tmp_path: Path
) -> None:
    assert named(value, write_handlers(tmp_path, **modules)) == [name]


def test_an_operation_without_an_id_is_named_by_method_and_path(tmp_path: Path) -> None:
    value = document({"/a/{b}": {"get": operation("", parameters=[parameter("b", "path")])}})
    del value["paths"]["/a/{b}"]["get"]["operationId"]
    assert named(value, write_handlers(tmp_path, things="def get_a_b(b): ...")) == ["things.get_a_b"]


def test_a_dotted_id_and_a_controller_lead_to_the_users_own_modules(tmp_path: Path) -> None:
    handlers = write_handlers(tmp_path, views=ACT)
    (tmp_path / f"beside_{handlers.name}.py").write_text("class Views:\n  @staticmethod\n  def act(): ...\n")
    dotted = one(f"{handlers.name}.views.act")
    beside = one(f"beside_{handlers.name}.Views.act")
    controlled = one(**{"x-openapi-router-controller": f"{handlers.name}.views"})
    assert named(dotted, handlers) == ["views.act"]
    assert named(beside, handlers) == [f"beside_{handlers.name}.Views.act"]
    assert named(controlled, handlers) == ["views.act"]


@pytest.mark.parametrize(
    "name", ["os.getcwd", "sys.exit", "subprocess.run", "yaml.load", "flask.abort", "no.such"]
)
def test_a_document_cannot_name_functions_of_other_packages(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    handlers = write_handlers(tmp_path)
    (finding,) = resolved(one(name), handlers).findings
    assert finding.code == "handler-missing"
    module, _, function = name.rpartition(".")
    controlled = one(function, **{"x-openapi-router-controller": module})
    assert [each.code for each in resolved(controlled, handlers).findings] == ["handler-missing"]
    assert named(controlled, write_handlers(tmp_path, things=f"def {function}(): ...")) == [
        f"things.{function}"
    ]


def test_what_a_module_has_imported_is_not_the_users(tmp_path: Path) -> None:
    handlers = write_handlers(tmp_path, things="import os\nimport os.path")
    for name in ("os.getcwd", "os.path.exists"):
        (finding,) = resolved(one(f"{handlers.name}.things.{name}"), handlers).findings
        assert finding.code == "handler-missing"


def test_what_is_below_the_project_but_not_beside_the_handlers_is_not_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers = write_handlers(tmp_path)
    library = tmp_path / "environment" / "lib"
    library.mkdir(parents=True)
    (library / f"library_{handlers.name}.py").write_text(ACT)
    monkeypatch.syspath_prepend(str(library))
    assert [each.code for each in resolved(one(f"library_{handlers.name}.act"), handlers).findings] == [
        "handler-missing"
    ]


def test_beside_an_installed_package_stand_those_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "site-packages"
    installed.mkdir()
    handlers = write_handlers(installed, things="def other(): ...")
    (installed / f"beside_{handlers.name}.py").write_text(ACT)
    monkeypatch.syspath_prepend(str(installed))
    assert [each.code for each in resolved(one(f"beside_{handlers.name}.act"), handlers.name).findings] == [
        "handler-missing"
    ]


def test_the_package_may_be_an_importable_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handlers = write_handlers(tmp_path, things=ACT)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert [each.name for each in resolved(one(), handlers.name).handlers] == [f"{handlers.name}.things.act"]
    (tmp_path / f"single_{handlers.name}.py").write_text(ACT)
    assert len(resolved(one(), f"single_{handlers.name}").handlers) == 1


def test_handlers_may_be_a_module_of_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shelter_pets.py").write_text("from shelter_store import find\ndef search(): return find()\n")
    (tmp_path / "shelter_store.py").write_text("def find(): return []\ndef get(): return {}\n")
    monkeypatch.chdir(tmp_path)
    paths = {
        "/a": {"get": operation("shelter_pets.search")},
        "/b": {"get": operation("search")},
        "/c": {"get": operation("shelter_store.get")},
    }
    found = resolve(treaty.load(document(paths)), "shelter_pets").handlers
    assert [each.name for each in found] == [
        "shelter_pets.search",
        "shelter_pets.search",
        "shelter_store.get",
    ]


@pytest.mark.parametrize("handlers", ["no_such_handlers", "no/such/folder", "treaty.no_such", "no-name"])
def test_handlers_that_are_nowhere_are_said_once(
    handlers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no-name").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DocumentError) as raised:
        resolved(one(), handlers)
    assert [each.code for each in raised.value.findings] == ["handlers-missing"]


def test_another_package_of_the_same_name_is_not_taken_for_it(tmp_path: Path) -> None:
    (tmp_path / "email").mkdir()
    importlib.import_module("email")
    with pytest.raises(DocumentError, match="another package named `email`"):
        resolved(one(), tmp_path / "email")


def test_every_missing_handler_is_said_with_the_line_to_write(tmp_path: Path) -> None:
    parameters = [
        parameter("thing-id", "path", "integer"),
        parameter("status"),
        parameter("limit", "query", "integer", default=5),
        parameter("page-size", "query", "integer"),
        parameter("from"),
        parameter("x-trace", "header"),
    ]
    value = document(
        {
            "/a": {"post": operation("create", requestBody=json_body({"type": "object"}))},
            "/a/{thing-id}": {
                "put": operation(
                    "put_it",
                    parameters=parameters,
                    requestBody=json_body({"type": ["array", "null"]}, required=False),
                )
            },
        }
    )
    handlers = write_handlers(tmp_path)
    with pytest.raises(DocumentError) as raised:
        find_handlers(treaty.load(value), handlers)
    first, second = raised.value.findings
    assert (first.code, first.message) == ("handler-missing", "create has no handler (POST /a)")
    where = f" in the module `{handlers.name}.things` ({handlers.name}/things.py)"
    assert first.expected == "def create(body: dict[str, Any]) -> Any:" + where
    assert second.expected == (
        "def put_it(thing_id: int, limit: int = 5, status: str | None = None, pagesize: int | None = None, "
        "from_: str | None = None, body: list[Any] | None = None) -> Any:" + where
    )
    assert first.location is not None
    for each in (first, second):
        ast.parse(each.expected.partition(" in the module")[0] + " ...")


def test_what_does_not_fit_is_said_with_file_and_line(tmp_path: Path) -> None:
    value = document(
        {
            "/a/{b}": {
                "get": operation("act", parameters=[parameter("b", "path"), parameter("c")]),
                "put": operation("put_it", parameters=[parameter("b", "path")]),
                "patch": operation("patch_it", parameters=[parameter("b", "path")]),
                "delete": operation("delete_it", parameters=[parameter("b", "path")]),
            }
        }
    )
    source = """
        def act(c): ...
        def put_it(b, body, /, d, e=1): ...
        patch_it = 5
        delete_it = dict
    """
    handlers = write_handlers(tmp_path, things=source)
    findings = resolved(value, handlers).findings
    assert [(each.code, each.message.partition(": ")[2]) for each in findings] == [
        ("handler-arguments", "it takes no argument `b`, which the path gives"),
        ("handler-arguments", "its argument `c` needs a default, as the query parameter may be left out"),
        ("handler-arguments", "arguments are passed by name, and `b` is positional only"),
        ("handler-arguments", "arguments are passed by name, and `body` is positional only"),
        ("handler-arguments", "its argument `d` has no default, and the contract gives no such value"),
        ("handler-missing", ""),
        ("handler-missing", ""),
    ]
    assert {each.message for each in findings[-2:]} == {
        f"`{handlers.name}.things.patch_it` is no function (PATCH /a/{{b}})",
        f"`{handlers.name}.things.delete_it` is no function (DELETE /a/{{b}})",
    }
    assert str(findings[0].location) == f"{handlers / 'things.py'}:2:1"
    assert findings[0].expected == "def act(b: str, c: str | None = None) -> Any:"


@pytest.mark.parametrize(
    ("source", "said", "line"),
    [
        ("import no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module'", 1),
        ("\n\ndef act(:\n", "SyntaxError: invalid syntax", 3),
        ("def boom():\n    raise ValueError('no')\n\nboom()\n", "ValueError: no", 2),
        ("raise SystemExit(3)\n", "SystemExit: 3", 1),
        ("import json\njson.loads('{')\n", "JSONDecodeError", 355),
    ],
)
def test_a_module_that_cannot_be_imported_is_said_once_with_its_line(
    source: str, said: str, line: int, tmp_path: Path
) -> None:
    value = document({"/a": {"get": operation("act"), "put": operation("put_it")}})
    handlers = write_handlers(tmp_path, things=source)
    (finding,) = resolved(value, handlers).findings
    assert finding.code == "handler-import-failed"
    assert finding.message.startswith(f"the module `{handlers.name}.things` cannot be imported: {said}")
    assert finding.location is not None
    if line < 100:
        assert str(finding.location).rpartition(":")[0] == f"{handlers / 'things.py'}:{line}"


def test_a_package_that_cannot_be_imported_is_said_once(tmp_path: Path) -> None:
    handlers = write_handlers(tmp_path, init="import no_such_module", things=ACT)
    (finding,) = resolved(one(), handlers).findings
    assert finding.message.startswith(f"the module `{handlers.name}` cannot be imported")


def test_the_reference_service_is_complete() -> None:
    project = Path(__file__).parents[2]
    found = resolve(treaty.load(project / "specs" / "newsdesk"), project / "handlers")
    assert found.findings == ()
    assert len(found.handlers) == 13
    assert sys.modules["handlers.users"].create_user in {each.function for each in found.handlers}
