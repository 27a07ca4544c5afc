"""What is worked out of schemas once and holds for every value: references, heights, merged goals, plans.

All of it follows from the schemas alone, so what a value becomes does not depend on which
were made before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin

from treaty.contract.schemas import SchemaAt
from treaty.mocking.generate.blueprints import Spot, Stock
from treaty.mocking.generate.model import Derived, Goal, Resolve, Unfit
from treaty.mocking.generate.pools import Pools

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from treaty.findings import Json

Found = TypeVar("Found")
MAX_REMEMBERED = 100_000
Key = tuple[tuple[str, int], ...]


@dataclass(slots=True)
class Memory:
    """What is known of the schemas of one contract; keyed by the identity of what it also keeps alive.

    All that is made has the words of one locale and the same share of what is optional, and is made with
    the examples of the schemas or without them.
    """

    resolve: Resolve
    words: Pools = field(default_factory=Pools)
    targets: dict[tuple[str, str], SchemaAt] = field(default_factory=dict)
    heights: dict[tuple[str, int], float] = field(default_factory=dict)
    spots: dict[tuple[Key, str, str], Spot] = field(default_factory=dict)
    roots: dict[tuple[int, str], Spot] = field(default_factory=dict)
    found: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    stocks: dict[tuple[object, ...], Stock] = field(default_factory=dict)
    kept: int = 0  # parts of values

    def forget_much(self) -> None:
        """Begin anew when too much is remembered; only between two values, as identities are in use."""
        if len(self.spots) + len(self.found) + len(self.stocks) > MAX_REMEMBERED:
            for each in (self.targets, self.heights, self.spots, self.roots, self.found, self.stocks):
                each.clear()
            self.kept = 0

    def target(self, base: str, reference: str) -> SchemaAt:
        """What a reference points at; raises Unfit when it points nowhere."""
        key = (base, reference)
        target = self.targets.get(key)
        if target is None:
            try:
                target = self.targets[key] = self.resolve(base, reference)
            except LookupError:
                raise Unfit(f"the reference {reference} cannot be resolved") from None
        return target

    def spot(self, goal: Goal, name: str, owner: str) -> Spot:
        """The spot of a goal and names, always the same one."""
        key = (identity(goal), name, owner)
        spot = self.spots.get(key)
        if spot is None:
            spot = self.spots[key] = Spot(goal, name, owner)
        return spot

    def root(self, at: SchemaAt, name: str) -> Spot:
        """The spot of a whole value."""
        found = self.roots.get((id(at.schema), name))
        if found is None or found.goal[0].base != at.base:
            found = self.roots[id(at.schema), name] = self.spot((at,), name, "")
        return found

    def once(self, at: SchemaAt, about: Hashable, work_out: Callable[[], Found]) -> Found:
        """What follows from a schema, worked out once; a second time the very same thing is given."""
        key = (at.base, id(at.schema), about)
        entry = self.found.get(key)
        if entry is None:
            entry = self.found[key] = (at, work_out())  # the schema is kept so that its id is
        found: Found = entry[1]
        return found


def within(at: SchemaAt, schema: Json) -> SchemaAt:
    """A subschema of `at` in its place; its own `$id` moves the base (JSON Schema 2020-12, 8.2.1)."""
    base = at.base
    if isinstance(schema, dict) and isinstance(schema.get("$id"), str):
        base = urljoin(base, schema["$id"])
    kind = Derived if isinstance(at, Derived) else SchemaAt
    return kind(base, schema if isinstance(schema, dict | bool) else True)


def identity(goal: Goal) -> Key:
    """A key for a goal; sound only while its schemas are alive."""
    return tuple((at.base, id(at.schema)) for at in goal)
