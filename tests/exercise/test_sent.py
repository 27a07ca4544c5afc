"""What a parameter says where it is sent decides, whatever it was made from: in every place and style."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import treaty
from treaty.exercise.events import Failure, RunWarning
from treaty.exercise.options import Options
from treaty.exercise.runner import run
from treaty.findings import Json

OPTIONS = Options(seed=3, max_examples=80, phases=("coverage", "fuzzing"))
RESPONSES = {"200": {"description": "ok"}, "4XX": {"description": "no", "content": {"*/*": {}}}}
TEXTS = {"type": "array", "items": {"type": "string"}}
PAIRS = {"type": "object", "additionalProperties": {"type": "string"}}
NAMED = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
NUMBERS = {"type": "object", "additionalProperties": {"type": "integer"}}


def described(parameter: dict[str, Json]) -> dict[str, Json]:
    path = "/things/{p}" if parameter["in"] == "path" else "/things"
    operation = {"parameters": [{"name": "p", **parameter}], "responses": RESPONSES}
    info = {"title": "t", "version": "1"}
    return {"openapi": "3.0.3", "info": info, "paths": {path: {"get": operation}}}


def told(document: dict[str, Json], status: int = 0) -> tuple[set[str], str]:
    """The checks that failed, and the notes: of the mock, or of what answers all with one status."""
    app = answering(status) if status else treaty.mock(treaty.load(document))
    options = replace(OPTIONS, max_examples=100) if status else OPTIONS
    events = list(run(document, app=app, options=options))
    failed = {each.check for each in events if isinstance(each, Failure)}
    return failed, " ".join(each.message for each in events if isinstance(each, RunWarning))


def parameter(text: str, schema: Json) -> dict[str, Json]:
    place, style, *more = text.split()
    required = "optional" not in more
    return {
        "in": place,
        "style": style,
        "explode": "whole" not in more,
        "required": required,
        "schema": schema,
    }


@pytest.mark.parametrize(
    ("written", "schema"),
    [
        ("query deepObject optional", PAIRS),
        ("query form optional", PAIRS),
        ("path simple", PAIRS),
        ("path simple whole", PAIRS),
        ("path label", TEXTS),
        ("path label", PAIRS),
        ("path matrix", TEXTS),
        ("path matrix whole", PAIRS),
    ],
)
def test_what_was_made_wrong_and_reads_right_is_not_wrong(written: str, schema: Json) -> None:
    failed, notes = told(described(parameter(written, schema)))
    assert failed == set()
    assert "what was made wrong reads as what the schema asks for" in notes


@pytest.mark.parametrize(
    ("written", "schema"),
    [
        ("query form", PAIRS),
        ("query form whole", NAMED),
        ("query deepObject", PAIRS),
        ("path label", PAIRS),
        ("header simple", PAIRS),
        ("header simple whole", NAMED),
        ("cookie form", NAMED),
    ],
)
def test_what_was_made_right_and_cannot_be_read_is_not_right(written: str, schema: Json) -> None:
    failed, notes = told(described(parameter(written, schema)))
    assert failed == set()
    assert "no value the schema asks for can be read from it" in notes


@pytest.mark.parametrize(
    ("written", "schema"),
    [
        ("query form", {"type": "integer"}),
        ("query deepObject", NUMBERS),
        ("path simple", {"type": "integer"}),
        ("path matrix", {"type": "string", "maxLength": 2}),
        ("header simple", {"type": "boolean"}),
        ("cookie form", {"type": "number", "minimum": 0}),
    ],
)
def test_what_reads_wrong_has_to_be_refused(written: str, schema: Json) -> None:
    failed, _ = told(described(parameter(written, schema)), 200)
    assert "negative_data_rejection" in failed


@pytest.mark.parametrize(
    ("written", "schema"),
    [
        ("query form", {"type": "integer"}),
        ("query deepObject", NUMBERS),
        ("path matrix whole", TEXTS),
        ("header simple", {"type": "boolean"}),
    ],
)
def test_what_reads_right_has_to_be_accepted(written: str, schema: Json) -> None:
    failed, _ = told(described(parameter(written, schema)), 400)
    assert "positive_data_acceptance" in failed


def answering(status: int) -> Any:
    """An application with one status for all."""

    async def app(scope: Any, _: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError(scope["type"])
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app
