"""Values: texts become what a schema says, and the validator decides where there is a choice."""

from __future__ import annotations

from typing import Any

import pytest

import treaty
from treaty.exchange.messages import Request
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
        ({"type": "integer"}, "1.0", [1]),
        ({"type": "integer"}, "\u0661", ["\u0661"]),
        ({"type": "integer"}, "1\u0662", ["1\u0662"]),
        ({"type": "number"}, "1.\u0662", ["1.\u0662"]),
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
        ({}, "1", ["1", 1]),
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
    read = shape(schema).read({"n": "1", "l": "true", "x": "1.5"}, "texts")
    assert read == {"n": 1, "l": [True], "x": 1.5}
    assert shape({"items": {"type": "integer"}}).read(["1", "a"], "texts") == [1, "a"]


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
    assert found.read({"a": "1"}, "texts") == {"a": 1}


def test_a_schema_that_contains_itself() -> None:
    found = shape({"properties": {"next": {"$ref": "#/components/schemas/S"}, "n": {"type": "integer"}}})
    assert found.read({"next": {"next": {"n": "1"}}}, "texts") == {"next": {"next": {"n": 1}}}


@pytest.mark.parametrize(
    ("schema", "value", "readings"),
    [
        ({"type": "array", "items": {"$ref": "#/components/schemas/S"}}, ["x"], [["x"]]),
        (
            {"oneOf": [{"type": "integer"}, {"type": "array", "items": {"$ref": "#/components/schemas/S"}}]},
            ["1"],
            [[1], ["1"]],
        ),
        ({"type": ["string", "array"], "items": {"$ref": "#/components/schemas/S"}}, "x", ["x", ["x"]]),
        ({"type": "array", "prefixItems": [{"$ref": "#/components/schemas/S"}]}, ["x"], [["x"]]),
    ],
)
def test_a_text_in_a_list_of_lists_without_end_is_no_list(
    schema: Any, value: Any, readings: list[Any]
) -> None:
    read = list(shape(schema).candidates(value))
    assert [each for index, each in enumerate(read) if each not in read[:index]] == readings


def accepted(schema: Any, value: Any, **named: Any) -> Any:
    """The reading that the validator takes, or an error where it takes none."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": {"S": schema, **named}},
    }
    schemas = treaty.load(document).schemas
    found = Shape(schemas, schemas.at("/components/schemas/S", "request"))
    validator = schemas.validator("/components/schemas/S", "request")
    return next(each for each in found.candidates(value) if validator.accepts(each))


MIXED = {"items": {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^(a|007)$"}]}}
BRANCHES = {
    "oneOf": [
        {"properties": {"k": {"const": "n"}, "v": {"type": "integer"}}, "required": ["k"]},
        {"properties": {"k": {"const": "t"}, "v": {"type": "string"}}, "required": ["k"]},
        {"properties": {"k": {"const": "l"}, "v": {"type": "array", "items": {"type": "boolean"}}}},
    ]
}


@pytest.mark.parametrize(
    ("schema", "value", "reading"),
    [
        (MIXED, ["1", "a"], [1, "a"]),
        (MIXED, ["1", "007"], [1, "007"]),
        (BRANCHES, {"k": "n", "v": "1"}, {"k": "n", "v": 1}),
        (BRANCHES, {"k": "t", "v": "1"}, {"k": "t", "v": "1"}),
        (BRANCHES, {"k": "l", "v": "true"}, {"k": "l", "v": [True]}),
        ({"prefixItems": [{"type": "integer"}, {"type": "string"}]}, ["1", "2"], [1, "2"]),
        ({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}}, ["1", "2"], ["1", 2]),
        ({"const": [1, 2]}, ["1", "2"], [1, 2]),
        ({"const": {"a": 1}}, {"a": "1"}, {"a": 1}),
        ({"enum": [1, "a"]}, "1", 1),
        ({"enum": ["1", 2]}, "1", "1"),
        ({"const": 1.5}, "1.5", 1.5),
        ({"enum": [True]}, "true", True),
        ({"not": {"type": "string"}}, "1", 1),
        ({"type": ["array", "null"], "minItems": 1}, [], None),
        ({"type": ["array", "null"], "items": {"type": "integer"}}, [""], None),
        ({"type": ["object", "null"], "minProperties": 1}, {}, None),
        ({"type": "array", "items": {"type": "integer"}}, {"1": "2", "0": "1"}, [1, 2]),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"0": "1"}, {"0": 1}),
        ({"type": ["array", "object"], "minItems": 2, "minProperties": 3}, {"0": "a", "1": "b"}, ["a", "b"]),
        ({"patternProperties": {"^n": {"type": "integer"}}}, {"n1": "1"}, {"n1": 1}),
        ({"allOf": [{"$ref": "#/components/schemas/A"}]}, {"a": "1"}, {"a": 1}),
    ],
)
def test_the_reading_that_is_valid_is_found(schema: Any, value: Any, reading: Any) -> None:
    found = accepted(schema, value, A={"properties": {"a": {"type": "integer"}}})
    assert found == reading
    assert repr(found) == repr(reading)  # True is not 1


@pytest.mark.parametrize(
    ("schema", "is_open"),
    [
        ({"properties": {"a": {}}}, False),
        ({"additionalProperties": False}, False),
        ({"additionalProperties": True}, True),
        ({"additionalProperties": {}}, True),
        ({"additionalProperties": {"type": "string"}}, True),
        ({"patternProperties": {"a": {}}}, True),
        ({"allOf": [{"additionalProperties": {}}, {"additionalProperties": False}]}, False),
    ],
)
def test_objects_of_any_properties(schema: Any, is_open: bool) -> None:
    assert shape(schema).is_open is is_open


def test_undeclared_names_leave_nothing_behind() -> None:
    """A client chooses them, so what is kept for each would grow without end."""
    found = shape({"type": "object", "additionalProperties": {"type": "integer"}})
    for number in range(100):
        assert next(found.candidates({f"k{number}": "1"})) == {f"k{number}": 1}
    assert len(found._below) == 1


def test_schemas_that_lead_to_each_other_are_each_looked_at_once() -> None:
    names = [f"S{number}" for number in range(8)]
    each_other = {
        "anyOf": [{"$ref": f"#/components/schemas/{each}"} for each in names] + [{"type": "string"}]
    }
    content = {kind: {"schema": each_other} for kind in ("image/png", "application/x-www-form-urlencoded")}
    contract = treaty.load(
        {
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "paths": {"/": {"post": {"requestBody": {"content": content}, "responses": {"200": {}}}}},
            "components": {"schemas": dict.fromkeys(names, each_other)},
        }
    )
    for kind in content:
        assert contract.check(Request("POST", "/", "", [("content-type", kind)], b"a=1"), None) == []
    found = shape(each_other, **dict.fromkeys(names, each_other))
    assert list(found.candidates("1")) == ["1", 1]
