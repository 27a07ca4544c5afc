"""The requests the oracle builds, and how it judges an answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .answers import lies
from .client import Answered, send_all
from .operations import operations_of
from .reading import Library
from .requests import Asked, Asker
from .schemas import Schemas

_FILE = Path("/nowhere/openapi.json")


def _document(operation: Any, **more: Any) -> Library:
    return Library(_FILE, {"openapi": "3.0.3", "paths": {"/a/{id}": {"post": operation}}, **more})


def _asked(operation: Any, **more: Any) -> Asked | str:
    library = _document({"responses": {}, **operation}, **more)
    return Asker(Schemas(library, "3.0.3", "request")).request(next(operations_of(library)))


def _parameter(name: str, where: str, schema: Any, **more: Any) -> Any:
    return {"name": name, "in": where, "required": True, "schema": schema, **more}


@pytest.mark.parametrize(
    ("style", "explode", "value", "written"),
    [
        ("simple", False, [3, 4], "/a/3,4"),
        ("label", True, [3, 4], "/a/.3.4"),
        ("label", False, [3, 4], "/a/.3,4"),
        ("matrix", True, [3, 4], "/a/;id=3;id=4"),
        ("matrix", False, [3, 4], "/a/;id=3,4"),
        ("simple", True, {"x": 1}, "/a/x=1"),
        ("matrix", True, {"x": 1}, "/a/;x=1"),
        ("simple", False, "b c", "/a/b%20c"),
    ],
)
def test_path_styles(style: str, explode: bool, value: Any, written: str) -> None:
    asked = _asked(
        {"parameters": [_parameter("id", "path", {"enum": [value]}, style=style, explode=explode)]}
    )
    assert isinstance(asked, Asked)
    assert asked.path == written


@pytest.mark.parametrize(
    ("style", "explode", "value", "written"),
    [
        ("form", True, [3, 4], ["q=3", "q=4"]),
        ("form", False, [3, 4], ["q=3,4"]),
        ("pipeDelimited", False, [3, 4], ["q=3%7C4"]),
        ("deepObject", True, {"x": 1}, ["q[x]=1"]),
        ("form", True, {"x": 1}, ["x=1"]),
        ("form", True, True, ["q=true"]),
    ],
)
def test_query_styles(style: str, explode: bool, value: Any, written: list[str]) -> None:
    asked = _asked(
        {"parameters": [_parameter("q", "query", {"enum": [value]}, style=style, explode=explode)]}
    )
    assert isinstance(asked, Asked)
    assert asked.query == written


def test_credentials_and_body() -> None:
    schema = {
        "type": "object",
        "required": ["n", "s"],
        "properties": {"n": {"minimum": 3}, "s": {"pattern": "^[a-c]$"}},
    }
    asked = _asked(
        {
            "security": [{"key": []}],
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        },
        components={"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    )
    assert isinstance(asked, Asked)
    assert ("x-key", "secret") in asked.headers
    body = json.loads(asked.body)
    assert body["n"] >= 3
    assert body["s"] in "abc"


def test_a_body_that_cannot_be_is_told() -> None:
    content = {"application/json": {"schema": {"type": "string", "enum": [1]}}}
    assert _asked({"requestBody": {"required": True, "content": content}}) == "no body as application/json"


@pytest.mark.parametrize(
    ("status", "content_type", "body", "is_true"),
    [
        (200, "application/json; charset=utf-8", b'{"a": 1}', True),
        (200, "application/json", b'{"a": "1"}', False),
        (200, "application/json", b'{"a": NaN}', False),
        (200, "application/json", b"{", False),
        (200, "text/plain", b"a", False),
        (201, "application/json", b'{"a": 1}', False),
        (422, "application/problem+json", b"{}", False),
    ],
)
def test_answers(status: int, content_type: str, body: bytes, is_true: bool) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    library = _document({"responses": {"200": {"content": {"application/json": {"schema": schema}}}}})
    answered = Answered(status, {"content-type": content_type}, body)
    found = lies(next(operations_of(library)), answered, Schemas(library, "3.0.3", "response"))
    assert (found == []) is is_true


@pytest.mark.parametrize(
    ("key", "status", "headers", "body", "is_true"),
    [
        ("4XX", 418, {"x-left": "5", "content-type": "text/plain"}, b"no", True),
        ("4XX", 418, {"x-left": "5", "content-type": "text/plain"}, b"", True),
        ("4XX", 418, {"x-left": "5"}, b"", False),  # its body is missing
        ("4XX", 418, {"content-type": "text/plain"}, b"no", False),  # and here a header
        ("4XX", 418, {"x-left": "many", "content-type": "text/plain"}, b"no", False),
        ("4XX", 404, {}, b"", False),  # which is declared by itself
        ("404", 404, {}, b"", True),
        ("404", 404, {"content-type": "text/plain"}, b"no", False),  # and has no body
        ("default", 500, {"content-type": "application/json"}, b"[1]", True),
        ("default", 500, {"content-type": "application/json"}, b"[]", False),
        ("default", 404, {}, b"", False),
    ],
)
def test_each_declared_answer_is_told_from_the_others(
    key: str, status: int, headers: dict[str, str], body: bytes, is_true: bool
) -> None:
    left = {"required": True, "schema": {"type": "integer"}}
    text = {"text/plain": {"schema": {"type": "string"}}}
    some = {"application/json": {"schema": {"type": "array", "items": {}, "minItems": 1}}}
    responses = {
        "4XX": {"headers": {"X-Left": left}, "content": text},
        "404": {"description": "-"},
        "default": {"content": some},
    }
    library = _document({"responses": responses})
    schemas = Schemas(library, "3.0.3", "response")
    found = lies(next(operations_of(library)), Answered(status, headers, body), schemas, key)
    assert (found == []) is is_true


def test_the_client_speaks_asgi() -> None:
    async def echo(scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"X-Path", scope["raw_path"])]}
        )
        await send({"type": "http.response.body", "body": message["body"], "more_body": True})
        await send({"type": "http.response.body", "body": scope["query_string"]})

    answers = send_all(echo, [Asked("POST", "/a%20b", query=["c=d"], body=b"body ")])
    assert answers == [Answered(200, {"x-path": "/a%20b"}, b"body c=d")]
