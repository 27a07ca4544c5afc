"""Which JSON types a schema allows."""

from __future__ import annotations

from typing import Any

import pytest

import treaty
from treaty.contract.types import json_type, types_of


@pytest.mark.parametrize(
    ("schema", "types"),
    [
        ({}, ""),
        ({"type": "string"}, "string"),
        ({"type": ["string", "null"]}, "null string"),
        ({"enum": [1, "a", None]}, "integer null string"),
        ({"const": 1.5}, "number"),
        ({"$ref": "#/components/schemas/N"}, "number"),
        ({"$ref": "#/components/schemas/N", "type": "integer"}, "integer"),
        ({"allOf": [{"type": ["string", "integer"]}, {"type": ["integer", "null"]}]}, "integer"),
        ({"anyOf": [{"type": "string"}, {"type": "array"}]}, "array string"),
        ({"oneOf": [{"type": "string"}, {}]}, ""),
        ({"type": "object", "anyOf": [{"required": ["a"]}]}, "object"),
        ({"$ref": "#/components/schemas/Loop"}, ""),
        (True, ""),
    ],
)
def test_types(schema: Any, types: str) -> None:
    components = {"N": {"type": "number"}, "Loop": {"anyOf": [{"$ref": "#/components/schemas/Loop"}]}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": {**components, "S": schema}},
    }
    schemas = treaty.load(document).schemas
    found = types_of(schemas, schemas.at("/components/schemas/S", "request"), "request")
    assert " ".join(sorted(found)) == types


def test_the_type_of_a_value() -> None:
    values: list[Any] = [None, True, 1, 1.0, 1.5, "a", [], {}]
    names = ["null", "boolean", "integer", "integer", "number", "string", "array", "object"]
    assert [json_type(value) for value in values] == names
