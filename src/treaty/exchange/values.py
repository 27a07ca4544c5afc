"""Values: texts become what the schema says they are.

A query knows only texts. `"1"` is the integer 1 where the schema says integer, and stays
a text where it says string.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from treaty.contract.lowering import Direction
from treaty.contract.schemas import SchemaAt, Schemas
from treaty.contract.types import types_of
from treaty.exchange.styles import Kind
from treaty.findings import Json

_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
# Python refuses to read longer integers; as no schema's bounds reach there it stays a text.
_MAX_DIGITS = 4000
_MAX_DEPTH = 32


@dataclass(slots=True)
class Shape:
    """What is needed of a schema to read texts: types, properties, items.

    Worked out once, its deeper parts when they are used.
    """

    schemas: Schemas
    at: SchemaAt
    direction: Direction = "request"
    types: frozenset[str] = frozenset()
    properties: dict[str, SchemaAt] = field(default_factory=dict)
    item: SchemaAt | None = None
    other: SchemaAt | None = None  # of additional properties
    default: Json = None
    has_default: bool = False
    _below: dict[str, Shape] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.types = types_of(self.schemas, self.at, self.direction)
        for each in _parts(self.schemas, self.at, self.direction, 0):
            schema = each.schema
            if not isinstance(schema, dict):
                continue
            for name, property_schema in schema.get("properties", {}).items():
                self.properties.setdefault(name, SchemaAt(each.base, property_schema))
            if "items" in schema and self.item is None:
                self.item = SchemaAt(each.base, schema["items"])
            if isinstance(schema.get("additionalProperties"), dict) and self.other is None:
                self.other = SchemaAt(each.base, schema["additionalProperties"])
            if "default" in schema and not self.has_default:
                self.default, self.has_default = schema["default"], True

    @property
    def kind(self) -> Kind:
        """How a style has to read it; a type said first counts where there are several."""
        if "array" in self.types and "string" not in self.types:
            return "array"
        if "object" in self.types and "string" not in self.types:
            return "object"
        if not self.types and self.properties:
            return "object"
        return "array" if not self.types and self.item is not None else "primitive"

    def candidates(self, value: Json) -> Iterator[Json]:
        """The readings of a styled value, the likeliest first; the validator decides between them."""
        first = self.read(value, texts_first=True)
        yield first
        second = self.read(value, texts_first=False)
        if second != first or type(second) is not type(first):
            yield second
        if self.may_repeat and isinstance(value, str):
            yield self.read([value], texts_first=False)

    @property
    def may_repeat(self) -> bool:
        """Is it read as one value, and might as well be a list of them?"""
        return "array" in self.types and self.kind == "primitive"

    def read(self, value: Json, *, texts_first: bool) -> Json:
        """The value with its texts read; where both a text and another type are allowed, as asked."""
        if isinstance(value, str):
            return self.read_text(value, texts_first=texts_first)
        if isinstance(value, list):
            below = self._at("items", self.item)
            return [below.read(each, texts_first=texts_first) for each in value] if below else value
        return {name: self._read_property(name, each, texts_first) for name, each in value.items()}

    def read_text(self, text: str, *, texts_first: bool) -> Json:
        types = self.types
        if "string" in types and (texts_first or len(types) == 1):
            return text
        if "array" in types and self.kind == "array":
            below = self._at("items", self.item)
            return [below.read_text(text, texts_first=texts_first) if below else text]
        if ("integer" in types or "number" in types) and len(text) < _MAX_DIGITS:
            if _INTEGER.fullmatch(text):
                return int(text)
            if _NUMBER.fullmatch(text) and math.isfinite(number := float(text)):
                return number
        if "boolean" in types and text in ("true", "false"):
            return text == "true"
        if "null" in types and text in ("null", ""):
            return None
        return text

    def _read_property(self, name: str, value: Json, texts_first: bool) -> Json:
        below = self._at("." + name, self.properties.get(name) or self.other)
        if below is None:
            return value
        if below.kind == "array" and isinstance(value, str):
            value = [value]
        return below.read(value, texts_first=texts_first)

    def _at(self, key: str, at: SchemaAt | None) -> Shape | None:
        if at is None:
            return None
        if key not in self._below:
            self._below[key] = Shape(self.schemas, at, self.direction)
        return self._below[key]


def _parts(schemas: Schemas, at: SchemaAt, direction: Direction, depth: int) -> Iterator[SchemaAt]:
    """The schema and those it is made of, through references and compositions."""
    yield at
    schema = at.schema
    if not isinstance(schema, dict) or depth > _MAX_DEPTH:
        return
    if isinstance(schema.get("$ref"), str):
        try:
            target = schemas.resolve(at.base, schema["$ref"], direction)
        except LookupError:
            return
        yield from _parts(schemas, target, direction, depth + 1)
    for name in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(name, ()):
            yield from _parts(schemas, SchemaAt(at.base, each), direction, depth + 1)
