"""Merge a goal into plain parts: references followed, `allOf` joined, branches chosen.

Each part is a schema of which only the keywords of the value itself and of its children
still count; the value must satisfy every part, and that is what `allOf` means. Parts
found inside a schema follow it without a gap, so what `unevaluatedProperties` and
`unevaluatedItems` may see of their siblings is a range of parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from treaty.contract.schemas import SchemaAt
from treaty.mocking.generate.blueprints import Merged, Rest, Spot
from treaty.mocking.generate.branches import Branches, Keyword, alternatives
from treaty.mocking.generate.height import height
from treaty.mocking.generate.likeness import likeness
from treaty.mocking.generate.model import Unfit, Wish
from treaty.mocking.generate.session import Session, within

if TYPE_CHECKING:
    from collections.abc import Callable

    from treaty.findings import Json
    from treaty.mocking.generate.choices import Choices

UNEVALUATED = ("unevaluatedProperties", "unevaluatedItems")
# Keywords that building alone does not always satisfy: the value is judged where they stand.
HARD = frozenset(
    {"oneOf", "not", "if", "dependentSchemas", "contains", "propertyNames", "pattern", "format", *UNEVALUATED}
)
# Keywords that name values themselves.
NAMED = frozenset({"example", "examples", "default"})


def merge(spot: Spot, session: Session, choices: Choices, wish: Wish | None, *, small: bool) -> Merged:
    """The parts of a goal under the given choices; raises Unfit when they contradict each other.

    Branches that have room for what is wished are preferred; `small` prefers those that end soonest.
    """
    known = spot.merged
    if known is not None:
        session.spend(len(known.parts))  # as if it were worked out anew: costs do not hang on the past
        return known
    collector = _Collector(session, choices, wish, small)
    for at in spot.goal:
        collector.collect(at)
    merged = collector.merged
    if not merged.chosen:
        spot.merged = merged
    return merged


class _Collector:
    """Walks the schemas that apply to one value."""

    def __init__(self, session: Session, choices: Choices, wish: Wish | None, small: bool) -> None:
        self.merged = Merged()
        self.session = session
        self.choices = choices
        self.wish = wish if wish is not None and (wish.members or wish.known) else None
        self.small = small
        self.entered: set[tuple[str, int]] = set()

    def collect(self, at: SchemaAt) -> None:
        """Add a schema and all that applies in its place."""
        schema = at.schema
        if schema is False:
            raise Unfit("the schema allows no value here")
        if not isinstance(schema, dict) or (at.base, id(schema)) in self.entered:
            return  # a schema met again in the same place asks nothing new
        self.session.spend()
        self.entered.add((at.base, id(schema)))
        start = len(self.merged.parts)
        self.merged.add(at, schema)
        self.narrow(schema.get("type"))
        self.merged.hard = self.merged.hard or not HARD.isdisjoint(schema)
        self.merged.named = self.merged.named or not NAMED.isdisjoint(schema)
        self.follow(at, schema)
        for keyword in UNEVALUATED:
            if keyword in schema:
                rest = Rest(keyword, within(at, schema[keyword]), start, len(self.merged.parts))
                self.merged.rests.append(rest)

    def narrow(self, types: Json) -> None:
        """Leave only the types that a `type` keyword allows."""
        if not types:
            return
        names = {types} if isinstance(types, str) else set(types)
        if "number" in names:
            names.add("integer")
        self.merged.types &= names
        if not self.merged.types:
            raise Unfit("the types asked for exclude each other")

    def follow(self, at: SchemaAt, schema: dict[str, Json]) -> None:
        """Collect the schemas that `at` applies to the same value."""
        for keyword in ("$ref", "$dynamicRef"):
            if isinstance(schema.get(keyword), str):
                self.collect(self.session.target(at.base, schema[keyword]))
        for branch in schema.get("allOf", ()):
            self.collect(within(at, branch))
        for keyword, options in alternatives(at, schema, self.session):
            self.choose(keyword, options)

    def choose(self, keyword: Keyword, options: Callable[[], Branches]) -> None:
        """Take one of several lists of schemas."""
        self.merged.chosen = True

        def ways() -> Branches:
            found = options()
            if not found:
                raise Unfit(f"nothing satisfies {keyword}")
            return self.ranked(found) if keyword in ("anyOf", "oneOf") else found

        for at in self.choices.pick(ways):
            self.collect(at)

    def ranked(self, branches: Branches) -> Branches:
        """Branches in the order to try: null last, and the quickly ended first where space is short."""
        order = {id(branch[-1].schema): self.session.dice.random() for branch in branches}

        def rank(branch: list[SchemaAt]) -> tuple[float, float, bool, float, int]:
            at = branch[-1]
            tall = height(at, self.session.memory) if self.small else 0
            # Of the ways to take one branch, the one that says more comes first.
            away = 0 if self.wish is None else -likeness(branch, self.wish, self.session.memory)
            return (away, 0 if tall <= 1 else tall, _only_null(at), order[id(at.schema)], -len(branch))

        return sorted(branches, key=rank)


def _only_null(at: SchemaAt) -> bool:
    schema = at.schema
    return isinstance(schema, dict) and (
        schema.get("type") in ("null", ["null"])
        or schema.get("enum") == [None]
        or schema.get("const", False) is None
    )
