"""Plans: what is the same for every object of a schema, worked out once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from treaty.contract.schemas import SchemaAt
from treaty.findings import Json
from treaty.mocking.generate.agree import METAS, agreement_of
from treaty.mocking.generate.blueprints import Agreement, Member, Merged, Plan, Spot
from treaty.mocking.generate.candidates import write_only
from treaty.mocking.generate.dice import salt_of
from treaty.mocking.generate.height import height
from treaty.mocking.generate.memory import identity
from treaty.mocking.generate.model import Derived, Goal
from treaty.mocking.generate.naming import known_as
from treaty.mocking.generate.nouns import called, noun_of
from treaty.mocking.generate.pattern_words import matcher
from treaty.mocking.generate.session import Session, within
from treaty.mocking.generate.strings import lengths

if TYPE_CHECKING:
    from collections.abc import Mapping


BOUNDING = frozenset({"minProperties", "maxProperties", "propertyNames", "dependentRequired"})
OPEN = frozenset({"additionalProperties", "patternProperties"})
IDENTIFYING = ("id", "uuid", "guid")


def plan_of(spot: Spot, merged: Merged, session: Session) -> Plan:
    """The plan of a spot's objects."""
    if spot.merged is merged:
        if spot.plan is None:
            spot.plan = _plan(spot, merged, session)
        return spot.plan
    rests = tuple((id(each.schema.schema), each.start, each.end) for each in merged.rests)
    key = ("plan", identity(tuple(merged.parts)), rests, spot.name, spot.owner)
    entry = session.memory.found.get(key)
    if entry is None:
        entry = session.memory.found[key] = (merged, _plan(spot, merged, session))
    plan: Plan = entry[1]
    return plan


def _plan(spot: Spot, merged: Merged, session: Session) -> Plan:
    least, most = lengths(merged, "minProperties", "maxProperties")
    required = closed(merged, in_order(merged.each("required")))
    noun = noun_of(spot.name, merged)
    names = dict.fromkeys((*in_order(merged.each("properties")), *required))
    known = {known_as(name): name for name in reversed(names)}
    members = tuple(_member(name, spot, merged, session, noun, required, known) for name in names)
    agreement = agreement_of(members)
    members = _together(members, agreement)
    key = _key(noun, members, session.settings.keys)
    others = sorted(
        (each for each in members if each is not key), key=lambda each: each.holds + (each.known in METAS)
    )
    return Plan(
        noun,
        salt_of(noun),
        members,
        ((key,) if key else ()) + tuple(others),
        {each.name: each for each in members},
        {each.known: each for each in reversed(members)},
        key,
        len(required),
        least,
        most,
        "propertyNames" in merged.keywords,
        least > 0 or not OPEN.isdisjoint(merged.keywords),
        bool(names) and BOUNDING.isdisjoint(merged.keywords) and any(merged.each("properties")),
        agreement,
    )


def _together(members: tuple[Member, ...], agreement: Agreement) -> tuple[Member, ...]:
    """Members of which one says something of the other are there together, so that they always agree."""
    presence = {each.name: each.presence for each in members}
    for first, second in agreement.pairs:
        presence[second.name] = presence[first.name]
    return tuple(replace(each, presence=presence[each.name]) for each in members)


def _member(
    name: str,
    spot: Spot,
    merged: Merged,
    session: Session,
    noun: str,
    required: dict[str, None],
    known: dict[str, str],
) -> Member:
    goal = member_goal(merged, name)
    holds = any(height(at, session.memory) > 0 for at in goal)
    return Member(
        name,
        known_as(name),
        session.memory.spot(goal, called(name, spot.name) if holds else name, noun),
        salt_of(name),
        salt_of(name),
        name in required,
        holds,
        any(write_only(at, session) for at in goal),
        () if name in required else tuple(each for each in closed(merged, {name: None}) if each != name),
        known.get(known_as(name) + "id", "") if holds else "",
    )


def _key(noun: str, members: tuple[Member, ...], keys: Mapping[str, tuple[str, ...]]) -> Member | None:
    """The member that says which of its kind an object is."""
    joined = noun.replace(" ", "")
    wanted = (*keys.get(joined, ()), *IDENTIFYING, *(joined + each for each in IDENTIFYING)) if joined else ()
    by_name = {each.known: each for each in members if not each.holds and not each.hidden}
    return next((by_name[each] for each in wanted if each in by_name), None)


def member_goal(merged: Merged, name: str) -> Goal:
    """All schemas that apply to the property of a name."""
    goal: list[SchemaAt] = []
    evaluated: list[bool] = []
    for part in merged.parts:
        own, covered = _own(part, name)
        goal.extend(own)
        evaluated.append(covered and not isinstance(part, Derived))
    goal.extend(merged.unevaluated("unevaluatedProperties", evaluated))
    return tuple(goal)


def _own(part: SchemaAt, name: str) -> tuple[list[SchemaAt], bool]:
    """What one part says of a property, and whether the part counts it as evaluated."""
    schema = part.schema
    if not isinstance(schema, dict):
        return [], False
    own = [schema["properties"][name]] if name in schema.get("properties", ()) else []
    if "patternProperties" in schema:
        own += [inner for pattern, inner in schema["patternProperties"].items() if matcher(pattern)(name)]
    if not own and "additionalProperties" in schema:
        own = [schema["additionalProperties"]]
    return [within(part, inner) for inner in own], bool(own)


def in_order(lists: list[Json]) -> dict[str, None]:
    """The names of several lists, each once."""
    return {name: None for names in lists for name in names}


def closed(merged: Merged, names: dict[str, None]) -> dict[str, None]:
    """Names with all that `dependentRequired` adds to them."""
    rules = list(merged.each("dependentRequired"))
    found, waiting = dict(names), list(names) if rules else []
    while waiting:
        name = waiting.pop()
        for more in (other for rule in rules for other in rule.get(name, ()) if other not in found):
            found[more] = None
            waiting.append(more)
    return found
