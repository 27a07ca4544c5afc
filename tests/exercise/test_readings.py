"""What a text may stand for is what a schema takes of it, and nothing else."""

from __future__ import annotations

import jsonschema_rs
import pytest

from treaty.exercise.readings import empty_element, json_text, reads_right
from treaty.findings import Json

TEXT = {"type": "string"}
NUMBER = {"type": "number"}
NUMBERS = {"type": "array", "items": NUMBER}


def of(**properties: Json) -> Json:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        ("2.6e-90", TEXT),
        ("2.6e-90", NUMBER),
        ("true", {"type": "boolean"}),
        ("", {"type": "null"}),
        ("null", {"type": ["null", "integer"]}),
        (["1", "a"], {"prefixItems": [NUMBER, TEXT]}),
        ({"": "2.6e-90"}, {"additionalProperties": TEXT}),
        ({"a": "1", "b": "1"}, of(a=TEXT, b=NUMBER)),
        ({"a": {"b": "1"}}, of(a=of(b=NUMBER))),
        ({"tags": "1"}, of(tags=NUMBERS)),
        ({"a": "1"}, {"anyOf": [of(a={"type": "null"}), of(a=NUMBER)]}),
        ("1", {"enum": [1, 2]}),
        ({"a": "", "b": ""}, {"oneOf": [of(a=TEXT), of(b=TEXT)]}),
        ({f"a{n}": "1" for n in range(20)}, {"additionalProperties": NUMBER}),
        ({"a": json_text({"b": 1})}, of(a=of(b=NUMBER) | {"type": "object"})),
        ({"a": json_text({"b": 1})}, of(a={"type": "array", "items": of(b=NUMBER) | {"type": "object"}})),
        ({"a": json_text({"b": 1})}, of(a=TEXT)),
        ({"a": empty_element()}, of(a=NUMBERS)),
        ({"a": empty_element()}, of(a={"type": "object"})),
    ],
)
def test_a_text_is_what_the_schema_asks_for(value: Json, schema: Json) -> None:
    assert reads_right(value, jsonschema_rs.Draft202012Validator(schema))


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        ("a", NUMBER),
        ("01", NUMBER),
        ("+1", NUMBER),
        ("1" * 400, NUMBER),
        ("True", {"type": "boolean"}),
        ("1", NUMBERS),
        ("abc", {"type": "string", "maxLength": 2}),
        ({"a": "1"}, {"required": ["b"]}),
        ({"a": "1"}, {"additionalProperties": False}),
        (["1", "a"], NUMBERS),
        ({f"a{n}": "b" for n in range(20)}, {"additionalProperties": NUMBER}),
        ({"a": json_text({"b": "1"})}, of(a=of(b=NUMBER) | {"type": "object"})),
        ({"a": empty_element()}, of(a=NUMBER)),
    ],
)
def test_what_no_reading_makes_right_is_wrong(value: Json, schema: Json) -> None:
    assert not reads_right(value, jsonschema_rs.Draft202012Validator(schema))
