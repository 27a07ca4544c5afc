"""A default that its own schema refuses: a document with one is not valid, but can be used."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from treaty.contract.errors import SchemaError
from treaty.contract.lowering import Schema
from treaty.contract.schemas import Schemas
from treaty.contract.validator import Validator
from treaty.document.document import Document
from treaty.document.places import subschemas
from treaty.findings import Finding, Json, Location, Severity

# What a schema says of itself decides nothing, and keeps equal schemas from being seen as equal.
_ANNOTATIONS = frozenset({"default", "example", "examples", "readOnly", "writeOnly"})


def check_defaults(document: Document, schemas: Schemas) -> Iterator[Finding]:
    """OpenAPI 3.2, Schema Object: a default MUST conform to the type that its schema defines."""
    compiled: dict[bytes | str, Validator] = {}
    for root, base, dialect, node in document.survey.defaults:
        value = node["default"]
        if value is None and node.get("nullable") is True:
            continue
        at = schemas.lower(node, base, "response", dialect)
        key = schema_key(at.schema)
        if key not in compiled:
            compiled[key] = schemas.compile(at, "response")
        if not compiled[key].accepts(value):
            errors = list(compiled[key].errors(value))
            yield _wrong(_pointer(root, document.survey.schemas[root], node), errors)


def schema_key(schema: Schema) -> bytes | str:
    """What equal schemas have in common, whatever they say of themselves."""
    if not isinstance(schema, dict):
        return repr(schema)
    said = {key: each for key, each in schema.items() if key not in _ANNOTATIONS}
    try:
        return orjson.dumps(said, default=str)
    except orjson.JSONEncodeError:  # integers beyond 64 bits
        return repr(said)


def _pointer(root: str, schema: Json, wanted: Json) -> str:
    """Where a schema stands; looked for only now that there is something to say of it."""
    pending = [(root, schema)]
    while pending:
        pointer, node = pending.pop()
        if node is wanted:
            return pointer + "/default"
        if isinstance(node, dict):
            pending.extend((pointer + step, each) for step, each in subschemas(node))
    return root


def _wrong(pointer: str, errors: list[SchemaError]) -> Finding:
    # Whether a format is judged at all is a validator's own choice
    # (JSON Schema 2020-12 Validation, section 7.2.1).
    formal = all(error.keyword == "format" for error in errors)
    return Finding(
        "invalid-default",
        f"the default breaks its own schema: {errors[0].message}",
        Severity.INFO if formal else Severity.WARNING,
        location=Location("", pointer=pointer),
        expected="a value that the schema allows",
    )
