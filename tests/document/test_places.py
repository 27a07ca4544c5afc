from __future__ import annotations

from typing import Any

from treaty.document.places import MAX_PLACES, schemas_with_base, subschemas, wrong_references

SCHEMA: dict[str, Any] = {
    "allOf": [{"a": 1}, True],
    "properties": {"b/c": {"$id": "x", "items": {}}, "d": False},
    "not": {"n": 1},
    "enum": [{"items": {}}],
    "example": {"items": {}},
}


def test_the_schemas_directly_inside_one() -> None:
    assert dict(subschemas(SCHEMA)) == {
        "/allOf/0": {"a": 1},
        "/allOf/1": True,
        "/properties/b~1c": {"$id": "x", "items": {}},
        "/properties/d": False,
        "/not": {"n": 1},
    }


def test_every_schema_with_what_its_references_start_from() -> None:
    found = {pointer: base for pointer, _, base in schemas_with_base("/s", SCHEMA, "https://h/a")}
    assert found == {
        "/s": "https://h/a",
        "/s/allOf/0": "https://h/a",
        "/s/properties/b~1c": "https://h/x",
        "/s/properties/b~1c/items": "https://h/x",
        "/s/not": "https://h/a",
    }


def test_looking_stops_when_there_is_enough() -> None:
    roots = {f"/{n}": {"$ref": "#/x"} for n in range(MAX_PLACES * 2)}
    assert len(list(wrong_references(roots, "b", {("b", "#/x")}))) == MAX_PLACES
