"""The engine: one path for every request, and no request that breaks it."""

from __future__ import annotations

import asyncio
import json
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import treaty
from treaty import problems
from treaty.asgi import App
from treaty.enforcing import Exchange
from treaty.engine import build_engine
from treaty.exchange.call import Call
from treaty.exchange.messages import Request, Response
from treaty.refusing import problem_response

ROOT = Path(__file__).parents[1]
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Books", "version": "1"},
    "paths": {
        "/books/{id}": {
            "get": {
                "operationId": "get_book",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "responses": {
                    "200": {
                        "description": "A book",
                        "headers": {"X-Age": {"required": True, "schema": {"type": "integer"}}},
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    }
                },
            }
        }
    },
}


def handle(request: Request, response: Response, policy: str = "refuse") -> tuple[Exchange, list[Call]]:
    calls: list[Call] = []

    async def respond(call: Call) -> Response:
        calls.append(call)
        return response

    engine = build_engine(treaty.load(DOCUMENT), respond, policy)  # type: ignore[arg-type]  # a literal
    return asyncio.run(engine.handle(request)), calls


def ok(body: bytes = b"{}") -> Response:
    return Response(200, [("content-type", "application/json"), ("x-age", "1")], body)


def test_the_responder_gets_typed_values() -> None:
    exchange, calls = handle(Request("GET", "/books/7"), ok())
    assert exchange.response == ok()
    assert exchange.findings == []
    assert exchange.operation is not None
    assert exchange.operation.operation_id == "get_book"
    assert calls[0].path == {"id": 7}


@pytest.mark.parametrize(
    ("request_", "status"), [(Request("GET", "/x"), 404), (Request("PUT", "/books/7"), 405)]
)
def test_without_an_operation_nobody_is_asked(request_: Request, status: int) -> None:
    exchange, calls = handle(request_, ok())
    assert (exchange.response.status, exchange.operation, calls) == (status, None, [])


def test_an_invalid_request_is_refused_before_the_responder() -> None:
    exchange, calls = handle(Request("GET", "/books/seven"), ok())
    assert exchange.response.status == 422
    assert [finding.code for finding in exchange.findings] == ["schema-type"]
    assert calls == []


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (ok(b"[]"), "schema-type"),
        (ok(b"{"), "malformed-body"),
        (Response(404), "undeclared-status"),
        (Response(200, [("content-type", "application/json")], b"{}"), "header-missing"),
        (Response(200, [("content-type", "application/json"), ("x-age", "old")], b"{}"), "schema-type"),
        (Response(200, [("content-type", "text/html"), ("x-age", "1")], b"<p>"), "undeclared-media-type"),
        (Response(200, [("x-age", "1")]), "body-missing"),
    ],
)
def test_an_invalid_response(response: Response, code: str) -> None:
    refused, _ = handle(Request("GET", "/books/7"), response)
    assert refused.response.status == 500
    assert json.loads(refused.response.body)["type"] == "urn:treaty:problem:invalid-response"
    reported, _ = handle(Request("GET", "/books/7"), response, "report")
    assert reported.response is response
    unseen, _ = handle(Request("GET", "/books/7"), response, "off")
    assert unseen.response is response
    assert [finding.code for finding in refused.findings] == [code]
    assert [finding.code for finding in reported.findings] == [code]
    assert unseen.findings == []


PETSTORE = "petstore-swagger30.yaml"
STORE = ["/pet", "/pet/1", "/pet/findByStatus", "/user", "/user/login", "/store/order", "/pet/1/uploadImage"]
NEWS = ["/users", "/posts", "/posts/1", "/users/1", "/health"]
PATHS = st.sampled_from([*STORE, *NEWS, "/openapi.json", "/docs/", "*", ""])
WORDS = st.sampled_from(
    ["id", "name", "status", "limit", "%", "%ff", "%C3%A9", "[", "]", "=", "&", "+", ",", "0", "1e999", "\\"]
)
TEXTS = st.one_of(st.text(max_size=12), st.lists(WORDS, max_size=6).map("".join))
HEADER_NAMES = st.sampled_from(
    ["accept", "content-type", "prefer", "authorization", "cookie", "api_key", "x-request-id", "if-match"]
)
HEADER_VALUES = st.one_of(
    st.text(st.characters(max_codepoint=255), max_size=12),
    st.sampled_from(
        ["application/json", "application/x-www-form-urlencoded", "text/*;q=0", "Bearer x", "Basic"]
    ),
    st.sampled_from(["code=404", "code=999", "example=x", "dynamic=true", 'code="', "code=²²²"]),
)
BODIES = st.one_of(
    st.binary(max_size=30),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name"]), inner),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode()),
    st.lists(WORDS, max_size=12).map(lambda words: "".join(words).encode()),
)
REQUESTS = st.builds(
    Request,
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "x"]),
    st.builds(str.__add__, PATHS, st.one_of(st.just(""), TEXTS)),
    TEXTS,
    st.lists(st.tuples(HEADER_NAMES, HEADER_VALUES), max_size=4),
    BODIES,
)


@lru_cache
def app_of(path: Path) -> App:
    return treaty.mock(treaty.load(path))


@pytest.mark.parametrize("name", ["newsdesk", PETSTORE])
def test_whatever_is_sent_is_answered(corpus: Path, name: str) -> None:
    app = app_of(corpus / name if name == PETSTORE else ROOT / "specs" / name)

    @settings(max_examples=300, derandomize=True, deadline=None, database=None)
    @given(REQUESTS)
    def check(request: Request) -> None:
        exchange = asyncio.run(app.answer(request))
        response = exchange.response
        assert 200 <= response.status <= 599
        assert exchange.operation is not None or response.status in (200, 204, 308, 404, 405)
        assert not exchange.findings or response.status in (400, 401, 403, 404, 405, 415, 422)
        if response.header("content-type") == problems.MEDIA_TYPE and response.status >= 400:
            problem = json.loads(response.body)
            ours = problem.get("type", "").startswith("urn:treaty:")
            assert problem["status"] == response.status or not ours
            assert all(each["detail"] for each in problem.get("errors", ()))

    check()


def test_a_failure_that_is_told_is_not_hidden_behind_another() -> None:
    told = problem_response(problems.HANDLER_FAILED, "The database is away.")
    exchange, _ = handle(Request("GET", "/books/7"), told)
    assert exchange.response is told
    assert [finding.code for finding in exchange.findings] == ["undeclared-status"]
