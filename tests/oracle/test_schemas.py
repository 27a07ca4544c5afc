"""The judge itself: what it must refuse and what it must let pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .reading import Library, Place
from .schemas import Direction, Schemas

_FILE = Path("/nowhere/openapi.json")


def _complaints(
    schema: Any, value: Any, version: str = "3.0.3", direction: Direction = "response", **more: Any
) -> Any:
    library = Library(_FILE, {"components": {"schemas": more}})
    return Schemas(library, version, direction).complaints(Place(schema, library.entry), value)


@pytest.mark.parametrize(
    ("schema", "value", "version"),
    [
        ({"type": "string", "nullable": True}, None, "3.0.3"),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": False}, 1, "3.0.3"),
        ({"type": "integer", "format": "int32"}, 2**31 - 1, "3.0.3"),
        ({"type": "object", "required": ["a"], "properties": {"a": {"writeOnly": True}}}, {}, "3.0.3"),
        ({"$ref": "#/components/schemas/Text", "maxLength": 1}, "long", "3.0.3"),
        ({"type": ["string", "null"]}, None, "3.1.0"),
        ({"type": "string", "x-nullable": True}, None, "2.0"),
        ({"type": "string", "format": "uri"}, "https://example.com/a?b=c#d", "3.0.3"),
        ({"type": "string", "format": "time"}, "02:59:37Z", "3.0.3"),
        ({"type": "array", "items": None}, [1], "3.1.0"),
        ({"discriminator": {"propertyName": "kind"}, "oneOf": [{"type": "object"}]}, {}, "3.0.3"),
    ],
)
def test_what_is_valid_passes(schema: Any, value: Any, version: str) -> None:
    assert _complaints(schema, value, version, Text={"type": "string"}) == []


@pytest.mark.parametrize(
    ("schema", "value", "version"),
    [
        ({"type": "string"}, None, "3.0.3"),
        ({"type": "string", "nullable": True, "enum": ["a"]}, None, "3.0.3"),
        ({"nullable": True, "allOf": [{"type": "string"}]}, None, "3.0.3"),
        ({"type": "string", "nullable": True}, None, "3.1.0"),
        ({"type": "string", "nullable": True}, None, "2.0"),
        ({"type": "string", "x-nullable": True}, None, "3.0.3"),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": True}, 1, "3.0.3"),
        ({"type": "number", "exclusiveMinimum": 1}, 1, "3.1.0"),
        ({"type": "integer", "format": "int32"}, 2**31, "3.0.3"),
        ({"type": "integer", "format": "int64"}, -(2**63) - 1, "3.0.3"),
        ({"type": "string", "format": "date-time"}, "2024-02-30T00:00:00Z", "3.0.3"),
        ({"type": "string", "format": "uri"}, "/only/a/path", "3.0.3"),
        ({"type": "string", "format": "time"}, "02:59:37", "3.0.3"),
        ({"type": "string", "format": "uuid"}, "text", "3.0.3"),
        ({"$ref": "#/components/schemas/Text", "maxLength": 1}, "long", "3.1.0"),
        ({"properties": {"a": {"$ref": "#/components/schemas/Text"}}}, {"a": 1}, "3.0.3"),
        ({"oneOf": [{"type": "object"}, {"properties": {"a": {}}}]}, {"a": 1}, "3.0.3"),
    ],
)
def test_what_is_invalid_is_refused(schema: Any, value: Any, version: str) -> None:
    assert _complaints(schema, value, version, Text={"type": "string"})


def test_recursion_ends() -> None:
    tree = {"type": "object", "properties": {"left": {"$ref": "#/components/schemas/Tree"}}}
    schema = {"$ref": "#/components/schemas/Tree"}
    assert _complaints(schema, {"left": {"left": {}}}, Tree=tree) == []
    assert _complaints(schema, {"left": {"left": 1}}, Tree=tree)


def test_a_request_sends_nothing_read_only() -> None:
    schema = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "integer", "readOnly": True}},
    }
    assert _complaints(schema, {}, direction="request") == []
    assert _complaints(schema, {"id": 1}, direction="request")
    assert _complaints(schema, {}, direction="response")
