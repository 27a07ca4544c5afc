"""Values: texts become what a schema says, and the validator decides where there is a choice."""

from __future__ import annotations

from typing import Any

import pytest

import treaty
from treaty.exchange.values import Shape


def shape(schema: Any, **named: Any) -> Shape:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": {"S": schema, **named}},
    }
    schemas = treaty.load(document).schemas
    return Shape(schemas, schemas.at("/components/schemas/S", "request"))


@pytest.mark.parametrize(
    ("schema", "text", "readings"),
    [
        ({"type": "string"}, "1", ["1"]),
        ({"type": "integer"}, "1", [1]),
        ({"type": "integer"}, "-0", [0]),
        ({"type": "integer"}, "01", ["01"]),
        ({"type": "integer"}, "+1", ["+1"]),
        ({"type": "integer"}, "1.0", [1.0]),
        ({"type": "integer"}, "\u0661", ["\u0661"]),
        ({"type": "integer"}, "9" * 5000, ["9" * 5000]),
        ({"type": "integer"}, "9" * 30, [10**30 - 1]),
        ({"type": "number"}, "1e999", ["1e999"]),
        ({"type": "number"}, "NaN", ["NaN"]),
        ({"type": "number"}, "1.5e1", [15.0]),
        ({"type": "boolean"}, "true", [True]),
        ({"type": "boolean"}, "True", ["True"]),
        ({"type": ["integer", "null"]}, "null", [None]),
        ({"type": ["integer", "null"]}, "", [None]),
        ({"type": ["integer", "string"]}, "1", ["1", 1]),
        ({"type": ["boolean", "string"]}, "true", ["true", True]),
        ({}, "1", ["1"]),
        ({"anyOf": [{"type": "string"}, {"type": "array"}]}, "a", ["a", ["a"]]),
        ({"type": "array", "items": {"type": "integer"}}, "1", [[1]]),
    ],
)
def test_texts(schema: Any, text: str, readings: list[Any]) -> None:
    found = list(shape(schema).candidates(text))
    assert [(type(each), each) for each in found] == [(type(each), each) for each in readings]


def test_lists_and_objects() -> None:
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}, "l": {"type": "array", "items": {"type": "boolean"}}},
        "additionalProperties": {"type": "number"},
    }
    read = shape(schema).read({"n": "1", "l": "true", "x": "1.5"}, texts_first=True)
    assert read == {"n": 1, "l": [True], "x": 1.5}
    assert shape({"items": {"type": "integer"}}).read(["1", "a"], texts_first=True) == [1, "a"]


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "array"}, "array"),
        ({"type": ["array", "null"]}, "array"),
        ({"type": ["array", "string"]}, "primitive"),
        ({"type": "object"}, "object"),
        ({"type": ["object", "string"]}, "primitive"),
        ({"properties": {"a": {}}}, "object"),
        ({"items": {}}, "array"),
        ({}, "primitive"),
        (True, "primitive"),
    ],
)
def test_how_a_style_has_to_read_it(schema: Any, kind: str) -> None:
    assert shape(schema).kind == kind


def test_compositions_and_references_are_looked_through() -> None:
    found = shape(
        {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"b": {"default": 1}}}], "default": {}},
        A={"type": "object", "properties": {"a": {"type": "integer"}}},
    )
    assert set(found.properties) == {"a", "b"}
    assert (found.has_default, found.default) == (True, {})
    assert found.read({"a": "1"}, texts_first=True) == {"a": 1}


def test_a_schema_that_contains_itself() -> None:
    found = shape({"properties": {"next": {"$ref": "#/components/schemas/S"}, "n": {"type": "integer"}}})
    assert found.read({"next": {"next": {"n": "1"}}}, texts_first=True) == {"next": {"next": {"n": 1}}}
