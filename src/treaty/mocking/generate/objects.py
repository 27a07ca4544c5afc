"""Objects: required properties, as many optional ones as there is room for, and names of our own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from treaty.contract.schemas import SchemaAt
from treaty.findings import Json
from treaty.mocking.generate.candidates import write_only
from treaty.mocking.generate.height import height
from treaty.mocking.generate.model import Derived, Goal, Place, Unfit
from treaty.mocking.generate.pattern_words import matcher, matching_word
from treaty.mocking.generate.session import Session, within
from treaty.mocking.generate.strings import lengths
from treaty.mocking.generate.words import WORDS

if TYPE_CHECKING:
    from treaty.mocking.generate.merge import Merged

Build = Callable[..., Json]
# The share of optional properties that are sent, by how many objects are around.
SHARES = (1.0, 0.9, 0.5, 0.25, 0.1)
NAME_TRIES = 40
HOLDER = 6  # the nodes reckoned for a property that holds more than a scalar


@dataclass(slots=True)
class Making:
    """An object in the making."""

    merged: Merged
    place: Place
    session: Session
    build: Build
    most: float
    value: dict[str, Json]


def build_object(merged: Merged, place: Place, session: Session, build: Build, *, lean: bool) -> Json:
    """An object for the parts; raises Unfit when a property it needs cannot be made."""
    least, most = lengths(merged, "minProperties", "maxProperties")
    required = _closed(merged, _in_order(merged.each("required")))
    if len(required) > most:
        raise Unfit("more properties are required than maxProperties allows", place.path)
    if least > session.settings.max_nodes:
        raise Unfit(f"minProperties asks for over {session.settings.max_nodes} members", place.path)
    making = Making(merged, place, session, build, most, {})
    known = list(_in_order(merged.each("properties")))
    optional = (
        set() if lean else _optional(making, [name for name in known if name not in required], required)
    )
    chosen = {
        name: member_goal(merged, name) for name in (*known, *required) if name in {*required, *optional}
    }
    holders = sum(any(height(at, session) > 0 for at in goal) for goal in chosen.values())
    inner = (place.quota - len(chosen)) // max(1, holders)
    for name, goal in chosen.items():
        _add(making, name, goal, inner, needed=name in required)
    missing = max(least, _free_entries(making, lean=lean)) - len(making.value)
    if missing > 0:
        _fill(making, missing, (inner - missing) // missing, known, least)
    if len(making.value) < least:
        raise Unfit("fewer properties can be made than minProperties asks for", place.path, chance=True)
    ordered = [*(name for name in known if name in making.value), *making.value]
    return {name: making.value[name] for name in ordered}


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


def _in_order(lists: list[Json]) -> dict[str, None]:
    return {name: None for names in lists for name in names}


def _closed(merged: Merged, names: dict[str, None]) -> dict[str, None]:
    """Names with all that `dependentRequired` adds to them."""
    rules = list(merged.each("dependentRequired"))
    closed, waiting = dict(names), list(names)
    while waiting:
        name = waiting.pop()
        for more in (other for rule in rules for other in rule.get(name, ()) if other not in closed):
            closed[more] = None
            waiting.append(more)
    return closed


def _optional(making: Making, names: list[str], required: dict[str, None]) -> set[str]:
    """The optional properties to send: a share that falls with the depth, within the quota.

    Those that hold more than a scalar are sent only as far as there is room to fill them.
    """
    session, place = making.session, making.place
    share = SHARES[place.level] if place.level < len(SHARES) else 0
    chosen = [name for name in names if session.rng.random() < share]
    room = max(0, int(min(place.quota, making.most)) - len(required))
    holders = place.quota // HOLDER
    kept: list[str] = []
    for name in session.rng.sample(chosen, len(chosen)):
        holds = any(height(at, session) > 0 for at in member_goal(making.merged, name))
        if len(kept) < room and (not holds or holders > 0):
            kept.append(name)
            holders -= holds
    return set(kept)


def _add(making: Making, name: str, goal: Goal, quota: int, *, needed: bool) -> None:
    """Add a property; one that is not needed is left out when it cannot be made."""
    session = making.session
    if not needed:
        extra = [other for other in _closed(making.merged, {name: None}) if other not in making.value]
        hidden = not session.phase.write_only and any(write_only(at, session) for at in goal)
        if hidden or len(making.value) + len(extra) > making.most or extra != [name]:
            return
    nodes = session.nodes
    try:
        _check_name(making, name)
        making.value[name] = making.build(goal, making.place.inside(name, quota, name), session)
    except Unfit:
        if needed:
            raise
        session.nodes = nodes


def _check_name(making: Making, name: str) -> None:
    for part, schema in making.merged.having("propertyNames"):
        at = within(part, schema)
        if not isinstance(at, Derived) and not making.session.accepts(at, name):
            raise Unfit(f"propertyNames does not allow {name}", making.place.path)


def _free_entries(making: Making, *, lean: bool) -> int:
    """How many members a map gets: an object that declares no properties, but a schema for them."""
    merged, place = making.merged, making.place
    if lean or place.quota < HOLDER or place.level >= len(SHARES) or any(merged.each("properties")):
        return 0
    declared = [schema for schema in merged.each("additionalProperties") if schema is not False]
    declared += list(merged.each("patternProperties"))
    return int(min(making.most, making.session.rng.randint(1, 2))) if declared else 0


def _fill(making: Making, missing: int, quota: int, known: list[str], least: int) -> None:
    """Add members until there are enough: declared ones, then names that patterns or dice give."""
    target = len(making.value) + missing
    declared = [name for name in known if name not in making.value] if len(making.value) < least else []
    for name in (*declared, *_names(making)):
        if len(making.value) >= target:
            return
        making.session.spend()
        if name not in making.value:
            _add(making, name, member_goal(making.merged, name), quota, needed=False)


def _names(making: Making) -> Iterator[str]:
    """Names for members that the schema does not name."""
    rng = making.session.rng
    patterns = [name for names in making.merged.each("patternProperties") for name in names]
    schemas = tuple(within(part, schema) for part, schema in making.merged.having("propertyNames"))
    for number in range(NAME_TRIES + int(lengths(making.merged, "minProperties", "maxProperties")[0])):
        if schemas:
            goal = (*schemas, Derived("", {"type": "string"}))
            try:
                yield making.build(goal, making.place.inside("", 1, ""), making.session)
            except Unfit:
                return
        elif patterns and number % 3 < 2:
            pattern = rng.choice(patterns)
            word = matching_word([pattern], 6 + number % 8, 40, rng, attempts=8)
            yield matching_word([pattern], 0, 40, rng) or "" if word is None else word
        else:
            yield rng.choice(WORDS) + (str(number) if number >= len(WORDS) // 2 else "")
