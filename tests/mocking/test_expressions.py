"""Runtime expressions (OpenAPI 3.2): what of an exchange they stand for."""

from __future__ import annotations

import pytest

import treaty
from treaty.exchange.messages import Request, Response
from treaty.mocking.expressions import Evaluator, ExpressionError

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/jobs/{id}": {
            "post": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "page", "in": "query", "schema": {"type": "integer", "default": 3}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {}}}},
                "responses": {"200": {"description": "ok"}},
            }
        }
    },
}


@pytest.fixture(scope="module")
def evaluator() -> Evaluator:
    judge = treaty.load(DOCUMENT).judge
    headers = [("host", "api.test"), ("content-type", "application/json"), ("x-a", "1"), ("x-a", "2")]
    body = b'{"url": "http://127.0.0.1/x", "ok": true, "n": 5, "a/b": [{"c": "deep"}]}'
    request = Request("POST", "/jobs/7", "q=a%20b&q=c", headers, body)
    matched = judge.router.match(request.method, request.path, request.query)
    assert matched.operation is not None
    call = judge.read(judge.prepared.of(matched.operation), request, matched.path_values)
    answer = Response(201, [("location", "/jobs/7")], b'{"id": 9, "list": [1]}')
    return Evaluator(call, answer)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("http://x/plain", "http://x/plain"),
        ("$request.body#/url", "http://127.0.0.1/x"),
        ("{$request.body#/url}/done?id={$response.body#/id}", "http://127.0.0.1/x/done?id=9"),
        ("$url", "http://api.test/jobs/7?q=a%20b&q=c"),
        ("$method", "POST"),
        ("$statusCode", "201"),
        ("$request.path.id", "7"),
        ("$request.query.q", "a b"),
        ("$request.query.page", "3"),
        ("$request.header.X-A", "1,2"),
        ("$response.header.location", "/jobs/7"),
        ("$request.body#/ok", "true"),
        ("$request.body#/a~1b/0/c", "deep"),
    ],
)
def test_expressions(evaluator: Evaluator, template: str, expected: str) -> None:
    assert evaluator.text(template) == expected


@pytest.mark.parametrize(
    "template",
    [
        "$request.body#/nothing",
        "$request.body",
        "$response.body#/list",
        "$request.query.nothing",
        "$response.path.id",
        "$request.header",
        "$nonsense",
        "{$nonsense.x}",
    ],
)
def test_what_has_no_value(evaluator: Evaluator, template: str) -> None:
    with pytest.raises(ExpressionError):
        evaluator.text(template)
