"""The opposite of a schema, as the ways in which a value can fail it.

`not` and the `else` of an `if` are built towards, not only hoped for. Each way negates
one keyword; the last promises nothing and leaves the answer to the dice and the validator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from treaty.contract.schemas import SchemaAt
from treaty.findings import Json
from treaty.mocking.generate.memory import Memory, within
from treaty.mocking.generate.model import EXCLUDED, FRACTION, Derived

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ALL_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
Way: TypeAlias = dict[str, Json]


def negations(at: SchemaAt, memory: Memory, depth: int = 0) -> list[list[SchemaAt]]:
    """The ways for a value not to satisfy a schema, each a list of schemas that apply together."""
    schema = at.schema
    if not isinstance(schema, dict):
        return [] if schema else [[]]
    if not schema:
        return []
    if schema.get("not") is not None:
        return [[within(at, schema["not"])], *_own(at, schema, memory, depth), []]
    return [*_own(at, schema, memory, depth), []]


def _own(at: SchemaAt, schema: dict[str, Json], memory: Memory, depth: int) -> Iterator[list[SchemaAt]]:
    if isinstance(schema.get("$ref"), str) and depth < 8:
        yield from negations(memory.target(at.base, schema["$ref"]), memory, depth + 1)[:-1]
    for keyword, value in schema.items():
        if keyword in OPPOSITES:
            for way in OPPOSITES[keyword](value):
                yield [Derived(at.base, way)]
        elif keyword == "allOf":
            for branch in value:
                yield [Derived(at.base, {"not": branch})]
        elif keyword in ("anyOf", "oneOf"):
            yield [Derived(at.base, {"not": branch}) for branch in value]


def _types(value: Json) -> Iterator[Way]:
    named = {value} if isinstance(value, str) else set(value)
    if "number" in named:
        named.add("integer")
    left = [name for name in ALL_TYPES if name not in named]
    # "number" includes the integers everywhere else, so that they are excluded has to be said.
    fraction = {FRACTION: True} if "number" in left and "integer" not in left else {}
    yield {"type": left, **fraction}


def _required(names: Json) -> Iterator[Way]:
    for name in names:
        yield {"type": "object", "properties": {name: False}}


def _properties(properties: Json) -> Iterator[Way]:
    for name, schema in properties.items():
        if schema is not True and schema != {}:
            yield {"type": "object", "required": [name], "properties": {name: {"not": schema}}}


def _dependent(rules: Json) -> Iterator[Way]:
    for name, others in rules.items():
        for other in others:
            yield {"type": "object", "required": [name], "properties": {other: False}}


def _additional(schema: Json) -> Way:
    return {"type": "object", "required": ["extra"], "properties": {"extra": {"not": schema}}}


def _prefix(schemas: Json) -> Iterator[Way]:
    for index, schema in enumerate(schemas):
        others: list[Json] = [True] * index
        yield {"type": "array", "minItems": index + 1, "prefixItems": [*others, {"not": schema}]}


def _below(kind: str, keyword: str) -> Callable[[Json], Iterator[Way]]:
    def way(value: Json) -> Iterator[Way]:
        if value > 0:
            yield {"type": kind, keyword: int(value) - 1}

    return way


def _one(make: Callable[[Json], Way]) -> Callable[[Json], Iterator[Way]]:
    def way(value: Json) -> Iterator[Way]:
        yield make(value)

    return way


OPPOSITES: dict[str, Callable[[Json], Iterator[Way]]] = {
    "type": _types,
    "const": _one(lambda value: {EXCLUDED: [value]}),
    "enum": _one(lambda values: {EXCLUDED: values}),
    "minimum": _one(lambda value: {"type": "number", "exclusiveMaximum": value}),
    "maximum": _one(lambda value: {"type": "number", "exclusiveMinimum": value}),
    "exclusiveMinimum": _one(lambda value: {"type": "number", "maximum": value}),
    "exclusiveMaximum": _one(lambda value: {"type": "number", "minimum": value}),
    "multipleOf": _one(lambda _: {"type": "number"}),
    "minLength": _below("string", "maxLength"),
    "maxLength": _one(lambda value: {"type": "string", "minLength": int(value) + 1}),
    "pattern": _one(lambda _: {"type": "string"}),
    "format": _one(lambda _: {"type": "string"}),
    "required": _required,
    "properties": _properties,
    "minProperties": _below("object", "maxProperties"),
    "maxProperties": _one(lambda value: {"type": "object", "minProperties": int(value) + 1}),
    "dependentRequired": _dependent,
    "additionalProperties": _one(_additional),
    "unevaluatedProperties": _one(_additional),
    "prefixItems": _prefix,
    "items": _one(lambda schema: {"type": "array", "contains": {"not": schema}}),
    "contains": _one(lambda schema: {"type": "array", "items": {"not": schema}}),
    "minItems": _below("array", "maxItems"),
    "maxItems": _one(lambda value: {"type": "array", "minItems": int(value) + 1}),
}
