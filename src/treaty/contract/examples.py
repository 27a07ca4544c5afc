"""An example that its own schema refuses: the document is valid all the same, but tells what is not so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from treaty.contract.contract import Contract
from treaty.contract.defaults import schema_key
from treaty.contract.errors import SchemaError
from treaty.contract.lowering import Direction
from treaty.contract.model import Example, MediaType, Parameter
from treaty.contract.schemas import Schemas
from treaty.contract.validator import Validator
from treaty.document.dialects import Dialect, dialect_named
from treaty.document.places import schemas_with_base
from treaty.findings import Finding, Json, Location, Severity, pointer_of

CODE = "invalid-example"
# As many are told of: more of the same helps nobody, and a document can have thousands.
MAX_TOLD = 50
MAX_ERRORS = 10
MAX_SHOWN = 120


def check_examples(contract: Contract) -> Iterator[Finding]:
    """OpenAPI 3.2, Media Type Object and Schema Object: an example SHOULD match its schema."""
    told: dict[str, Finding] = {}
    for pointer, errors in chain(_of_messages(contract), _of_schemas(contract)):
        told.setdefault(pointer, _wrong(pointer, errors))
        if len(told) == MAX_TOLD:
            message = f"{MAX_TOLD} examples that break their schemas are told of; no others were looked at"
            yield Finding("more-examples", message, Severity.INFO, hint="correct these, and check again")
            break
    yield from told.values()


def _of_messages(contract: Contract) -> Iterator[tuple[str, list[SchemaError]]]:
    """The examples of bodies, parameters and headers, by the direction of their message."""
    seen: set[tuple[str, str]] = set()
    for schema, examples, direction in _declared(contract):
        for example in examples:
            if schema is not None and (schema, example.pointer) not in seen:
                seen.add((schema, example.pointer))
                validator = contract.schemas.validator(schema, direction)
                if not validator.accepts(example.value):
                    yield example.pointer, _errors(validator, example.value)


def _declared(contract: Contract) -> Iterator[tuple[str | None, Iterable[Example], Direction]]:
    """(Pointer of the schema, its examples, direction) of all that is JSON or written in a style."""
    for operation in contract.operations:
        bodies = () if operation.body is None else operation.body.content
        yield from _values(operation.parameters, bodies, "request")
        for response in operation.responses:
            yield from _values(response.headers, response.content, "response")


def _values(
    parameters: Iterable[Parameter], content: Iterable[MediaType], direction: Direction
) -> Iterator[tuple[str | None, Iterable[Example], Direction]]:
    for each in parameters:
        if each.media_type is None:
            yield each.schema, each.examples, direction
    for media in chain(content, (each.media_type for each in parameters)):
        if media is not None and media.is_json:
            yield media.schema, media.examples, direction


def _of_schemas(contract: Contract) -> Iterator[tuple[str, list[SchemaError]]]:
    """The examples in schemas; one may be of either direction, whose `required` differs."""
    survey = contract.document.survey
    judge = _SchemaJudge(contract.schemas, dialect_named(survey.dialect) if survey.dialect else None)
    for root, schema in survey.schemas.items():
        if root in survey.dialects:
            continue  # it is written in another dialect than the document
        for pointer, node, base in schemas_with_base(root, schema, survey.base):
            if "example" in node or "examples" in node:
                yield from judge.refused(pointer, node, base)


@dataclass(slots=True)
class _SchemaJudge:
    schemas: Schemas
    dialect: Dialect | None
    compiled: dict[tuple[Direction, bytes | str], Validator] = field(default_factory=dict)

    def refused(
        self, pointer: str, node: dict[str, Json], base: str
    ) -> Iterator[tuple[str, list[SchemaError]]]:
        """The examples of a schema that it refuses, with what it says of them."""
        for below, value in _written(node):
            if value is None and node.get("nullable") is True:
                continue
            first = self.validator(node, base, "response")
            if first is None or first.accepts(value):
                continue
            other = self.validator(node, base, "request")
            if other is not None and not other.accepts(value):
                yield pointer + below, _errors(first, value)

    def validator(self, node: dict[str, Json], base: str, direction: Direction) -> Validator | None:
        """The validator of a schema, shared with its like; None of one that leads to very many."""
        at = self.schemas.lower(node, base, direction, self.dialect)
        if not self.schemas.is_near(at, direction):
            return None
        key = direction, schema_key(at.schema)
        if key not in self.compiled:
            self.compiled[key] = self.schemas.compile(at, direction)
        return self.compiled[key]


def _written(node: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    if "example" in node:
        yield "/example", node["example"]
    listed = node.get("examples")
    if isinstance(listed, list):
        yield from ((f"/examples/{index}", each) for index, each in enumerate(listed))


def _errors(validator: Validator, value: Json) -> list[SchemaError]:
    return list(islice(validator.errors(value), MAX_ERRORS))


def _wrong(pointer: str, errors: list[SchemaError]) -> Finding:
    formal = all(error.keyword == "format" for error in errors)  # as of a default
    at = pointer_of(errors[0].path) if errors else ""
    return Finding(
        CODE,
        f"the example breaks its own schema{f' at `{at}`' if at else ''}: {errors[0].message[:MAX_SHOWN]}",
        Severity.INFO if formal else Severity.WARNING,
        location=Location("", pointer=pointer + at),
        expected="a value that the schema allows",
    )
