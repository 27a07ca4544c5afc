"""Declared parameters: those that a request can have, by name and place."""

from __future__ import annotations

from typing import Any

import pytest

import treaty
from treaty.findings import Json

ANY = {"schema": {"type": "string"}}


def declared(path: str, *parameters: Json, version: str = "3.1.0") -> list[tuple[str, str, bool]]:
    """(Name, place, is it required?) of the parameters of an operation at a path."""
    operation = {"parameters": list(parameters), "responses": {"200": {"description": "ok"}}}
    document: dict[str, Any] = {"info": {"title": "T", "version": "1"}, "paths": {path: {"get": operation}}}
    document["swagger" if version == "2.0" else "openapi"] = version
    found = treaty.load(document).operations[0]
    return [(each.name, each.location, each.required) for each in found.parameters]


@pytest.mark.parametrize(
    "parameter",
    [
        {"in": "query", **ANY},
        {"name": 7, "in": "query", **ANY},
        {"name": "a", **ANY},
        {"name": "a", "in": "quary", **ANY},
        {"name": "a", "in": ["query"], **ANY},
        {"name": "a", "in": "body", **ANY},
        {"name": "b", "in": "path", "required": True, **ANY},
        {"$ref": "#/components/parameters/none"},
        7,
        None,
    ],
    ids=str,
)
def test_a_parameter_that_no_request_can_have_is_left_out(parameter: Json) -> None:
    written = {"name": "a", "in": "path", "required": True, **ANY}
    assert declared("/{a}", parameter, written) == [("a", "path", True)]


@pytest.mark.parametrize("version", ["2.0", "3.0.3"])
def test_a_path_parameter_in_the_query_of_a_path_is_one_of_the_query(version: str) -> None:
    schema: dict[str, Any] = {"type": "string"} if version == "2.0" else ANY
    parameters = [{"name": name, "in": "path", "required": True, **schema} for name in ("a", "b", "c")]
    found = declared("/x/{a}?first={b}&second=x{c}", *parameters, version=version)
    assert found == [("a", "path", True), ("first", "query", True)]
