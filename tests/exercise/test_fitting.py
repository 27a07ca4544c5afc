"""What Schemathesis is given of a document: what it reads in another way is taken out of a copy."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from treaty.exercise.events import Failure, RunFinished
from treaty.exercise.fitting import fitted
from treaty.exercise.options import Options
from treaty.exercise.runner import run
from treaty.findings import Json

OK = {"200": {"description": "ok"}, "default": {"description": "no"}}


def header(name: str) -> dict[str, Json]:
    return {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}


def described(version: str = "3.0.3", **operation: Json) -> dict[str, Json]:
    kind = "swagger" if version == "2.0" else "openapi"
    info = {"title": "t", "version": "1"}
    return {kind: version, "info": info, "paths": {"/things": {"post": {"responses": OK, **operation}}}}


def test_headers_that_are_no_parameters_are_left_out() -> None:
    document = described(
        parameters=[header("Accept"), {"$ref": "#/components/parameters/login"}, header("x-a")]
    )
    document["components"] = {"parameters": {"login": header("authorization")}}
    document["paths"]["/things"]["parameters"] = [header("CONTENT-TYPE"), {"$ref": "#/components/nowhere"}]
    untouched = copy.deepcopy(document)
    item = fitted(document)["paths"]["/things"]
    assert item["post"]["parameters"] == [header("x-a")]
    assert item["parameters"] == [{"$ref": "#/components/nowhere"}]
    assert document == untouched


def test_what_such_a_header_says_is_not_asked_of_an_application() -> None:
    document = described(parameters=[header("Accept"), header("Authorization")])
    events = list(run(document, app=answering, options=Options(seed=3, max_examples=5)))
    assert [each.check for each in events if isinstance(each, Failure)] == []


@pytest.mark.parametrize("version", ["2.0", "3.1.0"])
def test_a_body_of_any_media_type_is_sent(version: str) -> None:
    """Schemathesis knows how to write some, and would leave the operation untested."""
    if version == "2.0":
        schema = {"name": "b", "in": "body", "required": True, "schema": {"type": "string"}}
        document = described(version, consumes=["application/x-own"], parameters=[schema])
    else:
        content = {"application/x-own-too; charset=utf-8": {"schema": {"type": "object"}}}
        document = described(requestBody={"required": True, "content": content})
    events = list(run(document, app=answering, options=Options(seed=3, max_examples=5)))
    assert [each.message for each in events if isinstance(each, Failure) and each.check == "untested"] == []
    finish = events[-1]
    assert isinstance(finish, RunFinished)
    assert finish.cases > 5


async def answering(scope: Any, _: Any, send: Any) -> None:
    """An application that takes everything."""
    if scope["type"] != "http":
        raise ValueError(scope["type"])
    status = 200 if scope["method"] == "POST" else 405
    await send({"type": "http.response.start", "status": status, "headers": [(b"allow", b"POST")]})
    await send({"type": "http.response.body", "body": b""})
