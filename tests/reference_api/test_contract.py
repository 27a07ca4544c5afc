"""The specification, in several files, is valid, and handlers and specification agree."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import typing
from typing import TYPE_CHECKING, Any

import openapi_spec_validator
import pytest
from prance import ResolvingParser

import handlers
from handlers import answers

from .calling import faults, handler
from .reading import (
    SPECIFICATION,
    Json,
    body_examples,
    body_schema,
    operations,
    read,
    references,
    specification,
    target,
)

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted(SPECIFICATION.rglob("*.yaml"))
PYTHON_TYPES = {"string": str, "integer": int}


def examples() -> list[Any]:
    """Every example beside a schema: parameters, headers and bodies, with where it stands."""
    found: list[Any] = []

    def walk(value: Json, path: str) -> None:
        if isinstance(value, dict):
            for name, example in value.get("examples", {}).items() if "schema" in value else ():
                given = example.get("value", example.get("dataValue"))
                found.append(pytest.param(value["schema"], given, id=f"{path}/{name}"))
            for name, member in value.items():
                walk(member, f"{path}/{name}")
        elif isinstance(value, list):
            for index, member in enumerate(value):
                walk(member, f"{path}/{index}")

    walk(specification(), "")
    return found


def test_the_specification_is_valid() -> None:
    openapi_spec_validator.validate(specification())


def test_the_specification_is_valid_in_its_files() -> None:
    root = SPECIFICATION / "openapi.yaml"
    openapi_spec_validator.validate(read(root), base_uri=root.as_uri())


def test_another_resolver_reads_the_files_to_the_same_operations() -> None:
    parser = ResolvingParser(str(SPECIFICATION / "openapi.yaml"), backend="openapi-spec-validator")
    read_by_it = {
        operation["operationId"]
        for item in parser.specification["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
    }
    assert read_by_it == set(operations())


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SPECIFICATION)))
def test_references_stay_inside_and_lead_somewhere(file: Path) -> None:
    for reference in references(read(file)):
        _, holder = target(reference, file)
        assert holder.is_relative_to(SPECIFICATION), reference


def test_nothing_shared_is_unused() -> None:
    used = {
        (holder, reference.partition("#")[2].split("/")[1])
        for file in FILES
        for reference in references(read(file))
        for _, holder in [target(reference, file)]
    }
    shared = {(file, name) for file in FILES if file.name != "openapi.yaml" for name in read(file)}
    assert shared == used


@pytest.mark.parametrize(("schema", "example"), examples())
def test_examples_are_valid(schema: Json, example: Json) -> None:
    assert faults(schema, example) == []


@pytest.mark.parametrize("operation_id", operations())
def test_each_operation_is_described(operation_id: str) -> None:
    operation = operations()[operation_id]
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation_id)
    assert operation["summary"]
    assert operation["description"]
    assert set(operation["tags"]) <= {tag["name"] for tag in specification()["tags"]}


def test_each_operation_is_one_public_function_and_the_other_way_round() -> None:
    tags = {tag["name"] for tag in specification()["tags"]}
    found = []
    for module in pkgutil.iter_modules(handlers.__path__):
        if module.name in tags:
            loaded = importlib.import_module(f"handlers.{module.name}")
            functions = inspect.getmembers(loaded, inspect.isfunction)
            found += [
                (module.name, name)
                for name, function in functions
                if function.__module__ == loaded.__name__ and not name.startswith("_")
            ]
    assert sorted(found) == sorted((each["tags"][0], name) for name, each in operations().items())


@pytest.mark.parametrize("operation_id", operations())
def test_arguments_are_the_parameters_and_the_body(operation_id: str) -> None:
    operation = operations()[operation_id]
    declared = {parameter["name"] for parameter in operation["parameters"]}
    declared |= {"body"} if "requestBody" in operation else set()
    assert set(inspect.signature(handler(operation_id)).parameters) == declared


@pytest.mark.parametrize("operation_id", operations())
def test_arguments_have_the_types_and_defaults_of_the_parameters(operation_id: str) -> None:
    signature = inspect.signature(handler(operation_id))
    hints = typing.get_type_hints(handler(operation_id), {**vars(answers)})
    for parameter in operations()[operation_id]["parameters"]:
        schema, argument = parameter["schema"], signature.parameters[parameter["name"]]
        plain = PYTHON_TYPES[schema["type"]]
        if parameter.get("required"):
            assert (hints[parameter["name"]], argument.default) == (plain, inspect.Parameter.empty)
        elif "default" in schema:
            assert (hints[parameter["name"]], argument.default) == (plain, schema["default"])
        else:
            assert (hints[parameter["name"]], argument.default) == (plain | None, None)


@pytest.mark.parametrize("operation_id", ["create_user", "replace_user", "create_post", "replace_post"])
def test_inputs_are_closed(operation_id: str) -> None:
    schema = body_schema(operation_id)
    for example in body_examples(operation_id):
        assert faults(schema, example) == []
        assert faults(schema, example | {"id": "5b6f2f0e-6c55-4c3e-9f0e-0d8f3a1f7a11"})


@pytest.mark.parametrize(
    ("operation_id", "patch", "refused"),
    [
        ("update_user", {}, False),
        ("update_user", {"bio": None}, False),
        ("update_user", {"name": None}, True),
        ("update_user", {"email": None}, True),
        ("update_user", [], True),
        ("update_post", {"tags": None, "status": None, "summary": None}, False),
        ("update_post", {"slug": None}, True),
        ("update_post", {"author_id": None}, True),
        ("update_post", {"tags": ["a", "a"]}, True),
    ],
)
def test_a_patch_takes_null_for_what_is_optional_only(operation_id: str, patch: Json, refused: bool) -> None:
    assert bool(faults(body_schema(operation_id), patch)) is refused


@pytest.mark.parametrize("name", ["", "two\nlines", "nul\x00", "x" * 101])
def test_a_name_is_one_line_of_bounded_length(name: str) -> None:
    assert faults(body_schema("create_user"), {"name": name, "email": "ada@newsdesk.example"})


def test_links_lead_to_operations_and_their_parameters() -> None:
    links = [
        link
        for operation in operations().values()
        for response in operation["responses"].values()
        for link in response.get("links", {}).values()
    ]
    assert len(links) == 10
    for link in links:
        parameters = {parameter["name"] for parameter in operations()[link["operationId"]]["parameters"]}
        assert set(link["parameters"]) <= parameters
