"""What Schemathesis expects beyond the standards is no failure of the mock, and is told with the clause."""

from __future__ import annotations

import pytest

import treaty
from treaty.asgi import Receive, Scope, Send
from treaty.exercise.events import Failure, RunWarning
from treaty.exercise.options import Options
from treaty.exercise.runner import run
from treaty.findings import Json, Severity

OPTIONS = Options(seed=3, max_examples=25, phases=("coverage", "fuzzing"), fail_on_warnings=True)
RESPONSES = {"200": {"description": "ok"}, "4XX": {"description": "no", "content": {"*/*": {}}}}
TEXTS = {"type": "array", "items": {"type": "string"}}

IDLE = {"oneOf": [{"type": "string"}, {"type": "integer"}], "nullable": True}
WRAPPED = {
    "type": "object",
    "properties": {"tags": {**TEXTS, "xml": {"wrapped": True}}},
    "xml": {"name": "x"},
}
NOTE = {
    "type": "object",
    "properties": {
        "mood": {"type": "string", "enum": ["good"], "x-nullable": True},
        "by": {"$ref": "#/definitions/User", "x-nullable": True},
    },
    "required": ["mood", "by"],
}
LISTED = {"type": "object", "properties": {"tags": TEXTS}, "required": ["tags"]}


def described(operation: dict[str, Json], version: str = "3.0.3") -> dict[str, Json]:
    name = "swagger" if version == "2.0" else "openapi"
    info = {"title": "t", "version": "1"}
    return {
        name: version,
        "info": info,
        "paths": {"/things": {"post": {"responses": RESPONSES, **operation}}},
    }


def body(media_type: str, schema: Json, **more: Json) -> dict[str, Json]:
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema, **more}}}}


def form(*fields: str) -> dict[str, Json]:
    parameters = [{"name": name, "in": "formData", "type": "string"} for name in fields]
    responses = {"200": {"description": "ok"}, "400": {"description": "no"}, "422": {"description": "no"}}
    consumes = ["multipart/form-data"]
    return described({"consumes": consumes, "parameters": parameters, "responses": responses}, "2.0")


