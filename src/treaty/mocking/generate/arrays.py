"""Arrays: prefix and items, what must be contained, how many, and all different if asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from treaty.contract.schemas import SchemaAt
from treaty.findings import Json
from treaty.mocking.generate.dice import mixed
from treaty.mocking.generate.height import height
from treaty.mocking.generate.model import Derived, Goal, Place, Unfit, Wish
from treaty.mocking.generate.naming import singular
from treaty.mocking.generate.session import Session, within
from treaty.mocking.generate.strings import lengths

if TYPE_CHECKING:
    from treaty.mocking.generate.memory import Spot
    from treaty.mocking.generate.merge import Merged

Build = Callable[..., Json]
ELEMENT = 6  # the nodes that an element with members of its own is reckoned to need


@dataclass(slots=True)
class Plan:
    """Which elements must match which `contains`, and which must not."""

    needed: dict[int, list[tuple[SchemaAt, SchemaAt]]] = field(default_factory=dict)
    capped: list[tuple[SchemaAt, SchemaAt]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Room:
    """How many elements an array may have, all different or not, and how much each is reckoned to need."""

    least: int
    most: float
    unique: bool
    prefix: int
    unit: int
    contains: bool
    plan: Plan


def build_array(
    spot: Spot,
    merged: Merged,
    place: Place,
    session: Session,
    build: Build,
    wish: Wish | None,
    *,
    lean: bool,
) -> Json:
    """An array for the parts; raises Unfit when an element it needs cannot be made."""
    room = merged.room
    if room is None:
        room = merged.room = _room(merged, session)
    plan = _plan(merged, room.most, shared=True) if lean and room.contains else room.plan
    least, most = max(room.least, 1 + max(plan.needed, default=-1)), room.most
    if least > most:
        raise Unfit("more elements are asked for than maxItems allows", place.path)
    if least > session.settings.max_nodes:
        raise Unfit(f"minItems asks for over {session.settings.max_nodes} elements", place.path)
    state, subject = session.dice.state, session.subject
    count = least if lean else _natural(room, least, most, place, session)
    if wish is not None:
        count = _wished_count(wish, least, most, count)
    quota = (place.quota - count) // max(1, count)
    value: list[Json] = []
    for index in range(count):
        nodes = session.nodes
        session.dice.state = session.subject = mixed(state, index + 1)
        inner = Place(quota, place.level, place, index)
        try:
            element = _spot(spot, merged, index, plan, session)
            value.append(build(element, inner, session, value if room.unique else (), _wish_at(wish, index)))
        except Unfit:
            if index < least:
                raise
            session.nodes = nodes
            break
    session.subject = subject
    return value


def _room(merged: Merged, session: Session) -> Room:
    least, most = lengths(merged, "minItems", "maxItems")
    plan = _plan(merged, most, shared=False)
    heights = [height(at, session.memory) for at in element_goal(merged, least, Plan())]
    return Room(
        least,
        most,
        any(merged.each("uniqueItems")),
        max((len(items) for items in merged.each("prefixItems")), default=0),
        ELEMENT if max(heights, default=0) > 0 else 1,
        "contains" in merged.keywords,
        plan,
    )


def _wish_at(wish: Wish | None, index: int) -> Wish | None:
    if wish is None:
        return None
    return wish.elements[index] if wish.elements and index < len(wish.elements) else wish.each


def _spot(spot: Spot, merged: Merged, index: int, plan: Plan, session: Session) -> Spot:
    """What is made for an element; kept where elements behind the prefix are alike."""
    alike = spot.merged is merged and not (plan.needed or plan.capped or merged.rests)
    if alike and merged.room is not None:
        index = min(index, merged.room.prefix)
        kept = spot.elements.get(index)
        if kept is not None:
            return kept
    name = singular(spot.name)
    found = session.memory.spot(element_goal(merged, index, plan), name, spot.owner)
    if alike:
        spot.elements[index] = found
    return found


def element_goal(merged: Merged, index: int, plan: Plan) -> Goal:
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


def _plan(merged: Merged, most: float, *, shared: bool) -> Plan:
    """Give each `contains` elements of its own, from the end of the prefix on; `shared` lets them meet.

    Where the prefix leaves no room behind it, its own elements have to do.
    """
    plan = Plan()
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


def _wished_count(wish: Wish, least: int, most: float, count: int) -> int:
    """As many elements as are wished for, or no more."""
    if wish.elements is not None:
        return int(min(most, max(least, len(wish.elements))))
    return count if wish.most is None else max(least, min(count, wish.most))


def _natural(room: Room, least: int, most: float, place: Place, session: Session) -> int:
    """A small number of elements, fewer where space is short."""
    fewest, natural = session.settings.items
    shallow = place.level <= 1  # the list that an answer is about
    enough = natural if shallow else min(natural, max(place.quota // room.unit, place.quota > 1))
    drawn = session.dice.randint(min(fewest, enough), enough) if enough > 0 else 0
    wanted = max(room.prefix if place.quota >= room.prefix else 0, drawn)
    return int(min(most, max(least, wanted)))
