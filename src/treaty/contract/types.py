"""Which JSON types a schema allows: what a text has to be read as."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from treaty.contract.lowering import Direction
from treaty.contract.schemas import SchemaAt, Schemas
from treaty.findings import Json

MAX_DEPTH = 32
# By their base and identity: schemas may lead to each other, each to all.
Known: TypeAlias = dict[tuple[str, int], frozenset[str]]


def types_of(schemas: Schemas, at: SchemaAt, direction: Direction) -> frozenset[str]:
    """The JSON types a value can have by its schema; empty when the schema says nothing of them."""
    return _types(schemas, at, direction, 0, {})


def _types(schemas: Schemas, at: SchemaAt, direction: Direction, depth: int, known: Known) -> frozenset[str]:
    """The same; `known` are those of the schemas that were met before."""
    schema = at.schema
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return frozenset()
    key = at.base, id(schema)
    if key in known:
        return known[key]
    known[key] = frozenset()  # one that leads back here says nothing more
    found = frozenset(_said(schema))
    for each in _all_of(schemas, at, schema, direction):
        found = _both(found, _types(schemas, each, direction, depth + 1, known))
    for name in ("anyOf", "oneOf"):
        branches = [
            _types(schemas, SchemaAt(at.base, each), direction, depth + 1, known)
            for each in schema.get(name, ())
        ]
        if branches and all(branches):
            found = _both(found, frozenset().union(*branches))
    known[key] = found
    return found


def json_type(value: Json) -> str:
    """The JSON Schema type of a value; `integer` for whole numbers."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """What both allow; an integer is a number. Where one says nothing the other counts."""
    if not one or not other:
        return one or other
    shared = one & other
    if "number" in one | other and "integer" in one | other:
        shared |= {"integer"} & (one | other)
    return shared or one


def _all_of(
    schemas: Schemas, at: SchemaAt, schema: dict[str, Json], direction: Direction
) -> Iterator[SchemaAt]:
    reference = schema.get("$ref")
    if isinstance(reference, str):
        try:
            yield schemas.resolve(at.base, reference, direction)
        except LookupError:
            return
    for each in schema.get("allOf", ()):
        yield SchemaAt(at.base, each)


def _said(schema: dict[str, Json]) -> Iterator[str]:
    if "type" in schema:
        yield from [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    elif "enum" in schema or "const" in schema:
        for value in schema.get("enum", [schema.get("const")]):
            yield json_type(value)
