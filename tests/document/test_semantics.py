from __future__ import annotations

from typing import Any

import pytest

from document.samples import OK, document
from treaty.document.operations import operations_of
from treaty.document.semantics import check_semantics
from treaty.document.versions import version_of


def findings(data: dict[str, Any]) -> list[tuple[str, str]]:
    version = version_of(data, "f")
    found = check_semantics(data, version, tuple(operations_of(data, version)))
    return [(each.code, each.location.pointer) for each in found if each.location]


def in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {}}


def get(**fields: Any) -> dict[str, Any]:
    return {"get": {**fields, **OK}}


IN_QUERY = {"name": "q", "in": "query"}
PATHS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "good": ({"/a/{x}": get(parameters=[in_path("x")], operationId="a")}, []),
    "declared for the path": ({"/a/{x}": {"parameters": [in_path("x")], **get()}}, []),
    "one id": (
        {"/a": get(operationId="x"), "/b": get(operationId="x")},
        [("duplicate-operation-id", "/paths/~1b/get/operationId")],
    ),
    "one template": (
        {"/a/{x}": get(parameters=[in_path("x")]), "/a/{y}": get(parameters=[in_path("y")])},
        [("clashing-paths", "/paths/~1a~1{y}")],
    ),
    "part of a template": ({"/a/{x}": get(parameters=[in_path("x")]), "/a/b": get()}, []),
    "missing": ({"/a/{x}": get()}, [("path-parameter-missing", "/paths/~1a~1{x}/get")]),
    "in another place": (
        {"/a/{x}": get(parameters=[{"name": "x", "in": "query"}])},
        [("path-parameter-missing", "/paths/~1a~1{x}/get")],
    ),
    "unknown": (
        {"/a": get(parameters=[in_path("x")])},
        [("path-parameter-unknown", "/paths/~1a/get/parameters/0")],
    ),
    "twice": (
        {"/a": get(parameters=[{"name": "q", "in": "query"}, {"name": "q", "in": "query"}])},
        [("duplicate-parameter", "/paths/~1a/get/parameters/1")],
    ),
    "one name, two places": (
        {"/a": get(parameters=[{"name": "q", "in": "query"}, {"name": "q", "in": "header"}])},
        [],
    ),
    "overridden": (
        {
            "/a": {
                "parameters": [{"name": "q", "in": "query"}],
                **get(parameters=[{"name": "q", "in": "query"}]),
            }
        },
        [],
    ),
}


@pytest.mark.parametrize("name", PATHS)
def test_paths(name: str) -> None:
    paths, expected = PATHS[name]
    assert findings(document(paths=paths)) == expected


WHOLE = {"name": "s", "in": "querystring", "content": {"text/plain": {}}}


@pytest.mark.parametrize(
    ("of_path", "of_operation", "told"),
    [
        ([WHOLE], [IN_QUERY], True),
        ([IN_QUERY], [WHOLE], True),
        ([WHOLE], [{**WHOLE, "name": "t"}], True),
        ([IN_QUERY], [{**IN_QUERY, "name": "r"}], False),
        ([], [WHOLE], False),
        ([WHOLE], [], False),
    ],
)
def test_the_query_is_described_in_one_way(of_path: Any, of_operation: Any, told: bool) -> None:
    data = document("3.2.0", paths={"/a": {"parameters": of_path, **get(parameters=of_operation)}})
    assert findings(data) == ([("query-read-twice", "/paths/~1a/get/parameters/0")] if told else [])


def test_a_header_whose_name_no_message_can_have() -> None:
    named = [{"name": "Bad[Header]", "in": "header"}, {"name": "X-Good.1", "in": "header"}]
    answer = {"200": {"description": "d", "headers": {"Bad=Header": {"schema": {}}, "ETag": {"schema": {}}}}}
    data = document(paths={"/a": {"parameters": named, "get": {"responses": answer}, "put": OK}})
    assert findings(data) == [
        ("header-name", "/paths/~1a/parameters/0/name"),
        ("header-name", "/paths/~1a/get/responses/200/headers/Bad=Header"),
    ]


@pytest.mark.parametrize(("version", "section"), [("2.0", "definitions"), ("3.0.3", "components")])
def test_a_reference_to_what_is_no_parameter(version: str, section: str) -> None:
    pointer = "/definitions/A" if version == "2.0" else "/components/schemas/A"
    node = {"A": {"type": "object"}}
    data = document(version, **{section: node if version == "2.0" else {"schemas": node}})
    data["paths"] = {"/a": {"parameters": [{"$ref": f"#{pointer}"}], "get": OK, "put": OK}}
    assert findings(data) == [("wrong-reference", "/paths/~1a/parameters/0/$ref")]


def test_references_to_parameters_are_followed() -> None:
    reference = {"$ref": "#/components/parameters/X"}
    data = document(
        paths={"/a/{x}": get(parameters=[reference])}, components={"parameters": {"X": in_path("x")}}
    )
    assert findings(data) == []
    data["paths"] = {"/a": get(parameters=[reference, reference])}
    assert findings(data) == [
        ("path-parameter-unknown", "/components/parameters/X"),
        ("duplicate-parameter", "/paths/~1a/get/parameters/1"),
    ]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([{"name": "a"}, {"name": "b", "parent": "a"}], []),
        ([{"name": "a"}, {"name": "a"}], [("duplicate-tag", "/tags/1/name")]),
        ([{"name": "a", "parent": "none"}], [("unknown-parent-tag", "/tags/0/parent")]),
        ([{"name": "a", "parent": "a"}], [("circular-tags", "/tags/0/parent")]),
        (
            [{"name": "a", "parent": "b"}, {"name": "b", "parent": "a"}, {"name": "c", "parent": "a"}],
            [("circular-tags", "/tags/0/parent"), ("circular-tags", "/tags/1/parent")],
        ),
        (["a", None, {"name": 7}], []),
    ],
)
def test_tags(tags: Any, expected: list[tuple[str, str]]) -> None:
    assert findings(document("3.2.0", tags=tags)) == expected
    judged_before = [each for each in expected if each[0] == "duplicate-tag"]
    assert findings(document("3.1.0", tags=tags)) == judged_before


@pytest.mark.parametrize(
    "paths", [None, [], {"/a": None}, {"/a": {"get": []}}, {"/a": {"parameters": 7, **get()}}]
)
def test_malformed_paths_are_for_others_to_judge(paths: Any) -> None:
    assert findings(document(paths=paths)) == []


def test_a_security_scheme_that_nobody_declared_is_said_once() -> None:
    data = {
        "openapi": "3.1.0",
        "security": [{"known": []}, {"unknown": []}],
        "paths": {"/a": {"get": {"security": [{"unknown": []}, {}]}}},
        "components": {"securitySchemes": {"known": {"type": "http", "scheme": "basic"}}},
    }
    assert findings(data) == [("unknown-security-scheme", "/security/1/unknown")]
