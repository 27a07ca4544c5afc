"""How many levels of containers a schema forces at least: the way out of recursion."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from treaty.contract.schemas import SchemaAt
from treaty.mocking.generate.memory import Memory, within
from treaty.mocking.generate.model import Unfit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from treaty.findings import Json

ENDLESS = 64  # levels; what forces more never ends
Look: TypeAlias = "Callable[[SchemaAt], float]"


def height(at: SchemaAt, memory: Memory) -> float:
    """The least nesting of containers in a value of this schema: 0 for a scalar, infinite when it never ends.

    The least solution of what the schemas say of each other, so it does not depend on
    which of them was asked about first.
    """
    schema = at.schema
    if not isinstance(schema, dict):
        return math.inf if schema is False else 0
    key = (at.base, id(schema))
    if key not in memory.heights:
        _solve(at, memory)
    return memory.heights[key]


def _solve(at: SchemaAt, memory: Memory) -> None:
    """Find the heights of a schema and of all that it hangs on, from below."""
    asked: dict[tuple[str, int], SchemaAt] = {}
    found: dict[tuple[str, int], float] = {}

    def look(child: SchemaAt) -> float:
        if not isinstance(child.schema, dict):
            return math.inf if child.schema is False else 0
        key = (child.base, id(child.schema))
        known = memory.heights.get(key)
        if known is not None:
            return known
        if key not in asked:
            asked[key] = child
            found[key] = 0
            waiting.append(child)
        return found[key]

    waiting: list[SchemaAt] = []
    look(at)
    while waiting:
        _measure(waiting.pop(), memory, look)
    changed = True
    while changed:
        changed = False
        for key in reversed(asked):
            tall = _measure(asked[key], memory, look)
            tall = math.inf if tall > ENDLESS else tall
            if tall > found[key]:
                found[key] = tall
                changed = True
    memory.heights.update(found)
    for key, each in asked.items():
        memory.found["kept", key] = each  # keeps the id in the key from being reused


def _measure(at: SchemaAt, memory: Memory, look: Look) -> float:
    schema: dict[str, Json] = at.schema  # type: ignore[assignment]  # only these are looked at
    tallest = _own(at, schema, look)
    if isinstance(schema.get("$ref"), str):
        try:
            tallest = max(tallest, look(memory.target(at.base, schema["$ref"])))
        except Unfit:
            return math.inf
    for branch in schema.get("allOf", ()):
        tallest = max(tallest, look(within(at, branch)))
    for keyword in ("anyOf", "oneOf"):
        branches = schema.get(keyword)
        if branches:
            tallest = max(tallest, min(look(within(at, branch)) for branch in branches))
    return tallest


def _own(at: SchemaAt, schema: dict[str, Json], look: Look) -> float:
    """The height that a schema's own keywords force."""
    if "const" in schema or "enum" in schema:
        return 0
    kinds = schema.get(
        "type", "object" if "properties" in schema else "array" if "items" in schema else "any"
    )
    if kinds not in ("object", "array"):
        return 0
    return 1 + max((look(within(at, child)) for child in _forced(schema, kinds)), default=0)


def _forced(schema: dict[str, Json], kind: str) -> Iterator[Json]:
    """The schemas of what a container cannot be without."""
    if kind == "object":
        properties = schema.get("properties", {})
        yield from (properties[name] for name in schema.get("required", ()) if name in properties)
    elif schema.get("minItems", 0) > 0:
        yield schema.get("items", True)
