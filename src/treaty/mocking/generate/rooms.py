"""Rooms: how many elements an array may have, and what each has to be, worked out once."""

from __future__ import annotations

from treaty.contract.schemas import SchemaAt
from treaty.mocking.generate.blueprints import Contained, Merged, Room, Spot
from treaty.mocking.generate.height import height
from treaty.mocking.generate.model import Derived, Goal, Settings
from treaty.mocking.generate.naming import singular
from treaty.mocking.generate.session import Session, within
from treaty.mocking.generate.strings import lengths

ELEMENT = 6  # the nodes that an element with members of its own is reckoned to need


def room_of(spot: Spot, merged: Merged, session: Session) -> Room:
    """The room of a spot's arrays."""
    if merged.room is None:
        merged.room = _room(spot, merged, session)
    return merged.room


def _room(spot: Spot, merged: Merged, session: Session) -> Room:
    least, most = lengths(merged, "minItems", "maxItems")
    plan = contained(merged, most, shared=False)
    heights = [height(at, session.memory) for at in element_goal(merged, least, Contained())]
    unique = any(merged.each("uniqueItems"))
    prefix = max((len(items) for items in merged.each("prefixItems")), default=0)
    alike = spot.merged is merged and least <= most and least <= session.settings.max_nodes
    element = None
    if alike and not (unique or prefix or merged.rests or "contains" in merged.keywords):
        element = session.memory.spot(element_goal(merged, 0, plan), singular(spot.name), spot.owner)
    return Room(
        least,
        most,
        unique,
        prefix,
        ELEMENT if max(heights, default=0) > 0 else 1,
        "contains" in merged.keywords,
        plan,
        element,
    )


def natural(room: Room, quota: int, level: int, settings: Settings) -> tuple[int, int]:
    """The least and the most elements that are usual: a small number, fewer where space is short."""
    found = room.usual.get((quota, level))
    if found is None:
        found = room.usual[quota, level] = _natural(room, quota, level, settings)
    return found


def _natural(room: Room, quota: int, level: int, settings: Settings) -> tuple[int, int]:
    fewest, usual = settings.items
    shallow = level <= 1  # the list that an answer is about
    enough = usual if shallow else min(usual, max(quota // room.unit, quota > 1))
    before = room.prefix if quota >= room.prefix else 0
    return _bounded(room, max(before, min(fewest, enough))), _bounded(room, max(before, enough))


def _bounded(room: Room, count: int) -> int:
    return int(min(room.most, max(room.least, count)))


def element_goal(merged: Merged, index: int, plan: Contained) -> Goal:
    """All schemas that apply to the element of an index."""
    goal: list[SchemaAt] = []
    evaluated: list[bool] = []
    matched = plan.needed.get(index, [])
    for part in merged.parts:
        own = _own(part, index)
        goal.extend(own)
        contains = any(owner is part for owner, _ in matched)
        evaluated.append((bool(own) or contains) and not isinstance(part, Derived))
    goal.extend(schema for _, schema in matched)
    for owner, schema in plan.capped:
        if not any(schema.schema is other.schema for _, other in matched):
            goal.append(Derived(owner.base, {"not": schema.schema}))
    goal.extend(merged.unevaluated("unevaluatedItems", evaluated))
    return tuple(goal)


def _own(part: SchemaAt, index: int) -> list[SchemaAt]:
    schema = part.schema
    if not isinstance(schema, dict):
        return []
    prefix = schema.get("prefixItems", ())
    if index < len(prefix):
        return [within(part, prefix[index])]
    return [within(part, schema["items"])] if "items" in schema else []


def contained(merged: Merged, most: float, *, shared: bool) -> Contained:
    """Give each `contains` elements of its own, from the end of the prefix on; `shared` lets them meet.

    Where the prefix leaves no room behind it, its own elements have to do.
    """
    plan = Contained()
    start = max((len(prefix) for prefix in merged.each("prefixItems")), default=0)
    asked = [(part, within(part, schema)) for part, schema in merged.having("contains")]
    total = sum(part.schema.get("minContains", 1) for part, _ in asked if isinstance(part.schema, dict))
    at = start if start + total <= most and not shared else 0
    for part, schema in asked:
        keywords = part.schema if isinstance(part.schema, dict) else {}
        number = int(keywords.get("minContains", 1))
        first = 0 if shared else at
        for index in range(first, first + number):
            plan.needed.setdefault(index, []).append((part, schema))
        at += number
        if "maxContains" in keywords:
            plan.capped.append((part, schema))
    return plan
