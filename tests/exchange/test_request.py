"""Check a request: what handlers get, and what is refused only when asked to be strict."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import treaty
from treaty.enforcing import Exchange
from treaty.engine import build_engine
from treaty.exchange.call import Call
from treaty.exchange.messages import Request, Response
from treaty.exchange.spool import Spool

DONE = {"204": {"description": "Done"}}
FORM = {"type": "object", "properties": {"a": {"type": "integer"}}}


def document(*parameters: Any, path: str = "/a", **operation: Any) -> Any:
    return {
        "openapi": "3.2.0",
        "info": {"title": "T", "version": "1"},
        "paths": {path: {"post": {"parameters": list(parameters), "responses": DONE, **operation}}},
    }


def handled(described: Any, target: str, form: str = "", **options: Any) -> tuple[Exchange, list[Call]]:
    calls: list[Call] = []

    async def respond(call: Call) -> Response:
        calls.append(call)
        return Response(204)

    engine = build_engine(treaty.load(described), respond, "off", **options)
    path, _, query = target.partition("?")
    headers = [("content-type", "application/x-www-form-urlencoded")] if form else []
    return asyncio.run(engine.handle(Request("POST", path, query, headers, form.encode()))), calls


def refused(described: Any, target: str, form: str = "") -> list[tuple[str, str, str]]:
    """(Code, part, name or pointer) of what a strict engine finds; what others find is nothing."""
    lenient, _ = handled(described, target, form)
    assert lenient.response.status == 204, lenient.response.body
    exchange, _ = handled(described, target, form, strict=True)
    assert exchange.response.status == (422 if exchange.findings else 204)
    places = [(finding.code, finding.place) for finding in exchange.findings]
    return [(code, place.part, place.name or place.pointer) for code, place in places if place]


def query(name: str, schema: Any, **more: Any) -> Any:
    return {"name": name, "in": "query", "schema": schema, **more}


@pytest.mark.parametrize(
    ("parameters", "sent", "names"),
    [
        ([], "x=1", ["x"]),
        ([query("a", {})], "a=1&x=1&y=2&x=3", ["x", "y"]),
        ([query("a", {})], "%61=1", []),
        ([query("a", {})], "A=1", ["A"]),
        ([query("a", {}, style="deepObject")], "a[b]=1&a[c][d]=2", []),
        ([query("a", {})], "a[b]=1", ["a[b]"]),
        ([query("a", {"properties": {"b": {}}})], "b=1&a=2", ["a"]),
        ([query("a", {"type": "object"})], "b=1", []),
        ([query("a", {"type": "object", "additionalProperties": False})], "b=1", ["b"]),
        ([query("a", {"properties": {"b": {}}}, explode=False)], "a=b,1&b=1", ["b"]),
        ([query("a", {"type": ["integer", "object"], "properties": {"b": {}}})], "a=1&c=1", ["c"]),
        ([query("a", {"type": ["string", "object"], "properties": {"b": {}}})], "b=1&c=1", ["c"]),
    ],
)
def test_query_parameters_that_are_not_declared(parameters: Any, sent: str, names: list[str]) -> None:
    expected = [("undeclared-parameter", "query", name) for name in names]
    assert refused(document(*parameters), f"/a?{sent}") == expected


def test_what_need_not_be_an_object_does_not_take_what_another_is_called() -> None:
    either = query("a", {"anyOf": [{"type": "string"}, {"properties": {"b": {}, "c": {}}, "type": "object"}]})
    _, [call] = handled(document(either, query("b", {"type": "integer"})), "/a?b=5")
    assert call.query == {"b": 5}
    _, [call] = handled(document(either, query("b", {"type": "integer"})), "/a?b=5&c=6")
    assert call.query == {"a": {"c": "6"}, "b": 5}


def test_api_keys_and_queries_of_paths_are_declared() -> None:
    described = document(path="/a?kind=b", security=[{"key": []}])
    described["components"] = {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "k"}}}
    assert refused(described, "/a?kind=b&k=1") == []
    assert refused(described, "/a?kind=b&k=1&l=1") == [("undeclared-parameter", "query", "l")]


def test_a_whole_query_is_judged_by_its_schema_alone() -> None:
    whole = {
        "name": "all",
        "in": "querystring",
        "content": {"application/x-www-form-urlencoded": {"schema": {}}},
    }
    assert refused(document(whole), "/a?x=1") == []


@pytest.mark.parametrize(
    ("schema", "sent", "pointers"),
    [
        (FORM, "a=1", []),
        (FORM, "a=1&b=2&c/d=3", ["/b", "/c~1d"]),
        ({**FORM, "additionalProperties": {"type": "string"}}, "b=2", []),
        ({**FORM, "additionalProperties": {}}, "b=2", []),
    ],
)
def test_form_fields_that_are_not_declared(schema: Any, sent: str, pointers: list[str]) -> None:
    body = {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}
    expected = [("undeclared-parameter", "body", pointer) for pointer in pointers]
    assert refused(document(requestBody=body), "/a", sent) == expected


def test_headers_and_cookies_are_never_undeclared() -> None:
    engine = build_engine(treaty.load(document()), _done, "off", strict=True)
    sent = Request("POST", "/a", "", [("x-other", "1"), ("cookie", "other=1")])
    assert asyncio.run(engine.handle(sent)).response.status == 204


async def _done(_: Call) -> Response:
    return Response(204)


def test_an_object_of_any_names_does_not_take_an_api_key() -> None:
    described = document(query("a", {"type": "object"}), security=[{"key": []}])
    described["components"] = {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "k"}}}
    _, [call] = handled(described, "/a?k=1&b=2")
    assert call.query == {"a": {"b": "2"}}


@pytest.mark.parametrize(
    ("schema", "sent", "value"),
    [
        ({"type": "string"}, "a", ""),
        ({"type": "string", "minLength": 1}, "a=", None),
        ({"type": "integer"}, "a=", None),
        ({"type": "integer"}, "a=1", 1),
        ({"type": "array", "items": {"type": "integer"}}, "a=", None),
    ],
)
def test_an_empty_value_that_is_allowed(schema: Any, sent: str, value: Any) -> None:
    _, [call] = handled(document(query("a", schema, allowEmptyValue=True)), f"/a?{sent}")
    assert call.query == {"a": value}


def test_defaults_are_filled_in() -> None:
    parameters = [
        query("a", {"type": "integer", "default": 3}),
        query("b", {"type": "array", "items": {"type": "string"}, "default": ["x"]}),
        query("c", {"type": "string"}),
        {"name": "X-D", "in": "header", "schema": {"allOf": [{"type": "boolean", "default": True}]}},
    ]
    _, [call] = handled(document(*parameters), "/a")
    assert (call.query, call.headers) == ({"a": 3, "b": ["x"]}, {"X-D": True})


def test_path_values_in_every_style() -> None:
    path = "/a/{one}/{two}/{three}"
    schema = {"type": "array", "items": {"type": "integer"}}
    parameters = [
        {"name": name, "in": "path", "required": True, "style": style, "schema": schema}
        for name, style in (("one", "simple"), ("two", "label"), ("three", "matrix"))
    ]
    _, [call] = handled(document(*parameters, path=path), "/a/1,2/.3,4/;three=5,6")
    assert call.path == {"one": [1, 2], "two": [3, 4], "three": [5, 6]}


@pytest.mark.parametrize(
    ("base_path", "path", "status"),
    [
        (None, "/a", 204),
        (None, "/v1/a", 204),
        ("/api", "/api/a", 204),
        ("/api", "/a", 404),
        ("/api", "/v1/a", 404),
        ("/", "/a", 204),
        ("", "/v1/a", 404),
    ],
)
def test_base_paths(base_path: str | None, path: str, status: int) -> None:
    described = {**document(), "servers": [{"url": "/v1"}]}
    assert handled(described, path, base_path=base_path)[0].response.status == status


def test_options_of_a_path_that_does_not_declare_it() -> None:
    contract = treaty.load(document())
    engine = build_engine(contract, _done, "refuse")
    exchange = asyncio.run(engine.handle(Request("OPTIONS", "/a")))
    assert exchange.response == Response(204, [("allow", "OPTIONS, POST")])
    assert exchange.findings == contract.check(Request("OPTIONS", "/a"), exchange.response) == []
    assert [each.code for each in contract.check(Request("OPTIONS", "/b"))] == ["not-found"]


def test_a_body_that_is_not_declared() -> None:
    assert refused(document(), "/a", "b=1") == [("undeclared-body", "body", "")]
    declared = {"content": {"application/x-www-form-urlencoded": {}}}
    assert refused(document(requestBody=declared), "/a", "b=1") == []


def test_cookies_may_be_in_several_lines() -> None:
    cookie = {"name": "b", "in": "cookie", "required": True, "schema": {"type": "integer"}}
    engine = build_engine(treaty.load(document(cookie)), _done, "off")
    sent = Request("POST", "/a", "", [("cookie", "a=1"), ("cookie", "b=2; c=3")])
    assert asyncio.run(engine.handle(sent)).response.status == 204


@pytest.mark.parametrize(
    ("ext", "target", "expected"),
    [
        ({"type": "string"}, "/archive.tar.gz", ("archive.tar", "gz")),
        ({"enum": ["tar.gz", "zip"]}, "/archive.tar.gz", ("archive", "tar.gz")),
        ({"type": "string", "pattern": "^[a-z]+$"}, "/v1.2.tar", ("v1.2", "tar")),
        ({"type": "integer"}, "/a.1.b", None),
    ],
)
def test_schemas_decide_how_a_segment_is_split(
    ext: Any, target: str, expected: tuple[str, str] | None
) -> None:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in (("name", {"type": "string"}), ("ext", ext))
    ]
    exchange, calls = handled(document(*parameters, path="/{name}.{ext}"), target)
    assert [tuple(call.path.values()) for call in calls] == ([expected] if expected else [])
    assert [finding.code for finding in exchange.findings] == ([] if expected else ["schema-type"])


@pytest.mark.parametrize(("most", "expected"), [(3_000_000, []), (2_999_999, ["schema-maxLength"])])
def test_the_length_of_a_body_on_disk(most: int, expected: list[str]) -> None:
    body = {"content": {"image/png": {"schema": {"maxLength": most}}}}
    spool = Spool()
    spool.write(b"\xff" * 3_000_000)
    contract = treaty.load(document(requestBody=body))
    request = Request("POST", "/a", headers=[("content-type", "image/png")], spool=spool)
    assert [finding.code for finding in contract.check(request)] == expected
