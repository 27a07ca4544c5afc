"""How much a branch of `anyOf` or `oneOf` is like what is wished: a cat that was sent comes back as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from treaty.contract.schemas import SchemaAt
from treaty.findings import Json
from treaty.mocking.generate.memory import Memory, within
from treaty.mocking.generate.model import NOTHING, Unfit, Wish
from treaty.mocking.generate.naming import known_as

MAX_DEPTH = 8
FIXED = 10  # a fixed value that is wished counts as much as so many names


def likeness(branch: Sequence[SchemaAt], wish: Wish, memory: Memory) -> int:
    """How many of the names wished for a branch has; a fixed value counts for or against it."""
    found, names = 0, set()
    for at in branch:
        for name, schema in _properties(at, memory, 0):
            inner = wish.of(name, known_as(name))
            if inner is None:
                continue
            names.add(name)
            fixed = _fixed(schema)
            if fixed and inner.value is not NOTHING:
                found += FIXED if inner.value in fixed else -FIXED
    return found + len(names)


def _properties(at: SchemaAt, memory: Memory, depth: int) -> Iterator[tuple[str, Json]]:
    """The properties of a schema, through references and `allOf`."""
    schema = at.schema
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return
    yield from schema.get("properties", {}).items()
    if isinstance(schema.get("$ref"), str):
        try:
            yield from _properties(memory.target(at.base, schema["$ref"]), memory, depth + 1)
        except Unfit:
            return
    for branch in schema.get("allOf", ()):
        yield from _properties(within(at, branch), memory, depth + 1)


def _fixed(schema: Json) -> list[Json]:
    """The values that a schema allows where it names them."""
    if not isinstance(schema, dict):
        return []
    return [schema["const"]] if "const" in schema else list(schema.get("enum", ()))
