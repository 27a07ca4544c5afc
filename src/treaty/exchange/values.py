"""Values: texts become what the schema says they are.

A query knows only texts. `"1"` is the integer 1 where the schema says integer, and stays
a text where it says string.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal

from treaty.contract.lowering import Direction
from treaty.contract.schemas import SchemaAt, Schemas
from treaty.contract.types import types_of
from treaty.contract.validator import Validator
from treaty.exchange.styles import Kind
from treaty.findings import Json

# As JSON writes them (RFC 8259, section 6): digits of other scripts are none, though Python reads them.
_INTEGER = re.compile(r"-?[1-9]\d*|-?0", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
# Of an integer (RFC 8259, section 6, leaves it to the reader): to judge one costs the square of its digits.
# As a text it stays one when it is longer, where no schema's bounds reach.
MAX_DIGITS = 1000
_MAX_DEPTH = 32
_MAX_BRANCHES = 16
_MAX_INDEX_DIGITS = 9
# How a list in a list is written (OpenAPI 2.0, Items Object).
_DELIMITERS = {"csv": ",", "ssv": " ", "tsv": "\t", "pipes": "|"}
_SCALARS = frozenset({"integer", "number", "boolean", "null"})
# The kinds in which a value is written, each with the types that are.
_TYPES_OF: dict[Kind, frozenset[str]] = {
    "primitive": frozenset({"string", "integer", "number", "boolean"}),
    "array": frozenset({"array"}),
    "object": frozenset({"object"}),
}


# How texts are read that may be one thing or another: all as texts, all as other values, or each
# as the first of both that its own schema takes.
Reading = Literal["texts", "values", "judged"]


@dataclass(slots=True)
class Shape:
    """What is needed of a schema to read texts: types, properties, items.

    Worked out once, its deeper parts when they are used. With `branch`, of every anyOf
    and oneOf only the branch of that index counts, or the last; with `only`, of the types
    those that are written so.
    """

    schemas: Schemas
    at: SchemaAt
    direction: Direction = "request"
    branch: int | None = None
    only: Kind | None = None
    types: frozenset[str] = frozenset()
    properties: dict[str, SchemaAt] = field(default_factory=dict)
    item: SchemaAt | None = None
    first_items: tuple[SchemaAt, ...] = ()  # each with a schema of its own
    other: SchemaAt | None = None  # of additional properties
    is_open: bool = False  # additional properties are spoken of, and allowed
    is_closed: bool = False  # none are allowed
    branches: int = 0
    default: Json = None
    has_default: bool = False
    collection_format: str = ""
    _below: dict[str, Shape] = field(default_factory=dict)
    _validator: Validator | None = None

    def __post_init__(self) -> None:
        self.types = types_of(self.schemas, self.at, self.direction)
        if self.only is not None:
            self.types &= _TYPES_OF[self.only] | {"null"}
        for each in _parts(self.schemas, self.at, self.direction, self.branch, 0, set()):
            schema = each.schema
            if isinstance(schema, dict):
                self._add(each.base, schema)
        self.is_open = self.is_open and not self.is_closed

    def _add(self, base: str, schema: dict[str, Json]) -> None:
        for name, property_schema in schema.get("properties", {}).items():
            self.properties.setdefault(name, SchemaAt(base, property_schema))
        if "items" in schema and self.item is None:
            self.item = SchemaAt(base, schema["items"])
        if "prefixItems" in schema and not self.first_items:
            self.first_items = tuple(SchemaAt(base, each) for each in schema["prefixItems"])
        additional = schema.get("additionalProperties")
        if isinstance(additional, dict) and self.other is None:
            self.other = SchemaAt(base, additional)
        self.is_closed = self.is_closed or additional is False
        self.is_open = self.is_open or bool(additional) or additional == {} or "patternProperties" in schema
        self.branches = max(self.branches, *(len(schema.get(name, ())) for name in ("anyOf", "oneOf")))
        self.collection_format = self.collection_format or schema.get("collectionFormat", "")
        if "default" in schema and not self.has_default:
            self.default, self.has_default = schema["default"], True

    @property
    def kind(self) -> Kind:
        """How a style has to read it; a type said first counts where there are several."""
        if "array" in self.types and "string" not in self.types:
            return "array"
        if "object" in self.types and "string" not in self.types:
            return "object"
        if not self.types and (self.properties or self.is_open):
            return "object"
        return "array" if not self.types and (self.item is not None or self.first_items) else "primitive"

    @property
    def others(self) -> tuple[Shape, ...]:
        """The shapes of the further kinds of value that the types allow, each as if it were the only one."""
        return tuple(
            Shape(self.schemas, self.at, self.direction, only=kind)
            for kind, types in _TYPES_OF.items()
            if kind != self.kind and types & self.types
        )

    def candidates(self, value: Json) -> Iterator[Json]:
        """The readings of a styled value, the likeliest first; the validator decides between them."""
        first = self.read(value, "texts")
        yield first
        second = self.read(value, "values")
        if second != first or type(second) is not type(first):
            yield second
        if self.may_repeat and isinstance(value, str):
            yield self.read([value], "values")
        if not isinstance(value, str):
            yield from self._further(value)
        if "null" in self.types and value in ([], {}, [""]):
            yield None

    def _further(self, value: Json) -> Iterator[Json]:
        """Where parts of a list or object are of different types, or it is one of several branches."""
        yield self.read(value, "judged")
        for index in range(min(self.branches, _MAX_BRANCHES) if self.branch is None else 0):
            key = f"?{index}"
            if key not in self._below:
                self._below[key] = Shape(self.schemas, self.at, self.direction, index)
            yield self._below[key].read(value, "texts")
            yield self._below[key].read(value, "values")

    @property
    def may_repeat(self) -> bool:
        """Is it read as one value, and might as well be a list of them?"""
        return "array" in self.types and self.kind == "primitive"

    @property
    def is_many(self) -> bool:
        """Is it read as one value, and a list where it is sent again? What has no type may be one, too."""
        return self.may_repeat or (not self.types and self.kind == "primitive")

    def read(self, value: Json, reading: Reading) -> Json:
        """The value with its texts read.

        Where both a text and another type are allowed, as asked.
        """
        if isinstance(value, str):
            return self.read_text(value, reading)
        if isinstance(value, list):
            return [self._read_item(index, each, reading) for index, each in enumerate(value)]
        if _is_listed(value) and self._takes_lists(reading):
            return self.read(_list_of(value), reading)
        return {name: self._read_property(name, each, reading) for name, each in value.items()}

    def read_text(self, text: str, reading: Reading) -> Json:
        """The value that a text stands for; the text itself when it stands for none of the types."""
        types = self.types
        if reading == "judged" and len(types) != 1:
            options = [self.read_text(text, "texts"), self.read_text(text, "values")]
            if self._may_hold_text:
                options += [_scalar(text, types), [self._read_item(0, text, reading)]]
            return next((each for each in options if self.accepts(each)), text)
        if "string" in types and (reading == "texts" or len(types) == 1):
            return text
        if self.kind == "array" and self._may_hold_text:
            return [self._read_item(0, text, reading)]
        return _scalar(text, types or (_SCALARS if reading == "values" else types))

    @property
    def _may_hold_text(self) -> bool:
        """May a text be the only item of a list? Of a list of lists without end it is no item at all."""
        below: Shape | None = self
        for _ in range(_MAX_DEPTH):
            if below is None or "array" not in below.types:
                return below is not self
            below = below._item_at(0)
        return False

    def _takes_lists(self, reading: Reading) -> bool:
        if "array" in self.types:
            return "object" not in self.types or reading == "values"
        return not self.types and not self.properties

    def accepts(self, value: Json) -> bool:
        """Is the value valid by this schema alone?"""
        if self._validator is None:
            self._validator = self.schemas.compile(self.at, self.direction)
        return self._validator.accepts(value)

    def _read_item(self, index: int, value: Json, reading: Reading) -> Json:
        below = self._item_at(index)
        if below is None:
            return _unknown(value, reading)
        if isinstance(value, str) and below.kind == "array" and below._may_hold_text:
            said = below.collection_format or ("csv" if self.collection_format else "")
            value = value.split(_DELIMITERS[said]) if said in _DELIMITERS else value
        return below.read(value, reading)

    def _item_at(self, index: int) -> Shape | None:
        own = index < len(self.first_items)
        return self._at(f"{index}" if own else "items", self.first_items[index] if own else self.item)

    def _read_property(self, name: str, value: Json, reading: Reading) -> Json:
        own = name in self.properties
        # Names that are not declared are the client's to choose: they share one shape.
        below = self._at("." + name if own else "other", self.properties[name] if own else self.other)
        if below is None:
            return _unknown(value, reading)
        if below.kind == "array" and isinstance(value, str):
            value = [value]
        return below.read(value, reading)

    def _at(self, key: str, at: SchemaAt | None) -> Shape | None:
        if at is None:
            return None
        if key not in self._below:
            self._below[key] = Shape(self.schemas, at, self.direction)
        return self._below[key]


def _scalar(text: str, types: Collection[str]) -> Json:
    if ("integer" in types or "number" in types) and len(text) <= MAX_DIGITS:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text) and math.isfinite(number := float(text)):
            # `1.0` is an integer (JSON Schema 2020-12 Core, section 4.2.3), and whoever wants one gets one.
            return int(number) if "number" not in types and number.is_integer() else number
    if "boolean" in types and text in ("true", "false"):
        return text == "true"
    if "null" in types and text in ("null", ""):
        return None
    return text


def _unknown(value: Json, reading: Reading) -> Json:
    """A part that no schema speaks of where it stands, though a `const` around it may."""
    if isinstance(value, dict):
        value = _list_of(value) if set(value) == {""} else value
    return _scalar(value, _SCALARS) if reading == "values" and isinstance(value, str) else value


def _is_listed(value: dict[str, Json]) -> bool:
    """Might the object be a list: `a[0]=1`, `a[]=1`?"""
    return set(value) == {""} or _are_indexes(value)


def _list_of(value: dict[str, Json]) -> Json:
    if "" not in value:
        return [value[key] for key in sorted(value, key=int)]
    return value[""] if isinstance(value[""], list) else [value[""]]


def _are_indexes(value: dict[str, Json]) -> bool:
    return bool(value) and all(
        key.isascii() and key.isdigit() and len(key) <= _MAX_INDEX_DIGITS for key in value
    )


def _parts(
    schemas: Schemas,
    at: SchemaAt,
    direction: Direction,
    branch: int | None,
    depth: int,
    seen: set[tuple[str, int]],
) -> Iterator[SchemaAt]:
    """The schema and those it is made of, through references and compositions, each once."""
    schema = at.schema
    if not isinstance(schema, dict) or depth > _MAX_DEPTH or (at.base, id(schema)) in seen:
        return
    seen.add((at.base, id(schema)))
    yield at
    if isinstance(schema.get("$ref"), str):
        try:
            target = schemas.resolve(at.base, schema["$ref"], direction)
        except LookupError:
            return
        yield from _parts(schemas, target, direction, branch, depth + 1, seen)
    for each in schema.get("allOf", ()):
        yield from _parts(schemas, SchemaAt(at.base, each), direction, branch, depth + 1, seen)
    for name in ("anyOf", "oneOf"):
        branches = schema.get(name, ())
        for each in branches if branch is None else branches[: branch + 1][-1:]:
            yield from _parts(schemas, SchemaAt(at.base, each), direction, branch, depth + 1, seen)
