"""What is made without a choice is valid by how it is made, so the judge is not asked; it would agree."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from treaty.mocking.generate import Generator, Memory, SchemaAt, Settings

ROOT = "urn:contract"
TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
INSTANT = {"type": "string", "format": "date-time"}
PROVEN: list[dict[str, Any]] = [
    {"type": "string", "minLength": 3, "maxLength": 5},
    INSTANT,
    {"type": "string", "format": "uuid"},
    {"type": "integer", "minimum": 7, "exclusiveMaximum": 9},
    {"type": "integer", "multipleOf": 7},
    {"type": "number", "minimum": 0.5, "maximum": 0.6},
    {"enum": ["a", 1, None, False]},
    {"type": ["object", "null"], "required": ["a"], "properties": {"a": TEXT, "b": NUMBER}},
    {"properties": {"a": NUMBER}, "additionalProperties": False},
    {"type": "array", "minItems": 4, "items": {"type": "boolean"}},
    {"type": "array", "uniqueItems": True, "minItems": 3, "items": {"type": "integer", "maximum": 4}},
    {"allOf": [{"type": "object", "properties": {"a": {"maxLength": 2}}}, {"properties": {"a": TEXT}}]},
    {"type": "object", "properties": {"created_at": INSTANT, "updated_at": INSTANT}},
    {"type": "object", "properties": {"starts_at": INSTANT, "ends_at": INSTANT}},
    {"type": "object", "properties": {"items": {"type": "array", "items": TEXT}, "total": NUMBER}},
    {"oneOf": [TEXT, {"type": "object", "properties": {"b": {"type": "number"}}}, {"type": "null"}]},
    {"anyOf": [{"type": "object", "required": ["a"], "properties": {"a": {"const": 1}}}, NUMBER]},
    {"type": "object", "properties": {"id": NUMBER, "owner": {"$ref": "#"}}},
]
JUDGED: list[dict[str, Any]] = [
    {"type": "string", "pattern": "^[a-z]{3}$"},
    {"oneOf": [{"type": "integer"}, {"type": "integer", "minimum": 10}]},
    {"type": "object", "minProperties": 1, "properties": {"a": {"type": "string"}}},
    {"type": "object", "patternProperties": {"^a": {"type": "string"}}, "properties": {"a": {}}},
    {"not": {"type": "string"}},
]


def judged_of(schema: dict[str, Any], *, use_examples: bool = False) -> int:
    """How often the judge of the whole is asked for 60 values, all of which are valid."""
    valid = jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid
    asked = []

    def judge(value: Any) -> bool:
        asked.append(value)
        return valid(value)

    def accepts(at: SchemaAt, value: Any) -> bool:
        return jsonschema_rs.Draft202012Validator(at.schema, validate_formats=True).is_valid(value)

    generator = Generator(Memory(lambda base, _: SchemaAt(base, schema)), accepts)
    settings = Settings(use_examples=use_examples)
    for seed in range(60):
        value = generator.make(SchemaAt(ROOT, schema), seed * 7919, settings, None, judge)
        assert valid(value), value
    return len(asked)


@pytest.mark.parametrize("schema", PROVEN, ids=str)
def test_what_leaves_nothing_to_try_is_valid_unasked(schema: dict[str, Any]) -> None:
    assert judged_of(schema) < 60
    judged_of(schema, use_examples=True)


@pytest.mark.parametrize("schema", JUDGED, ids=str)
def test_what_is_not_followed_to_the_letter_is_judged(schema: dict[str, Any]) -> None:
    assert judged_of(schema) >= 60
