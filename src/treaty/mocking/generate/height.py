"""How many levels of containers a schema forces at least: the way out of recursion."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from treaty.contract.schemas import SchemaAt
from treaty.mocking.generate.model import Unfit
from treaty.mocking.generate.session import Session, within

if TYPE_CHECKING:
    from treaty.findings import Json


def height(at: SchemaAt, session: Session) -> float:
    """The least nesting of containers in a value of this schema: 0 for a scalar, infinite when it never ends.

    An estimate for choosing among branches: it may be too great where schemas refer to
    each other, never too small for a schema that cannot end.
    """
    schema = at.schema
    if schema is False:
        return math.inf
    if not isinstance(schema, dict):
        return 0
    key = ("height", (at.base, id(schema)))
    if key not in session.memory:
        session.memory[key] = math.inf  # what is met again while being measured does not end that way
        session.memory["kept", (at.base, id(schema))] = at  # keeps the id in the key from being reused
        session.spend()
        session.memory[key] = _measure(at, schema, session)
    tall: float = session.memory[key]
    return tall


def _measure(at: SchemaAt, schema: dict[str, Json], session: Session) -> float:
    tallest = _own(at, schema, session)
    if isinstance(schema.get("$ref"), str):
        try:
            tallest = max(tallest, height(session.target(at.base, schema["$ref"]), session))
        except Unfit:
            return math.inf
    for branch in schema.get("allOf", ()):
        tallest = max(tallest, height(within(at, branch), session))
    for keyword in ("anyOf", "oneOf"):
        branches = schema.get(keyword)
        if branches:
            tallest = max(tallest, min(height(within(at, branch), session) for branch in branches))
    return tallest


def _own(at: SchemaAt, schema: dict[str, Json], session: Session) -> float:
    """The height that a schema's own keywords force."""
    kinds = schema.get(
        "type", "object" if "properties" in schema else "array" if "items" in schema else "any"
    )
    if "const" in schema or "enum" in schema or kinds not in ("object", "array"):
        return 0
    children: list[Json] = []
    if kinds == "object":
        properties = schema.get("properties", {})
        children = [properties[name] for name in schema.get("required", ()) if name in properties]
    elif schema.get("minItems", 0) > 0:
        children = [schema.get("items", True)]
    return 1 + max((height(within(at, child), session) for child in children), default=0)
