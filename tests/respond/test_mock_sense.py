"""Answers make sense: lists of different things, errors that say their status, totals that are true."""

from __future__ import annotations

import json
from typing import Any

import pytest

import treaty
from treaty import Request
from treaty.engine import run_now

PET = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "integer", "example": 7}, "name": {"type": "string", "example": "Rex"}},
}
PETS = {"type": "array", "minItems": 3, "items": PET}
TEXT = {"type": "string"}
ERROR = {
    "type": "object",
    "required": ["message", "error"],
    "properties": {
        "message": TEXT,
        "error": {
            "type": "object",
            "required": ["title", "detail", "reason"],
            "properties": {
                "title": TEXT,
                "detail": {"type": "string", "example": "No pet has this id"},
                "reason": {"type": "string", "maxLength": 4},
            },
        },
    },
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT},
}


def asked(schema: Any, *, status: str = "200", kind: str = "application/json", **options: Any) -> Any:
    """The body that is answered, and the header of the total."""
    declared = {
        "description": "-",
        "headers": {"X-Total-Count": {"schema": {"type": "integer", "maximum": options.pop("most", 1000)}}},
        "content": {kind: {"schema": schema}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {"/pets": {"get": {"responses": {status: declared}}}},
    }
    headers = [("prefer", f"code={status}")]
    response = run_now(
        treaty.mock(document, **options).engine.handle(Request("GET", "/pets", "", headers))
    ).response
    assert response.status == int(status)
    return json.loads(response.body), response.header("x-total-count")


@pytest.mark.parametrize(
    "schema", [PETS, {"type": "object", "required": ["data"], "properties": {"data": PETS}}]
)
def test_only_the_first_of_a_list_is_the_one_of_the_example(schema: Any) -> None:
    body, _ = asked(schema)

    pets = body if isinstance(body, list) else body["data"]
    assert pets[0]["id"] == 7
    assert len({each["id"] for each in pets}) == len(pets) >= 3
    assert {each["name"] for each in pets} == {"Rex"}


@pytest.mark.parametrize(
    "item", [{"type": "string", "example": "news"}, {"const": 1}, PET | {"example": {"id": 1, "name": "Rex"}}]
)
def test_a_list_does_not_say_the_same_again(item: Any) -> None:
    for optional in ({"type": "array", "items": item}, {"type": "array", "minItems": 1, "items": item}):
        assert len(asked(optional, items=(2, 5))[0]) == 1
    assert len(asked({"type": "array", "minItems": 2, "items": item})[0]) == 2


def test_an_error_says_what_its_status_says() -> None:
    body, _ = asked(ERROR, status="404")

    assert body["message"] == body["error"]["title"] == "Not Found"
    assert body["error"]["detail"] == "No pet has this id"
    assert len(body["error"]["reason"]) <= 4
    assert asked(ERROR, status="404", dynamic=True)[0]["error"]["detail"] == "Nothing matches the given URI"


def test_a_problem_of_a_status_alone() -> None:
    body, _ = asked(PROBLEM, status="403", kind="application/problem+json")

    assert body["type"] == "about:blank"
    assert (body["title"], body["status"]) == ("Forbidden", 403)
    assert asked(PROBLEM, status="403")[0]["type"] != "about:blank"


@pytest.mark.parametrize("dynamic", [False, True])
def test_a_total_is_that_of_the_list(dynamic: bool) -> None:
    pets, total = asked(PETS, dynamic=dynamic)
    assert total == str(len(pets))

    _, total = asked(PETS, dynamic=dynamic, most=2)
    assert int(total) <= 2
