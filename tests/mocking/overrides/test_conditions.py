"""Conditions: what a value of a request must be for an override to answer it."""

from __future__ import annotations

from typing import Any

import pytest

import treaty
from treaty.exchange.call import Call
from treaty.exchange.messages import Request
from treaty.mocking.overrides.conditions import read_condition

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/pets/{id}": {
            "post": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {"200": {"description": "ok"}},
            }
        }
    },
}
JUDGE = treaty.load(DOCUMENT).judge


@pytest.fixture(scope="module")
def call() -> Call:
    headers = [("content-type", "application/json"), ("x-trace", "abc"), ("x-raw", "7"), ("cookie", "s=1")]
    body = b'{"name": "Rex", "age": 3, "ok": true, "owner": {"name": "Ann"}, "none": null, "a/b": [1, 2]}'
    request = Request("POST", "/pets/42", "limit=5&free=a%20b", headers, body)
    matched = JUDGE.router.match(request.method, request.path, request.query)
    assert matched.operation is not None
    return JUDGE.read(JUDGE.prepared.of(matched.operation), request, matched.path_values)


@pytest.mark.parametrize(
    ("part", "name", "wanted", "expected"),
    [
        ("path", "id", 42, True),
        ("path", "id", 43, False),
        ("path", "id", {"minimum": 42, "maximum": 42}, True),
        ("path", "id", {"minimum": 43}, False),
        ("path", "id", {"one_of": [1, 42]}, True),
        ("path", "id", {"pattern": "^4"}, True),
        ("query", "limit", {"maximum": 4.5}, False),
        ("query", "free", "a b", True),
        ("query", "free", {"minimum": 1}, False),
        ("query", "nothing", {"present": False}, True),
        ("query", "nothing", {"present": True}, False),
        ("query", "nothing", None, False),
        ("query", "limit", {"present": False}, False),
        ("header", "x-trace", "abc", True),
        ("header", "X-Trace", {"pattern": "^b"}, False),
        ("header", "X-Raw", 7, True),
        ("header", "X-Raw", {"minimum": 7}, True),
        ("cookie", "s", 1, True),
        ("body", "name", "Rex", True),
        ("body", "age", "3", False),
        ("body", "ok", True, True),
        ("body", "ok", 1, False),
        ("body", "/owner/name", "Ann", True),
        ("body", "/owner/age", 1, False),
        ("body", "none", None, True),
        ("body", "none", {"present": True}, True),
        ("body", "a/b", {"equals": [1, 2]}, True),
        ("body", "/a~1b/1", 2, True),
        ("body", "owner", {"equals": {"name": "Ann"}}, True),
    ],
)
def test_conditions(call: Call, part: str, name: str, wanted: Any, expected: bool) -> None:
    assert read_condition(part, name, wanted).holds(call) is expected


@pytest.mark.parametrize(
    "wanted",
    [{}, {"equal": 1}, {"pattern": "("}, {"pattern": 1}, {"minimum": "x"}, {"present": 1}, {"one_of": 1}],
)
def test_what_is_no_condition(wanted: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_condition("query", "limit", wanted)


def test_an_endless_pattern_ends(call: Call) -> None:
    call.query["slow"] = "a" * 40 + "!"
    assert read_condition("query", "slow", {"pattern": "^(a|a)*(?=b)$"}).holds(call) is False
