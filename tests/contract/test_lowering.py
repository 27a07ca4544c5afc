"""Lowering: what each dialect's keywords become in JSON Schema 2020-12."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

import treaty
from treaty.contract.lowering import definition_reference
from treaty.contract.schemas import Schemas

BASE = "memory:///document"


def schemas_of(version: str, **named: Any) -> Schemas:
    document: dict[str, Any] = {"info": {"title": "T", "version": "1"}, "paths": {}}
    if version == "2.0":
        document |= {"swagger": version, "definitions": named}
    else:
        document |= {"openapi": version, "components": {"schemas": named}}
    return treaty.load(document).schemas


def lowered(version: str, schema: Any, direction: Any = "request") -> Any:
    return schemas_of(version).lower(schema, BASE, direction).schema


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"nullable": True}, {}),
        ({"nullable": True, "enum": ["a"]}, {"enum": ["a"]}),
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"maximum": 1, "exclusiveMaximum": True}, {"exclusiveMaximum": 1}),
        ({"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}),
        ({"exclusiveMaximum": True}, {}),
        ({"const": 1, "if": {}, "prefixItems": [], "$id": "x", "patternProperties": {}}, {}),
        ({"externalDocs": {}, "x-more": 1, "description": "d" * 301}, {}),
        (
            {"title": "T", "x-faker": "a.b", "description": "d"},
            {"title": "T", "x-faker": "a.b", "description": "d"},
        ),
        ({"discriminator": {"propertyName": "kind"}}, {"discriminator": {"propertyName": "kind"}}),
        (
            {"format": "int32"},
            {"format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1, "multipleOf": 1},
        ),
        (
            {"format": "int32", "type": "integer"},
            {"format": "int32", "type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
        ),
        (
            {"format": "int32", "minimum": 0, "exclusiveMinimum": True, "maximum": 2**40},
            {"format": "int32", "exclusiveMinimum": 0, "maximum": 2**31 - 1, "multipleOf": 1},
        ),
        (
            {"format": "int64", "maximum": 2**70, "exclusiveMaximum": True},
            {"format": "int64", "minimum": -(2**63), "maximum": 2**63 - 1, "multipleOf": 1},
        ),
        ({"format": "int32", "type": "string"}, {"format": "int32", "type": "string"}),
        ({"items": {"nullable": True, "type": "integer"}}, {"items": {"type": ["integer", "null"]}}),
        ({"additionalProperties": False, "not": {}}, {"additionalProperties": False, "not": {}}),
        ({"$ref": "#/components/schemas/A", "type": "string"}, {"$ref": "#/components/schemas/A"}),
    ],
)
def test_openapi_30(schema: Any, expected: Any) -> None:
    actual = lowered("3.0.4", schema)
    if "$ref" in expected:
        assert actual == {"$ref": BASE + expected["$ref"]}
    else:
        assert actual == expected


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["string", "null"], "const": 1, "enum": []},
        {"exclusiveMaximum": 3, "exclusiveMinimum": 1},
        {"prefixItems": [True], "items": False, "contains": {}, "minContains": 0, "maxContains": 1.0},
        {"if": {}, "then": {}, "else": {}, "dependentSchemas": {"a": {}}, "dependentRequired": {"a": ["b"]}},
        {"patternProperties": {"^a": {}}, "propertyNames": {}, "unevaluatedProperties": False},
        {"unevaluatedItems": False, "$anchor": "a", "$dynamicAnchor": "b", "$dynamicRef": BASE + "#b"},
        {"contentEncoding": "base64", "contentMediaType": "text/plain", "examples": [1]},
    ],
)
def test_openapi_31_is_kept(schema: Any) -> None:
    assert lowered("3.1.0", schema) == schema


def test_keywords_beside_a_reference_count_since_31() -> None:
    schema = {"$ref": "#/components/schemas/A", "maxLength": 1}
    assert lowered("3.1.0", schema) == {"$ref": f"{BASE}#/components/schemas/A", "maxLength": 1}


def test_nullable_and_boolean_bounds_mean_nothing_since_31() -> None:
    assert lowered("3.1.0", {"type": "string", "nullable": True, "exclusiveMinimum": True}) == {
        "type": "string"
    }


MALFORMED = [
    {"type": "strnig"},
    {"type": []},
    {"type": ["string", 5]},
    {"enum": "a"},
    {"multipleOf": 0},
    {"multipleOf": True},
    {"maximum": "1"},
    {"minimum": float("nan")},
    {"maxLength": -1},
    {"maxLength": 1.5},
    {"minLength": float("inf")},
    {"minItems": True},
    {"pattern": "("},
    {"pattern": 5},
    {"uniqueItems": "yes"},
    {"required": "name"},
    {"required": [1]},
    {"format": 1},
    {"properties": []},
    {"items": 5},
    {"allOf": {}},
    {"allOf": []},
    {"anyOf": "x"},
    {"additionalProperties": "no"},
    {"not": []},
    {"readOnly": "yes"},
]


@pytest.mark.parametrize("version", ["2.0", "3.0.4", "3.1.0", "3.2.0"])
@pytest.mark.parametrize("schema", MALFORMED, ids=str)
def test_a_malformed_keyword_is_left_out(version: str, schema: Any) -> None:
    assert lowered(version, schema) == {}


@pytest.mark.parametrize(
    "schema",
    [
        {"patternProperties": {"(": {}}},
        {"dependentRequired": {"a": "b"}},
        {"$anchor": 5},
        {"exclusiveMinimum": True},
        {"minContains": -1},
        {"examples": {}},
    ],
    ids=str,
)
def test_a_malformed_keyword_of_31_is_left_out(schema: Any) -> None:
    assert lowered("3.1.0", schema) in ({}, {"patternProperties": {}})


@pytest.mark.parametrize("number", [10**400, -(10**400), 1e308])
def test_numbers_of_any_size_can_be_compiled(number: float) -> None:
    schema = lowered("3.1.0", {"maximum": number, "minimum": number})
    assert jsonschema_rs.Draft202012Validator(schema).is_valid("text")


@pytest.mark.parametrize(("schema", "expected"), [(True, True), (False, False), (5, True), (None, True)])
def test_what_is_no_object(schema: Any, expected: bool) -> None:
    assert lowered("3.1.0", schema) is expected


DIRECTED = {
    "type": "object",
    "required": ["id", "secret", "name"],
    "properties": {"id": {"readOnly": True}, "secret": {"writeOnly": True}, "name": {}},
}


def test_required_by_direction() -> None:
    assert lowered("3.0.4", DIRECTED, "request")["required"] == ["secret", "name"]
    assert lowered("3.0.4", DIRECTED, "response")["required"] == ["id", "name"]


@pytest.mark.parametrize("version", ["3.0.4", "3.1.0"])
def test_required_by_direction_through_references_and_compositions(version: str) -> None:
    schemas = schemas_of(
        version,
        Id={"type": "integer", "readOnly": True},
        Base={"type": "object", "properties": {"id": {"$ref": "#/components/schemas/Id"}}},
        Whole={"allOf": [{"$ref": "#/components/schemas/Base"}], "required": ["id"]},
        Wrapped={"properties": {"id": {"allOf": [{"$ref": "#/components/schemas/Id"}]}}, "required": ["id"]},
    )
    for name in ("Whole", "Wrapped"):
        pointer = f"/components/schemas/{name}"
        assert schemas.validator(pointer, "request").accepts({})
        assert not schemas.validator(pointer, "response").accepts({})


@pytest.mark.parametrize("version", ["3.0.4", "3.1.0"])
@pytest.mark.parametrize(
    "whole",
    [
        {"allOf": [{"$ref": "#/components/schemas/Base"}, {"required": ["id"]}]},
        {"allOf": [{"required": ["id"]}, {"allOf": [{"$ref": "#/components/schemas/Base"}]}]},
        {"allOf": [{"$ref": "#/components/schemas/Asking"}, {"properties": {"id": {"readOnly": True}}}]},
        {"allOf": [{"$ref": "#/components/schemas/Asking"}, {"$ref": "#/components/schemas/Base"}]},
        {"allOf": [{"$ref": "#/components/schemas/Through"}, {"$ref": "#/components/schemas/Base"}]},
    ],
)
def test_required_in_one_part_and_marked_in_another(version: str, whole: Any) -> None:
    """OpenAPI 3.0.4, Schema Object, readOnly: `required` takes effect on the response only."""
    schemas = schemas_of(
        version,
        Base={"properties": {"id": {"type": "integer", "readOnly": True}}},
        Asking={"required": ["id"], "properties": {"id": {"type": "integer"}}},
        Through={"allOf": [{"$ref": "#/components/schemas/Asking"}]},
        Whole=whole,
    )
    pointer = "/components/schemas/Whole"
    assert schemas.validator(pointer, "request").accepts({})
    assert not schemas.validator(pointer, "request").accepts({"id": "x"})
    assert not schemas.validator(pointer, "response").accepts({})
    assert not schemas.validator("/components/schemas/Asking", "request").accepts({})


def test_marks_beside_a_reference_count_since_31() -> None:
    sibling = {"$ref": "#/components/schemas/A", "properties": {"id": {"readOnly": True}}, "required": ["id"]}
    assert schemas_of("3.1.0", A={}, B=sibling).validator("/components/schemas/B", "request").accepts({})


@pytest.mark.parametrize("branches", ["anyOf", "oneOf"])
def test_a_choice_of_what_is_required_stays_one(branches: str) -> None:
    """Here `required` tells branches apart; taken out, it would change which of them a value fits."""
    schema = {"properties": {"id": {"readOnly": True}}, branches: [{"required": ["id"]}, {"required": ["x"]}]}
    validator = schemas_of("3.0.4", A=schema).validator("/components/schemas/A", "request")
    assert validator.accepts({"x": 1})
    assert not validator.accepts({})


def test_an_all_of_that_is_part_of_itself_can_be_lowered() -> None:
    schemas = schemas_of(
        "3.0.4",
        A={"allOf": [{"$ref": "#/components/schemas/B"}, {"properties": {"id": {"readOnly": True}}}]},
        B={"required": ["id"], "allOf": [{"$ref": "#/components/schemas/A"}]},
    )
    assert isinstance(schemas.at("/components/schemas/A", "request").schema, dict)


@pytest.mark.parametrize(
    ("version", "accepted"), [("2.0", False), ("3.0.3", True), ("3.1.0", False), ("3.2.0", False)]
)
def test_nullable_is_a_keyword_of_30_alone(version: str, accepted: bool) -> None:
    """OpenAPI 3.0.3, Schema Object: null is added to a `type` written in the same Schema Object."""
    pointer = "/definitions/A" if version == "2.0" else "/components/schemas/A"
    schemas = schemas_of(version, A={"type": "string", "nullable": True})
    assert schemas.validator(pointer, "request").accepts(None) is accepted


def test_references_to_definitions() -> None:
    assert definition_reference("a:b", "/paths/~1x/{y} %") == "a:b#/$defs/~1paths~1~01x~1%7By%7D%20%25"


def test_a_pattern_that_cannot_be_compiled_leaves_the_rest() -> None:
    schema = lowered("3.0.4", {"type": "string", "pattern": "(?<a", "maxLength": 1})
    assert schema == {"type": "string", "maxLength": 1}


def test_pointers_of_lowered_schemas() -> None:
    inner = {"$id": "https://example.com/tree", "properties": {"a": {}}}
    schemas = schemas_of("3.1.0", S={"items": {"type": "integer"}, "not": inner})
    validator = schemas.validator("/components/schemas/S", "request")
    assert validator.written(f"{BASE}#/$defs/~1components~1schemas~1S/items") == "/components/schemas/S/items"
    named = validator.written("https://example.com/tree#/properties/a")
    assert named == "/components/schemas/S/not/properties/a"
    assert validator.written("") == ""


@pytest.mark.parametrize("version", ["2.0", "3.0.3", "3.1.0"])
@pytest.mark.parametrize("reference", ["#/nowhere", "#nowhere", "#/components/schemas/B", "#/definitions/B"])
def test_a_reference_that_leads_nowhere_is_left_out(version: str, reference: str) -> None:
    """Found as an error by `treaty check`; everything else of the schema is judged."""
    whole = {"properties": {"a": {"$ref": reference}, "b": {"type": "integer"}}}
    circle = {"$ref": "#/definitions/B" if version == "2.0" else "#/components/schemas/B"}
    document: dict[str, Any] = {"info": {"title": "T", "version": "1"}}
    document["paths"] = {"/": {"get": {"responses": {"200": {"description": "ok"}}}}}
    if version == "2.0":
        document |= {"swagger": version, "definitions": {"A": whole, "B": circle}}
    else:
        document |= {"openapi": version, "components": {"schemas": {"A": whole, "B": circle}}}
    contract = treaty.load(document)
    assert {each.severity for each in contract.findings} == {treaty.Severity.WARNING}
    pointer = "/definitions/A" if version == "2.0" else "/components/schemas/A"
    validator = contract.schemas.validator(pointer, "response")
    assert validator.accepts({"a": 1, "b": 1})
    assert validator.accepts({"a": "x"})
    assert not validator.accepts({"a": 1, "b": "x"})