FORM = "application/x-www-form-urlencoded"
KINDS = {
    "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
    "discriminator": {"propertyName": "kind"},
}
CASES = {
    "a form that is optional": (form("note"), "a form without required parameters need not be sent"),
    "a field that is not declared": (form("note"), "a form with a field that is not declared"),
    "nullable without a type": (
        described(body("application/json", IDLE)),
        "the body that was made is not valid",
    ),
    "x-nullable beside a reference": (
        {
            **described(
                {"parameters": [{"in": "body", "name": "b", "required": True, "schema": NOTE}]}, "2.0"
            ),
            "definitions": {"User": {"type": "object"}},
        },
        "`x-nullable` not beside a `$ref`",
    ),
    "nullable in 3.1": (
        described(body("application/json", {"type": "string", "nullable": True}), "3.1.0"),
        "the body that was made is not valid",
    ),
    "an empty list in a form": (
        described(body(FORM, LISTED)),
        "queries and forms carry texts",
    ),
    "a list in a deepObject": (
        described(
            {
                "parameters": [
                    {
                        "name": "where",
                        "in": "query",
                        "style": "deepObject",
                        "required": True,
                        "schema": LISTED,
                    }
                ]
            }
        ),
        "queries and forms carry texts",
    ),
    "an empty body": (
        described(body("image/png", {"type": "string", "format": "byte"})),
        "an empty body cannot be told from none",
    ),
    "a list of one in a form": (
        described(body(FORM, {"type": "object", "properties": {"tags": TEXTS}})),
        "a list of one is written as its member is",
    ),
    "a number beyond single precision": (
        described(body("application/json", {"type": "number", "format": "float"})),
        "`float` ends with single precision",
    ),
    "a number in an image": (
        described(body("image/png", {"type": "string"})),
        "of which its schema says no more than a text",
    ),
    "what is in a token": (
        described(body("application/jwt", {"type": "object", "required": ["sub"]})),
        "of which its schema says no more than a text",
    ),
    "a form without a field": (
        described(
            {
                "requestBody": {
                    "content": {
                        FORM: {
                            "schema": {
                                "type": "object",
                                "required": ["a"],
                                "properties": {"a": {"type": "string"}},
                            }
                        }
                    }
                }
            }
        ),
        "an empty body cannot be told from none",
    ),
    "a list as a document of XML": (
        described(body("application/xml", {"properties": {"a": {"type": "integer"}}})),
        "what was made cannot be written in its media type",
    ),
    "a text as a part of JSON": (
        described(
            body(
                "multipart/form-data",
                {
                    "type": "object",
                    "required": ["a"],
                    "properties": {"a": {"type": "string", "nullable": True}},
                },
                encoding={"a": {"contentType": "application/json"}},
            )
        ),
        "what was made cannot be written in its media type",
    ),
    "a number of a query beyond single precision": (
        described(
            {
                "parameters": [
                    {
                        "name": "where",
                        "in": "query",
                        "required": True,
                        "schema": {"type": "number", "format": "float"},
                    }
                ]
            }
        ),
        "no value the schema asks for can be read from it",
    ),
    "a list of one in a part": (
        described(body("multipart/form-data", {"type": "object", "properties": {"tags": TEXTS}})),
        "a list of one is written as its member is",
    ),
    "a list of one object in a part": (
        described(
            body(
                "multipart/form-data",
                {
                    "type": "object",
                    "properties": {
                        "n": {"type": "integer"},
                        "items": {"type": "array", "items": {"type": "object"}},
                    },
                },
            )
        ),
        "a list of one is written as its member is",
    ),
    "a list of one in XML": (
        described(
            body(
                "application/xml",
                {
                    "type": "object",
                    "properties": {
                        "ns": {"type": "array", "items": {"type": "integer"}},
                        "o": {"type": "object", "properties": {"a": {"type": "integer"}}},
                    },
                    "xml": {"name": "x"},
                },
            )
        ),
        "the elements of XML hold texts",
    ),
    "nullable in a part of a form": (
        described(
            body(
                "multipart/form-data",
                {"type": "object", "properties": {"n": {"type": "integer", "nullable": True}}},
            ),
            "3.1.0",
        ),
        "the body that was made is not valid",
    ),
    "two values side by side in a path": (
        {
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "paths": {
                "/things/{id}{ending}": {
                    "get": {
                        "parameters": [
                            {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                            {"name": "ending", "in": "path", "required": True, "schema": {"type": "string"}},
                        ],
                        "responses": RESPONSES,
                    }
                }
            },
        },
        "contains what separates them",
    ),
    "an element without content": (
        described(
            body(
                "application/xml",
                {
                    "type": "object",
                    "properties": {"tags": {**TEXTS, "xml": {"wrapped": True}}},
                    "xml": {"name": "x"},
                },
            )
        ),
        "an XML element without content",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_wrong_is_a_note(name: str) -> None:
    document, clause = CASES[name]
    events = list(run(document, app=treaty.mock(treaty.load(document)), options=OPTIONS))
    wrong = [(each.check, each.message) for each in events if isinstance(each, Failure)]
    notes = [each for each in events if isinstance(each, RunWarning) and each.code == "excluded-check"]
    beyond = [each for each in wrong if each[0] in ("negative_data_rejection", "positive_data_acceptance")]
    assert beyond == []
    assert any(clause in each.message for each in notes), [each.message for each in notes]
    assert {each.severity for each in notes} == {Severity.INFO}


@pytest.mark.parametrize("name", ["a list of one object in a part", "a list of one in XML"])
def test_what_is_wrong_in_every_reading_is_a_failure(name: str) -> None:
    async def accepts_all(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    events = run(CASES[name][0], app=accepts_all, options=OPTIONS)
    assert "negative_data_rejection" in [each.check for each in events if isinstance(each, Failure)]


def test_a_token_that_would_do_and_is_left_is_not_a_hole() -> None:
    document = described({"security": [{"login": []}, {"key": []}]})
    document["components"] = {
        "securitySchemes": {
            "login": {"type": "oauth2", "flows": {}},
            "key": {"type": "apiKey", "name": "x-key", "in": "header"},
        }
    }
    events = list(run(document, app=treaty.mock(treaty.load(document)), options=OPTIONS))
    assert [each.check for each in events if isinstance(each, Failure)] == []
    notes = [each.message for each in events if isinstance(each, RunWarning)]
    assert any("which would do alone, was not taken away" in each for each in notes), notes


def test_a_declared_403_is_a_refusal_of_who_sends_no_credential() -> None:
    responses = {"200": {"description": "ok"}, "403": {"description": "no"}}
    document = described({"security": [{"user": []}], "responses": responses})
    document["components"] = {"securitySchemes": {"user": {"type": "http", "scheme": "basic"}}}
    options = Options(seed=3, max_examples=5, phases=("coverage",), presence_only=True)
    events = list(run(document, app=treaty.mock(treaty.load(document)), options=options))
    assert [each.check for each in events if isinstance(each, Failure)] == []
    notes = [each.message for each in events if isinstance(each, RunWarning)]
    assert any("refused with the 403 that is declared" in each for each in notes), notes
