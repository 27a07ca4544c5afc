"""Check a response: status, headers, body. What the engine does with it is in tests/test_engine.py."""

from __future__ import annotations

from typing import Any

import pytest

import treaty
from treaty.exchange.messages import Headers, Response
from treaty.exchange.prepared import PreparedOperation
from treaty.exchange.response import check_response


def codes(declared: Any, response: Response, method: str = "GET") -> list[str]:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/": {"get": {"responses": declared}}},
    }
    contract = treaty.load(document)
    prepared = PreparedOperation(contract, contract.operations[0])
    return [finding.code for finding in check_response(prepared, method, response)]


def header(schema: Any, **more: Any) -> Any:
    return {"200": {"description": "ok", "headers": {"X-A": {"schema": schema, **more}}}}


@pytest.mark.parametrize(
    ("declared", "sent", "expected"),
    [
        (header({"type": "integer"}), [("x-a", "1")], []),
        (header({"type": "integer"}), [], []),
        (header({"type": "integer"}, required=True), [], ["header-missing"]),
        (header({"type": "integer"}), [("x-a", "one")], ["schema-type"]),
        (header({"items": {"type": "integer"}}), [("x-a", "1, 2"), ("x-a", "3")], []),
        (header({"items": {"type": "integer"}, "maxItems": 2}), [("x-a", "1,2,3")], ["schema-maxItems"]),
        (header({"properties": {"k": {"type": "integer"}}}), [("x-a", "k")], ["malformed-header"]),
        (header({"properties": {"k": {"type": "integer"}}}, explode=True), [("x-a", "k=1")], []),
        (header({"type": ["string", "integer"], "minimum": 5}), [("x-a", "1")], []),
        (header({"type": ["integer", "object"], "required": ["k"]}), [("x-a", "1")], []),
        (header({"type": ["integer", "object"], "required": ["k"]}), [("x-a", "k,1")], []),
        (header({"type": ["integer", "object"], "required": ["k"]}), [("x-a", "l,1")], ["schema-required"]),
        (header({"type": ["array", "object"]}), [("x-a", "k")], []),
    ],
)
def test_headers(declared: Any, sent: Headers, expected: list[str]) -> None:
    assert codes(declared, Response(200, sent)) == expected
    assert codes(declared, Response(200, sent), "HEAD") == expected


@pytest.mark.parametrize(
    ("schema", "lines", "expected"),
    [
        ({"type": "string", "pattern": "^[a-z]+=[^,]*$"}, ["a=1", "b=2"], []),
        ({"type": "string", "pattern": "^a="}, ["a=1, 2", "b=2", "c=3"], ["schema-pattern"] * 2),
        ({"type": "array", "items": {"type": "string"}, "minItems": 2}, ["a=1, 2", "b=2"], []),
        ({"type": "array", "items": {"type": "string"}, "minItems": 2}, ["a=1, 2"], ["schema-minItems"]),
        ({"type": "string"}, [], ["header-missing"]),
    ],
)
def test_the_lines_of_set_cookie_are_not_joined(schema: Any, lines: list[str], expected: list[str]) -> None:
    declared = {"200": {"description": "", "headers": {"Set-Cookie": {"required": True, "schema": schema}}}}
    assert codes(declared, Response(200, [("set-cookie", line) for line in lines])) == expected


def test_headers_that_are_set_by_whoever_sends_the_message_on() -> None:
    declared = {"200": {"description": "ok", "headers": {"Content-Length": {"required": True, "schema": {}}}}}
    assert codes(declared, Response(200)) == []


JSON = {"description": "ok", "content": {"application/json": {"schema": {"type": "integer"}}}}


@pytest.mark.parametrize(
    ("declared", "response", "expected"),
    [
        ({"2XX": JSON}, Response(201, [("content-type", "application/json")], b"1"), []),
        ({"default": JSON}, Response(404, [("content-type", "application/json")], b'"a"'), ["schema-type"]),
        ({"200": JSON}, Response(200), ["body-missing"]),
        ({"200": JSON}, Response(200, [], b"1"), ["undeclared-media-type"]),
        ({"204": JSON}, Response(204), []),
        ({"200": {"description": "ok"}}, Response(200, [], b"anything"), []),
        ({"200": JSON}, Response(500), ["undeclared-status"]),
    ],
)
def test_bodies(declared: Any, response: Response, expected: list[str]) -> None:
    assert codes(declared, response) == expected


def test_a_head_has_no_body_to_judge() -> None:
    assert codes({"200": JSON}, Response(200), "HEAD") == []


@pytest.mark.parametrize(
    ("media", "schema", "sent", "expected"),
    [
        ("application/json", {"type": "object", "required": ["a"]}, '{"a": 1}', []),
        ("application/json", {"type": "object", "required": ["a"]}, "{}", ["schema-required"]),
        ("application/json", {}, "{", ["malformed-header"]),
        ("text/plain", {"type": "integer"}, "1", []),
        ("text/plain", {"type": "integer"}, "one", ["schema-type"]),
        ("image/png", {"type": "integer"}, "anything", []),
    ],
)
def test_headers_with_content(media: str, schema: Any, sent: str, expected: list[str]) -> None:
    declared = {"200": {"description": "ok", "headers": {"X-A": {"content": {media: {"schema": schema}}}}}}
    assert codes(declared, Response(200, [("x-a", sent)])) == expected


def test_a_header_that_is_json_is_json_though_nothing_is_said_of_its_value() -> None:
    declared = {"200": {"description": "ok", "headers": {"X-A": {"content": {"application/json": {}}}}}}
    assert codes(declared, Response(200, [("x-a", "{")])) == ["malformed-header"]
    assert codes(declared, Response(200, [("x-a", "{}")])) == []
