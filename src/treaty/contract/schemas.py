"""The schemas of a contract: lowered and compiled on first use, and kept.

A schema is compiled with those it leads to, and no others. Where it leads to very many,
all such schemas are compiled once, together: 1,799 of them in 0.1 s and 26 MB, where
each with a copy of all the others would take 7 s and 1.5 GB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from urllib.parse import unquote

import jsonschema_rs

from treaty.contract.discriminator import Choice, choose
from treaty.contract.formats import JUDGED, judged_in
from treaty.contract.keywords import KEYWORDS
from treaty.contract.lowering import (
    Direction,
    Lowering,
    Schema,
    definition_reference,
    written_pointer,
)
from treaty.contract.validator import Validator
from treaty.document.dialects import Dialect
from treaty.document.document import Document
from treaty.document.library import join_reference, split_reference, value_at
from treaty.findings import Json, path_of

# A pattern that backtracks further than this is given up: the value is refused, the server goes on.
PATTERN_OPTIONS = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000)
DIALECT = "https://json-schema.org/draft/2020-12/schema"
# A schema that leads to more others than this shares its compiled form with those that do too.
FAR = 150


@dataclass(frozen=True, slots=True)
class SchemaAt:
    """A lowered schema and the absolute URI of the resource it stands in, which its references start from."""

    base: str
    schema: Schema


class Schemas:
    """Lowered schemas and their validators, by direction and by JSON Pointer in the document."""

    def __init__(self, document: Document) -> None:
        self.base = document.survey.base
        self.version = document.version
        self._survey = document.survey
        directions: tuple[Direction, Direction] = ("request", "response")
        self._directed = {
            each: _Directed(Lowering(document.data, document.survey, document.version, each))
            for each in directions
        }

    def validator(self, pointer: str, direction: Direction) -> Validator:
        """The validator of the root schema at a pointer of the document."""
        return self._directed[direction].validator(pointer)

    def compile(self, at: SchemaAt, direction: Direction) -> Validator:
        """A validator of any lowered schema."""
        directed = self._directed[direction]
        return Validator(directed.compile(at), choose=directed.choose, written=directed.written)

    def root_of(self, reference: str) -> str | None:
        """The pointer of the root schema that a lowered reference leads to; None where to another."""
        uri, fragment = split_reference(self.base, reference)
        path = path_of(fragment) if uri == self.base and fragment.startswith("/$defs/") else ()
        return path[1] if len(path) == 2 and path[1] in self._survey.schemas else None

    def is_near(self, at: SchemaAt, direction: Direction) -> bool:
        """Does a lowered schema lead to few others, so that compiling it on its own costs little?"""
        return self._directed[direction].near(_referred_to(at.schema, self.base)) is not None

    def lower(
        self, schema: Json, base: str, direction: Direction, dialect: Dialect | None = None
    ) -> SchemaAt:
        """Any Schema Object of the document, lowered; by the dialect of its version, or another."""
        lowering = self._directed[direction].lowering
        return SchemaAt(base, lowering.schema(schema, base, KEYWORDS[dialect or lowering.version.dialect]))

    def at(self, pointer: str, direction: Direction) -> SchemaAt:
        """The lowered root schema at a pointer of the document."""
        return SchemaAt(self.base, self._directed[direction].lowering.definition(pointer))

    def resolve(self, base: str, reference: str, direction: Direction) -> SchemaAt:
        """What a reference of a lowered schema leads to. Raises `LookupError` when there is nothing."""
        lowering = self._directed[direction].lowering
        uri, fragment = split_reference(base, reference)
        if uri == self.base and fragment.startswith("/$defs/"):
            root, *below = path_of(fragment)[1:]
            return SchemaAt(uri, _below(lowering.definition(root), below))
        for start, node in _embedded(self.base, (lowering.definition(each) for each in self._survey.schemas)):
            if start == uri and (not fragment or fragment.startswith("/")):
                return SchemaAt(uri, value_at(node, fragment))
            if (
                isinstance(node, dict)
                and uri == start
                and fragment in (node.get("$anchor"), node.get("$dynamicAnchor"))
            ):
                return SchemaAt(uri, node)
        raise LookupError(reference)


@dataclass(slots=True)
class _Directed:
    """The schemas of one direction."""

    lowering: Lowering
    validators: dict[str, Validator] = field(default_factory=dict)
    reaches: dict[str, tuple[str, ...]] = field(default_factory=dict)
    formats: dict[str, frozenset[str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)  # by the location of a keyword that refused a value
    everything: jsonschema_rs.Registry | None = None
    together: jsonschema_rs.Validator | None = None

    def validator(self, pointer: str) -> Validator:
        found = self.validators.get(pointer)
        if found is None:
            found = self.validators[pointer] = self.make(pointer)
        return found

    def make(self, pointer: str) -> Validator:
        at = SchemaAt(self.base, {"$ref": definition_reference(self.base, pointer)})
        if self.near([pointer]) is not None:
            return Validator(self.compile(at), choose=self.choose, written=self.written)
        if self.together is None:
            far = [each for each in self.lowering.survey.schemas if self.near([each]) is None]
            members = {each: {"$ref": definition_reference(self.base, each)} for each in far}
            self.together = self.compile(SchemaAt(self.base, {"properties": members}))
        return Validator(self.together, pointer, self.choose, self.written)

    def choose(self, location: str, value: Json) -> Choice | None:
        """The branch of an anyOf or oneOf of the lowered schemas that a value says it is meant for."""
        return choose(self.lowering.data, self.written(location), value)

    def written(self, location: str) -> str:
        """The place in the document of a keyword of the lowered schemas, by its absolute location."""
        found = self.places.get(location)
        if found is None:
            found = self.places[location] = written_pointer(self.lowering.survey, location)
        return found

    @property
    def base(self) -> str:
        return self.lowering.survey.base

    def compile(self, at: SchemaAt) -> jsonschema_rs.Validator:
        near = self.near(_referred_to(at.schema, self.base))
        if near == set():
            return jsonschema_rs.Draft202012Validator(
                at.schema,
                validate_formats=True,
                formats=_functions(judged_in(at.schema)),
                pattern_options=PATTERN_OPTIONS,
                offline=True,
            )
        led_to = self.lowering.survey.schemas if near is None else near
        return jsonschema_rs.Draft202012Validator(
            at.schema,
            registry=self.registry(near),
            base_uri=at.base + "?",  # beside the resource, never in its place
            validate_formats=True,
            formats=_functions(chain(judged_in(at.schema), *map(self.judged, led_to))),
            pattern_options=PATTERN_OPTIONS,
            offline=True,
        )

    def near(self, pointers: Iterable[str]) -> set[str] | None:
        """The root schemas these lead to, themselves included; None when they are very many.

        Where schemas are found by identifiers and anchors too, any may be led to.
        """
        survey = self.lowering.survey
        if survey.identified or survey.anchors:
            return set(survey.schemas)
        seen = set(pointers)
        pending = list(seen)
        while pending:
            for each in self.reach(pending.pop()):
                if each not in seen:
                    seen.add(each)
                    pending.append(each)
            if len(seen) > FAR:
                return None
        return seen

    def reach(self, pointer: str) -> tuple[str, ...]:
        if pointer not in self.reaches:
            self.reaches[pointer] = tuple(_referred_to(self.lowering.definition(pointer), self.base))
        return self.reaches[pointer]

    def judged(self, pointer: str) -> frozenset[str]:
        """The formats of a root schema that a function judges."""
        if pointer not in self.formats:
            self.formats[pointer] = frozenset(judged_in(self.lowering.definition(pointer)))
        return self.formats[pointer]

    def registry(self, near: set[str] | None) -> jsonschema_rs.Registry:
        """The resource that holds these root schemas, or all of them."""
        schemas = self.lowering.survey.schemas
        if near is not None and len(near) < len(schemas):
            return self.resource(near)
        if self.everything is None:
            self.everything = self.resource(schemas)
        return self.everything

    def resource(self, pointers: Iterable[str]) -> jsonschema_rs.Registry:
        definitions = {each: self.lowering.definition(each) for each in pointers}
        return jsonschema_rs.Registry(
            [(self.base, {"$schema": DIALECT, "$id": self.base, "$defs": definitions})]
        )


def _functions(names: Iterable[str]) -> dict[str, Callable[[str], bool]] | None:
    """What judges these formats. None costs nothing, where any function is a detour for every value."""
    return {name: JUDGED[name] for name in names} or None


def _referred_to(schema: Json, base: str) -> Iterator[str]:
    """The pointers of the root schemas that a lowered schema has references to."""
    prefix = f"{base}#/$defs/"
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


def _below(node: Json, keys: list[str]) -> Json:
    for key in keys:
        node = node[int(key)] if isinstance(node, list) else node[key]
    return node


def _embedded(base: str, roots: Iterable[Schema]) -> Iterator[tuple[str, Json]]:
    """Every schema with an identifier or anchor of its own, with the URI of its resource."""
    pending: list[tuple[str, Json]] = [(base, root) for root in roots]
    while pending:
        uri, node = pending.pop()
        if isinstance(node, dict):
            if isinstance(node.get("$id"), str):
                uri = join_reference(uri, node["$id"]).rstrip("#")
                yield uri, node
            elif "$anchor" in node or "$dynamicAnchor" in node:
                yield uri, node
            pending.extend((uri, each) for each in node.values())
        elif isinstance(node, list):
            pending.extend((uri, each) for each in node)
