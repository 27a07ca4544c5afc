"""The schemas of a contract: lowered on first use, validators compiled on first use, both kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin

import jsonschema_rs

from treaty.contract.lowering import (
    Direction,
    Lowered,
    Schema,
    definition_reference,
    depends_on_direction,
    lower,
)
from treaty.contract.validator import Validator
from treaty.document.document import Document
from treaty.document.library import split_reference, value_at
from treaty.findings import Json, path_of

# A pattern that backtracks further than this is given up: the value is refused, the server goes on.
PATTERN_OPTIONS = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)
MAX_REFERENCE_CHAIN = 32
# From so many schemas on, one compiled form is shared: Stripe's 1,799 take 26 MB together, 1.5 GB apart.
FAR = 150


@dataclass(frozen=True, slots=True)
class SchemaAt:
    """A lowered schema and the absolute URI of the resource it stands in, which its references start from."""

    base: str
    schema: Schema


@dataclass(slots=True)
class Schemas:
    """Lowered schemas and their validators, by direction and by JSON Pointer in the document."""

    document: Document
    lowered: dict[Direction, Lowered] = field(default_factory=dict)
    registries: dict[Direction, jsonschema_rs.Registry] = field(default_factory=dict)
    validators: dict[tuple[Direction, str], Validator] = field(default_factory=dict)
    together: dict[Direction, jsonschema_rs.Validator] = field(default_factory=dict)
    reaches: dict[str, frozenset[str]] = field(default_factory=dict)

    def validator(self, pointer: str, direction: Direction) -> Validator:
        """The validator of the root schema at a pointer of the document."""
        key = (direction, pointer)
        found = self.validators.get(key)
        if found is None:
            found = self.validators[key] = self._validator(pointer, direction)
        return found

    def _validator(self, pointer: str, direction: Direction) -> Validator:
        lowered = self.lower(direction)
        if self.is_far_reaching(pointer, lowered):
            if direction not in self.together:
                far = [each for each in lowered.resource["$defs"] if self.is_far_reaching(each, lowered)]
                members = {each: _reference(lowered, each) for each in far}
                self.together[direction] = self.compile(
                    SchemaAt(lowered.uri, {"properties": members}), direction
                ).compiled
            return Validator(self.together[direction], pointer)
        return self.compile(SchemaAt(lowered.uri, _reference(lowered, pointer)), direction)

    def is_far_reaching(self, pointer: str, lowered: Lowered) -> bool:
        """Does a schema lead to so many others that it should share their compiled form?"""
        seen: set[str] = {pointer}
        pending = [pointer]
        while pending and len(seen) <= FAR:
            near = pending.pop()
            if near not in self.reaches:
                self.reaches[near] = frozenset(_referred_to(lowered.resource["$defs"][near], lowered.uri))
            new = self.reaches[near] - seen
            seen |= new
            pending.extend(new)
        return len(seen) > FAR

    def compile(self, at: SchemaAt, direction: Direction) -> Validator:
        """A validator of any schema whose references start from `at.base`."""
        self.lower(direction)
        compiled = jsonschema_rs.Draft202012Validator(
            at.schema,
            registry=self.registries[direction],
            base_uri=at.base + "?",  # beside the resource, never in its place
            validate_formats=True,
            pattern_options=PATTERN_OPTIONS,
            offline=True,
        )
        return Validator(compiled)

    def at(self, pointer: str, direction: Direction) -> SchemaAt:
        """The lowered root schema at a pointer of the document."""
        lowered = self.lower(direction)
        return SchemaAt(lowered.uri, lowered.resource["$defs"][pointer])

    def resolve(self, base: str, reference: str, direction: Direction) -> SchemaAt:
        """What a reference of a lowered schema leads to. Raises `LookupError` when there is nothing."""
        lowered = self.lower(direction)
        uri, fragment = split_reference(base, reference)
        if uri == lowered.uri and fragment.startswith("/$defs/"):
            return SchemaAt(lowered.uri, value_at(lowered.resource, fragment))
        for start, node in _resources(lowered):
            if start == uri:
                return SchemaAt(uri, node if not fragment else _named(node, fragment))
        raise LookupError(reference)

    def types(self, at: SchemaAt, direction: Direction) -> frozenset[str]:
        """The JSON types a value can have by its schema, empty when it says nothing of them."""
        return _Types(self, direction).of(at, 0)

    def lower(self, direction: Direction) -> Lowered:
        """The lowered schemas of one direction; both are the same where no schema depends on it."""
        if direction not in self.lowered:
            document = self.document
            shared = not depends_on_direction(document.survey)
            lowered = lower(document.data, document.survey, document.version, direction)
            registry = jsonschema_rs.Registry([(lowered.uri, lowered.resource)])
            both: tuple[Direction, Direction] = ("request", "response")
            for each in both if shared else (direction,):
                self.lowered[each], self.registries[each] = lowered, registry
        return self.lowered[direction]


def _reference(lowered: Lowered, pointer: str) -> dict[str, Json]:
    return {"$ref": definition_reference(lowered.uri, pointer)}


def _referred_to(schema: Json, uri: str) -> Iterator[str]:
    """The pointers of the root schemas that a lowered schema has references to."""
    prefix = f"{uri}#/$defs/"
    pending = [schema]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str) and reference.startswith(prefix):
                yield path_of("/" + unquote(reference[len(prefix) :]))[0]
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)


def _resources(lowered: Lowered) -> Iterator[tuple[str, Json]]:
    """The resource itself and the schema resources embedded in it, by their absolute URIs."""
    pending: list[tuple[str, Json]] = [(lowered.uri, lowered.resource)]
    yield lowered.uri, lowered.resource
    while pending:
        base, node = pending.pop()
        if isinstance(node, dict):
            if isinstance(node.get("$id"), str) and node is not lowered.resource:
                base = urljoin(base, node["$id"]).rstrip("#")
                yield base, node
            pending.extend((base, each) for each in node.values())
        elif isinstance(node, list):
            pending.extend((base, each) for each in node)


def _named(resource: Json, fragment: str) -> Json:
    """A pointer or an anchor within a schema resource."""
    if fragment.startswith("/"):
        return value_at(resource, unquote(fragment))
    pending = [resource]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if fragment in (node.get("$anchor"), node.get("$dynamicAnchor")):
                return node
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)
    raise LookupError(fragment)


@dataclass(frozen=True, slots=True)
class _Types:
    schemas: Schemas
    direction: Direction

    def of(self, at: SchemaAt, depth: int) -> frozenset[str]:
        schema = at.schema
        if not isinstance(schema, dict) or depth > MAX_REFERENCE_CHAIN:
            return frozenset()
        found = frozenset(_types_said(schema))
        for each in self.conjunction(at, schema):
            inner = self.of(each, depth + 1)
            found = (found & inner or inner) if found and inner else found or inner
        for name in ("anyOf", "oneOf"):
            branches = [self.of(SchemaAt(at.base, each), depth + 1) for each in schema.get(name, ())]
            union: frozenset[str] = frozenset().union(*branches) if all(branches) else frozenset()
            found = (found & union or found) if found and union else found or union
        return found

    def conjunction(self, at: SchemaAt, schema: dict[str, Json]) -> Iterator[SchemaAt]:
        reference = schema.get("$ref")
        if isinstance(reference, str):
            try:
                yield self.schemas.resolve(at.base, reference, self.direction)
            except LookupError:
                return
        for each in schema.get("allOf", ()):
            yield SchemaAt(at.base, each)


def _types_said(schema: dict[str, Json]) -> Iterator[str]:
    if "type" in schema:
        yield from [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    elif "const" in schema or "enum" in schema:
        for value in schema["enum"] if "enum" in schema else [schema["const"]]:
            yield json_type(value)


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
    return {str: "string", list: "array", dict: "object"}[type(value)]
