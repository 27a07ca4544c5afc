"""Refusals of the mock: what is declared for a wrong request, true to its schema, with our findings in it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

import treaty
from treaty.asgi import App
from treaty.enforcing import Exchange
from treaty.exchange.messages import Request

DOCUMENT = Path(__file__).parents[1] / "cases" / "documents" / "refusals.yaml"
WRONG = b'{"count": 10, "to": {"street": 1}}'


def refused(app: App, path: str, body: bytes = WRONG, **headers: str) -> Exchange:
    sent = [("content-type", "application/json"), *((name, value) for name, value in headers.items())]
    method = "POST" if body else "GET"
    return asyncio.run(app.answer(Request(method, path, headers=sent, body=body)))


def mock_of(responses: dict[str, Any], **options: Any) -> App:
    """A mock of `GET /n?n=…`, where n is an integer."""
    parameter = {"name": "n", "in": "query", "required": True, "schema": {"type": "integer"}}
    get = {"parameters": [parameter], "responses": {"200": {"description": "ok"}, **responses}}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/n": {"get": get}}}
    return treaty.mock(treaty.load(document), **options)


def declared(schema: Any, media_type: str = "application/json", **more: Any) -> dict[str, Any]:
    return {"description": "wrong", "content": {media_type: {"schema": schema, **more}}}


def test_what_is_declared_is_true() -> None:
    contract = treaty.load(DOCUMENT)
    app, judged = treaty.mock(contract), 0
    for operation in contract.operations:
        exchange = refused(app, operation.path, WRONG if operation.body else b"")
        assert exchange.refused
        assert exchange.findings
        response, judge = exchange.response, contract.judge
        if (response.header("treaty-why") or "").endswith("; problem"):
            assert response.header("content-type") == "application/problem+json"
        else:
            prepared = judge.prepared.of(operation)
            assert judge.answered(prepared, exchange.request, response) == []
            judged += 1
    assert judged >= 10


def test_plain_problems_on_request() -> None:
    plain = treaty.mock(treaty.load(DOCUMENT), refusals="problem")
    for path in ("/nested", "/problem", "/text"):
        response = refused(plain, path).response
        assert (response.status, response.header("content-type")) == (422, "application/problem+json")
        assert json.loads(response.body)["type"] == "urn:treaty:problem:invalid-request"


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ("422 400 4XX default", 422),
        ("400 4XX default", 400),
        ("4XX default", 422),
        ("default", 422),
        ("404", 422),
    ],
)
def test_the_nearest_declared_response(statuses: str, expected: int) -> None:
    schema = {"type": "object", "required": ["own"], "properties": {"own": {"const": 1}}}
    response = refused(mock_of({each: declared(schema) for each in statuses.split()}), "/n", b"").response
    assert response.status == expected
    assert ("own" in json.loads(response.body)) is (statuses != "404")


def test_the_same_wrong_request_gets_the_same_and_another_its_own() -> None:
    app = mock_of({"400": declared({"type": "object", "properties": {"message": {"type": "string"}}})})
    first, again = (asyncio.run(app.answer(Request("GET", "/n", "n=a"))).response for _ in range(2))
    other = asyncio.run(app.answer(Request("GET", "/n", "n=b"))).response
    assert first == again
    assert json.loads(first.body)["message"] == 'n: "a" is not of type "integer"'
    assert json.loads(other.body)["message"] == 'n: "b" is not of type "integer"'


def test_the_media_type_that_is_wanted_and_any_where_none_is() -> None:
    content = {
        "application/json": {"schema": {"type": "object"}},
        "text/plain": {"schema": {"type": "string"}},
    }
    app = mock_of({"400": {"description": "wrong", "content": content}})
    types = [
        refused(app, "/n", b"", accept=accept).response.header("content-type")
        for accept in ("text/plain", "*/*", "image/png")
    ]
    assert types == ["text/plain", "application/json", "application/json"]


def test_xml_says_it_too() -> None:
    schema = {"type": "object", "properties": {"message": {"type": "string"}}, "xml": {"name": "error"}}
    response = refused(mock_of({"400": declared(schema, "application/xml")}), "/n", b"").response
    assert b"the query parameter `n` is missing</message>" in response.body


def test_an_object_without_known_members_says_it_in_its_first_text() -> None:
    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": ["at", "words"],
        "properties": {"at": {"type": "string", "format": "date"}, "words": {"type": "string"}},
    }
    body = json.loads(refused(mock_of({"400": declared(schema)}), "/n", b"").response.body)
    assert body["words"] == "n: the query parameter `n` is missing"


def test_not_acceptable_as_it_is_declared() -> None:
    example = {"message": "Only JSON"}
    not_acceptable = declared({"type": "object"}, example=example)
    app = mock_of({"200": declared({"const": 1}), "406": not_acceptable})
    request = Request("GET", "/n", "n=1", [("accept", "image/png")])
    exchange = asyncio.run(app.answer(request))
    assert exchange.response.status == 406
    assert not exchange.refused
    assert json.loads(exchange.response.body)["message"].startswith("accept: 200 declares application/json")
