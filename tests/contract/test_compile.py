"""Compile: every version's way of writing becomes one model."""

from __future__ import annotations

from typing import Any

import pytest

import treaty
from treaty.contract.contract import Contract
from treaty.contract.model import Operation


def load(version: str = "3.1.0", path: str = "/a", item: Any = None, **fields: Any) -> Contract:
    document = {
        "swagger" if version == "2.0" else "openapi": version,
        "info": {"title": "T", "version": "1"},
        "paths": {path: item or {"get": {"responses": {"200": {"description": "ok"}}}}},
        **fields,
    }
    return treaty.load(document)


def operation(version: str = "3.1.0", method: str = "get", **fields: Any) -> Operation:
    node = {"responses": {"200": {"description": "ok"}}, **fields}
    return load(version, item={method: node}).operations[0]


def test_names() -> None:
    contract = load(item={"get": {"operationId": "one", "responses": {"200": {"description": "ok"}}}})
    assert contract.operation("one") is contract.operations[0]
    assert load().operation("GET /a").operation_id == ""
    with pytest.raises(LookupError):
        contract.operation("two")


@pytest.mark.parametrize(
    ("location", "style", "explode", "required"),
    [
        ("path", "simple", False, True),
        ("query", "form", True, False),
        ("header", "simple", False, False),
        ("cookie", "form", True, False),
    ],
)
def test_default_styles(location: str, style: str, explode: bool, required: bool) -> None:
    parameter = {"name": "a", "in": location, "required": location == "path", "schema": {}}
    item = {"parameters": [parameter], "get": {"responses": {"200": {"description": "ok"}}}}
    found = load(path="/{a}" if location == "path" else "/a", item=item).operations[0].parameters[0]
    assert (found.style, found.explode, found.required) == (style, explode, required)


def test_an_operation_overrides_the_parameters_of_its_path() -> None:
    item = {
        "parameters": [
            {"name": "a", "in": "query", "schema": {}},
            {"name": "b", "in": "query", "schema": {}},
        ],
        "get": {
            "parameters": [{"name": "a", "in": "query", "required": True, "schema": {}}],
            "responses": {"200": {"description": "ok"}},
        },
    }
    found = load(item=item).operations[0].parameters
    assert [(each.name, each.required) for each in found] == [("a", True), ("b", False)]


@pytest.mark.parametrize("name", ["Accept", "content-type", "AUTHORIZATION"])
def test_headers_that_are_no_parameters(name: str) -> None:
    assert operation(parameters=[{"name": name, "in": "header", "schema": {}}]).parameters == ()


def test_references_are_followed_and_pointers_say_where_to() -> None:
    contract = load(
        item={
            "post": {
                "requestBody": {"$ref": "#/components/requestBodies/B"},
                "responses": {"2XX": {"$ref": "#/components/responses/R"}},
            }
        },
        components={
            "requestBodies": {"B": {"content": {"text/plain": {"schema": {}}}}},
            "responses": {
                "R": {"description": "ok", "headers": {"X-A": {"schema": {}}, "Content-Type": {"schema": {}}}}
            },
        },
    )
    found = contract.operations[0]
    assert found.body is not None
    assert found.body.content[0].schema == "/components/requestBodies/B/content/text~1plain/schema"
    assert [header.name for header in found.responses[0].headers] == ["X-A"]
    assert found.responses[0].pointer == "/components/responses/R"


def test_a_header_may_lead_back_to_itself() -> None:
    parts = {"encoding": {"a": {"headers": {"X-A": {"$ref": "#/components/headers/Loop"}}}}}
    content = {"multipart/form-data": {"schema": {}, **parts}}
    item = {"post": {"requestBody": {"content": content}, "responses": {"200": {"description": "ok"}}}}
    found = load(item=item, components={"headers": {"Loop": {"content": content}}}).operations[0]
    assert found.body is not None
    (header,) = found.body.content[0].encoding["a"].headers
    assert header.media_type is not None
    assert header.media_type.encoding["a"].headers == ()


def test_which_response_is_meant() -> None:
    statuses = {name: {"description": name} for name in ("200", "4XX", "5XX", "default")}
    found = operation(responses=statuses)
    keys = [found.response_for(status) for status in (200, 404, 500, 302)]
    assert [each.status for each in keys if each] == ["200", "4XX", "5XX", "default"]
    assert operation().response_for(404) is None


def test_examples() -> None:
    media = {
        "schema": {},
        "examples": {"a": {"value": 1}, "b": {"externalValue": "/b"}, "c": {"value": None}},
    }
    found = operation(responses={"200": {"description": "ok", "content": {"application/json": media}}})
    examples = found.responses[0].content[0].examples
    assert [(each.name, each.value) for each in examples] == [("a", 1), ("c", None)]


def test_security() -> None:
    contract = load(
        item={
            "get": {"responses": {"200": {"description": "ok"}}},
            "put": {"responses": {"200": {"description": "ok"}}, "security": []},
            "post": {"responses": {"200": {"description": "ok"}}, "security": [{"k": [], "o": ["s"]}, {}]},
        },
        security=[{"nobody": []}],
        components={
            "securitySchemes": {
                "k": {"type": "apiKey", "in": "query", "name": "key"},
                "o": {"type": "oauth2", "flows": {}},
            }
        },
    )
    by_method = {each.method: each.security for each in contract.operations}
    assert [each.scheme.type for each in by_method["GET"][0]] == ["undefined"]
    assert by_method["PUT"] == ()
    both, none = by_method["POST"]
    assert [(each.scheme.type, each.scheme.parameter, each.scopes) for each in both] == [
        ("apiKey", "key", ()),
        ("oauth2", "", ("s",)),
    ]
    assert none == ()


