"""What is to be known of the schemas of a contract to remember values of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from treaty.contract.contract import Contract
from treaty.contract.lowering import Direction
from treaty.contract.model import MediaType
from treaty.contract.schemas import SchemaAt
from treaty.contract.validator import Validator
from treaty.exchange.prepared_media import item_at
from treaty.exchange.values import Shape
from treaty.findings import Json

# Beside a reference, these change nothing of what is valid.
_ANNOTATIONS = frozenset({"default", "example", "examples", "readOnly", "writeOnly"})
MAX_REFERENCES = 32
MAX_ERRORS = 50


@dataclass(slots=True)
class Facts:
    """Shapes and validators of parts of schemas, each made once; the contract keeps the schemas alive."""

    contract: Contract
    shapes: dict[tuple[int, Direction], Shape] = field(default_factory=dict)
    meant: dict[tuple[int, Direction], tuple[SchemaAt, SchemaAt]] = field(default_factory=dict)
    roots: dict[int, str] = field(default_factory=dict)  # pointers of root schemas, by identity
    alike: dict[tuple[int, int], bool] = field(default_factory=dict)
    validators: dict[int, tuple[SchemaAt, Validator | None]] = field(default_factory=dict)

    def of_media(self, media: MediaType, direction: Direction) -> SchemaAt | None:
        """The schema of a media type's whole value."""
        if media.schema is None:
            return None
        at = self.contract.schemas.at(media.schema, direction)
        if direction == "response":
            self.roots[id(at.schema)] = media.schema
        return at

    def resolved(self, at: SchemaAt, direction: Direction = "response") -> SchemaAt:
        """What a schema stands for that is a reference and nothing else."""
        key = (id(at.schema), direction)
        found = self.meant.get(key)
        if found is None or found[0].schema is not at.schema:
            found = self.meant[key] = (at, self._resolved(at, direction))
        return found[1]

    def _resolved(self, at: SchemaAt, direction: Direction) -> SchemaAt:
        for _ in range(MAX_REFERENCES):
            schema = at.schema
            if not isinstance(schema, dict):
                break
            meant = schema.keys() - _ANNOTATIONS
            inner = schema["allOf"][0] if meant == {"allOf"} and len(schema["allOf"]) == 1 else None
            if inner is not None:
                at = SchemaAt(at.base, inner)
                continue
            if meant != {"$ref"}:
                break
            try:
                reference = schema["$ref"]
                at = self.contract.schemas.resolve(at.base, reference, direction)
            except LookupError:
                break
            root = self.contract.schemas.root_of(reference) if direction == "response" else None
            if root is not None:
                self.roots[id(at.schema)] = root
        return at

    def same(self, one: SchemaAt | None, other: SchemaAt | None) -> bool:
        """Are both one schema of the document, or written out alike?"""
        if one is None or other is None:
            return False
        first, second = self.resolved(one), self.resolved(other)
        if first.schema is second.schema:
            return True
        key = (id(first.schema), id(second.schema))
        found = self.alike.get(key)
        if found is None:
            is_described = isinstance(first.schema, dict) and "properties" in first.schema
            found = self.alike[key] = is_described and first == second
        return found

    def shape(self, at: SchemaAt, direction: Direction = "response") -> Shape:
        """Types, properties and items of a schema; those of what it refers to, which many may."""
        at = self.resolved(at, direction)
        key = (id(at.schema), direction)
        found = self.shapes.get(key)
        if found is None or found.at.schema is not at.schema:
            found = self.shapes[key] = Shape(self.contract.schemas, at, direction)
        return found

    def properties(self, at: SchemaAt, direction: Direction = "response") -> dict[str, SchemaAt]:
        """The properties of an object, those of all its branches; none of what is no object."""
        shape = self.shape(at, direction)
        return shape.properties if "object" in shape.types or not shape.types else {}

    def is_object(self, at: SchemaAt | None, direction: Direction = "response") -> bool:
        """Is a value of the schema an object?"""
        if at is None:
            return False
        shape = self.shape(at, direction)
        return "object" in shape.types or (not shape.types and bool(shape.properties))

    def item(self, at: SchemaAt, direction: Direction = "response") -> SchemaAt | None:
        """The schema of the items of an array."""
        shape = self.shape(at, direction)
        return item_at(shape) if shape.kind == "array" else None

    def types(self, at: SchemaAt) -> frozenset[str]:
        """The types a value may have; empty when all."""
        return self.shape(at).types

    def keyword(self, at: SchemaAt, name: str) -> Json:
        """A keyword of a schema, or of what it refers to; None without it."""
        for each in (at, self.resolved(at)):
            if isinstance(each.schema, dict) and name in each.schema:
                return each.schema[name]
        return None

    def required(self, at: SchemaAt) -> frozenset[str]:
        """The properties that an object has to have, those of a choice between branches left out."""
        found: set[str] = set()
        pending = [at]
        for _ in range(MAX_REFERENCES):
            if not pending:
                break
            each = self.resolved(pending.pop())
            if isinstance(each.schema, dict):
                found.update(each.schema.get("required", ()))
                pending += [SchemaAt(each.base, member) for member in each.schema.get("allOf", ())]
        return frozenset(found)

    def accepts(self, at: SchemaAt, value: Json) -> bool:
        """Is a value of a response valid by a schema? Of a part that leads far, the whole is left to say."""
        validator = self.validator(at)
        return validator is None or validator.accepts(value)

    def takes(self, parameter: str | None, text: str) -> bool:
        """Can a parameter, by the pointer of its schema, have the value that a text stands for?"""
        if parameter is None:
            return True
        schemas = self.contract.schemas
        value = self.shape(schemas.at(parameter, "request"), "request").read_text(text, "judged")
        return schemas.validator(parameter, "request").accepts(value)

    def wrong(self, at: SchemaAt, value: Json) -> set[str]:
        """The members of an object that are not valid; `""` stands for the object itself."""
        validator = self.validator(at)
        errors = () if validator is None else zip(range(MAX_ERRORS), validator.errors(value), strict=False)
        return {str(error.path[0]) if error.path else "" for _, error in errors}

    def validator(self, at: SchemaAt) -> Validator | None:
        """The validator of a schema of a response; what only refers to another shares that one's.

        None for a part of a schema that leads to very many others: to compile each such part takes
        a copy of all of them.
        """
        found = self.validators.get(id(at.schema))
        if found is None or found[0].schema is not at.schema:
            found = self.validators[id(at.schema)] = (at, self._compiled(at))
        return found[1]

    def _compiled(self, at: SchemaAt) -> Validator | None:
        schemas = self.contract.schemas
        root = self.roots.get(id(self.resolved(at).schema))
        if root is not None:
            return schemas.validator(root, "response")
        return schemas.compile(at, "response") if schemas.is_near(at, "response") else None
