"""Making values in tests, with jsonschema-rs as the judge the generator is given."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs

from treaty.mocking.generate import SchemaAt, Settings, Wish, generate

ROOT = "urn:contract"


def made(schema: Any, seed: int = 1, wish: Wish | None = None, **options: Any) -> Any:
    """A value for a schema; `options` are those of `Settings`."""
    registry = jsonschema_rs.Registry([(ROOT, schema)], draft=jsonschema_rs.Draft202012)

    def resolve(base: str, reference: str) -> SchemaAt:
        try:
            found = registry.resolver(base).lookup(reference)
        except Exception as error:
            raise LookupError(reference) from error
        return SchemaAt(found.resolver.base_uri, found.contents)

    def accepts(at: SchemaAt, value: Any) -> bool:
        judge = at.schema if isinstance(at.schema, bool) else {"$ref": ROOT + pointers[json.dumps(at.schema)]}
        return jsonschema_rs.Draft202012Validator(judge, registry=registry, validate_formats=True).is_valid(
            value
        )

    pointers = {json.dumps(inner): f"#{where}" for where, inner in subschemas(schema)}
    return generate(SchemaAt(ROOT, schema), resolve, accepts, seed, Settings(**options), wish)


def subschemas(value: Any, where: str = "") -> Any:
    """Every node of a schema with its JSON Pointer."""
    yield where, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from subschemas(inner, f"{where}/{str(key).replace('~', '~0').replace('/', '~1')}")