def test_a_security_scheme_by_reference_since_32() -> None:
    contract = load(
        "3.2.0",
        security=[{"#/components/securitySchemes/b": []}],
        components={"securitySchemes": {"b": {"type": "http", "scheme": "Bearer"}}},
    )
    [[requirement]] = contract.operations[0].security
    assert (requirement.scheme.name, requirement.scheme.http_scheme) == ("b", "bearer")


@pytest.mark.parametrize(
    ("collection", "style", "explode"),
    [
        (None, "form", False),
        ("csv", "form", False),
        ("ssv", "spaceDelimited", False),
        ("tsv", "tabDelimited", False),
        ("pipes", "pipeDelimited", False),
        ("multi", "form", True),
    ],
)
def test_collection_formats_of_20(collection: str | None, style: str, explode: bool) -> None:
    parameter = {"name": "a", "in": "query", "type": "array", "items": {"type": "string"}}
    if collection:
        parameter["collectionFormat"] = collection
    found = operation("2.0", parameters=[parameter]).parameters[0]
    assert (found.style, found.explode) == (style, explode)


def test_bodies_of_20() -> None:
    body = operation(
        "2.0",
        "post",
        consumes=["application/json", "text/json"],
        parameters=[{"name": "b", "in": "body", "required": True, "schema": {"type": "object"}}],
    ).body
    assert body is not None
    assert body.required
    assert [media.name for media in body.content] == ["application/json", "text/json"]
    assert body.content[0].schema == "/paths/~1a/post/parameters/0/schema"


def test_forms_of_20() -> None:
    found = operation(
        "2.0",
        "post",
        parameters=[
            {"name": "a", "in": "formData", "type": "array", "items": {"type": "string"}},
            {"name": "q", "in": "query", "type": "integer"},
        ],
    )
    assert found.body is not None
    assert not found.body.required
    assert [media.name for media in found.body.content] == ["application/x-www-form-urlencoded"]
    assert found.body.content[0].encoding["a"].explode is False
    assert [each.name for each in found.parameters] == ["q"]


def test_responses_of_20() -> None:
    response = {"description": "ok", "schema": {"type": "string"}, "examples": {"text/plain": "a"}}
    found = operation("2.0", produces=["text/plain", "text/csv"], responses={"200": response}).responses[0]
    assert [(media.name, len(media.examples)) for media in found.content] == [
        ("text/plain", 1),
        ("text/csv", 0),
    ]
    assert operation("2.0", responses={"200": {"description": "ok"}}).responses[0].content == ()


def test_methods_of_32() -> None:
    item = {
        "query": {"responses": {"200": {"description": "ok"}}},
        "additionalOperations": {"COPY": {"responses": {"200": {"description": "ok"}}}},
    }
    assert [each.method for each in load("3.2.0", item=item).operations] == ["QUERY", "COPY"]


def test_form_parameters_of_a_path_belong_to_its_operations() -> None:
    contract = treaty.load(
        {
            "swagger": "2.0",
            "info": {"title": "Books", "version": "1"},
            "paths": {
                "/books": {
                    "parameters": [{"name": "shelf", "in": "formData", "type": "integer", "required": True}],
                    "post": {
                        "parameters": [{"name": "title", "in": "formData", "type": "string"}],
                        "responses": {"204": {"description": "Kept"}},
                    },
                }
            },
        }
    )
    (operation,) = contract.operations
    assert operation.body is not None
    pointer = operation.body.content[0].schema or ""
    validator = contract.schemas.validator(pointer, "request")
    assert validator.accepts({"shelf": 3, "title": "Emma"})
    assert not validator.accepts({"title": "Emma"})


@pytest.mark.parametrize(
    ("location", "collection", "style"),
    [("path", "csv", "simple"), ("path", "pipes", "pipeDelimited"), ("header", "ssv", "spaceDelimited")],
)
def test_collection_formats_of_20_in_paths_and_headers(location: str, collection: str, style: str) -> None:
    parameter = {
        "name": "a",
        "in": location,
        "type": "array",
        "items": {"type": "string"},
        "collectionFormat": collection,
        "required": True,
    }
    item = {"get": {"parameters": [parameter], "responses": {"200": {"description": "ok"}}}}
    found = load("2.0", "/{a}" if location == "path" else "/a", item).operations[0].parameters[0]
    assert (found.style, found.explode) == (style, False)


@pytest.mark.parametrize(
    ("version", "location", "counts"),
    [("2.0", "query", True), ("2.0", "header", False), ("3.1.0", "query", True)],
)
def test_empty_values_are_of_queries(version: str, location: str, counts: bool) -> None:
    typed = {"type": "string"} if version == "2.0" else {"schema": {}}
    parameter = {"name": "a", "in": location, "allowEmptyValue": True, **typed}
    assert operation(version, parameters=[parameter]).parameters[0].allow_empty_value is counts


def test_reserved_characters_are_allowed() -> None:
    parameter = {"name": "a", "in": "query", "allowReserved": True, "schema": {}}
    assert operation(parameters=[parameter]).parameters[0].allow_reserved


@pytest.mark.parametrize("responses", [{}, {"responses": {}}, {"responses": {"x-a": 1}}])
def test_an_operation_that_declares_no_response_promises_none(responses: Any) -> None:
    found = load(item={"get": {"operationId": "a", **responses}}).operations[0].responses
    assert [(each.status, each.content) for each in found] == [("default", ())]


def test_a_body_that_is_nowhere_is_none() -> None:
    assert operation(method="post", requestBody={"$ref": "#/components/requestBodies/none"}).body is None
