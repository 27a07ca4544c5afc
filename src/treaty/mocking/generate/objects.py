"""Objects: required properties, as many optional ones as there is room for, and names of our own."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from treaty.findings import Json
from treaty.mocking.generate.agree import agree
from treaty.mocking.generate.dice import mixed, salt_of
from treaty.mocking.generate.model import Derived, Place, Unfit, Wish
from treaty.mocking.generate.naming import known_as, singular
from treaty.mocking.generate.pattern_words import matching_word
from treaty.mocking.generate.plans import Member, Plan, member_goal, plan_of
from treaty.mocking.generate.session import Session, within
from treaty.mocking.generate.strings import lengths
from treaty.mocking.generate.vocabulary import WORDS

if TYPE_CHECKING:
    from treaty.mocking.generate.memory import Spot
    from treaty.mocking.generate.merge import Merged

Build = Callable[..., Json]
# How much of the share of optional properties is sent, by how many objects are around: of those that
# are scalars, and of those that hold more.
NEAR = (1.0, 0.97, 0.85, 0.6, 0.4)
HOLDING = (1.0, 0.9, 0.5, 0.2, 0.05)
NAME_TRIES = 40
HOLDER = 6  # the nodes reckoned for a property that holds more than a scalar
CHANCES = 2**24
_NAMES = salt_of("names")
_PRESENCE = salt_of("presence")


@dataclass(slots=True)
class Making:
    """An object in the making; `state` is what all in it follows from."""

    spot: Spot
    merged: Merged
    plan: Plan
    place: Place
    session: Session
    build: Build
    wish: Wish | None
    state: int
    value: dict[str, Json]


def build_object(
    spot: Spot,
    merged: Merged,
    place: Place,
    session: Session,
    build: Build,
    wish: Wish | None,
    *,
    lean: bool,
) -> Json:
    """An object for the parts; raises Unfit when a property it needs cannot be made."""
    plan = plan_of(spot, merged, session)
    _check_room(plan, place, session)
    if wish is not None and wish.either:
        wish = _decided(wish, plan)
    making = Making(spot, merged, plan, place, session, build, wish, session.dice.state, {})
    if plan.key is not None and (plan.key.required or not lean or _is_wished(making, plan.key)):
        _identify(making, plan.key)
    chosen = _chosen(making, lean=lean)
    holders = sum(member.holds for member in chosen)
    inner = (place.quota - len(chosen)) // max(1, holders)
    for member in chosen:
        if member is not plan.key:
            _add(making, member, inner, _wish_for(making, member))
    _fill_up(making, inner, lean=lean)
    if len(making.value) < plan.least:
        raise Unfit("fewer properties can be made than minProperties asks for", place.path, chance=True)
    value = {member.name: making.value[member.name] for member in plan.members if member.name in making.value}
    value.update(making.value)
    agree(plan.agreement, value, session, wish)
    return value


def _decided(wish: Wish, plan: Plan) -> Wish:
    """The wish with the names that this object has, of those of which it may have either."""
    names = {each.known for each in plan.members}
    found = {
        next(each for each in either if each in names): inner
        for either, inner in wish.either
        if not names.isdisjoint(either)
    }
    return replace(wish, known={**wish.known, **found}, either=()) if found else wish


def _check_room(plan: Plan, place: Place, session: Session) -> None:
    if plan.required > plan.most:
        raise Unfit("more properties are required than maxProperties allows", place.path)
    if plan.least > session.settings.max_nodes:
        raise Unfit(f"minProperties asks for over {session.settings.max_nodes} members", place.path)


def _chosen(making: Making, *, lean: bool) -> list[Member]:
    """The members to make, in the order they are made in.

    Of the optional ones a share that falls with the depth, within the quota; those that hold
    more than a scalar only as far as there is room to fill them.
    """
    plan, place, session, wish = making.plan, making.place, making.session, making.wish
    if wish is not None:
        asked = {each.name for each in plan.members if _is_wished(making, each)}
        if wish.whole:
            return [each for each in plan.making if each.required or each.name in asked]
    else:
        asked = set()
    if lean:
        return [each for each in plan.making if each.required or each.name in asked]
    least = _least(place.level, session.settings.optional)
    state = mixed(making.state, _PRESENCE)
    chosen, optional, holders = [], 0, 0
    for member in plan.making:
        wanted = member.required or member is plan.key or member.name in asked
        if wanted or mixed(state, member.presence) % CHANCES >= least[member.holds]:
            chosen.append(member)
            if not wanted:
                optional += 1
                holders += member.holds
    room = max(0, int(min(place.quota, plan.most)) - plan.required - len(asked))
    if optional <= room and holders <= place.quota // HOLDER:
        return chosen
    return _within(making, chosen, asked, room)


@functools.lru_cache(maxsize=256)
def _least(level: int, optional: float) -> tuple[int, int]:
    """What the dice must show for an optional scalar, and for what holds more, so many objects deep."""
    if optional >= 1:
        return 0, 0
    if level >= len(NEAR):
        return CHANCES, CHANCES
    scalars, holders = optional * NEAR[level], optional * HOLDING[level]
    return int(CHANCES * (1 - scalars)), int(CHANCES * (1 - holders))


def _within(making: Making, chosen: list[Member], asked: set[str], room: int) -> list[Member]:
    """As many of the optional members chosen as there is room for."""
    plan, holders = making.plan, making.place.quota // HOLDER
    kept = []
    for member in making.session.dice.sample(chosen, len(chosen)):
        if member.required or member.name in asked:
            kept.append(member)
        elif room > 0 and (member is plan.key or not member.holds or holders > 0):
            kept.append(member)
            room -= 1
            holders -= member.holds
    return [each for each in chosen if each in kept]


def _is_wished(making: Making, member: Member) -> bool:
    wish = making.wish
    return wish is not None and (
        wish.of(member.name, member.known) is not None
        or (member.known in wish.enveloped and member.holds)
        or (wish.each is not None and member.name in _lists(making))
    )


def _wish_for(making: Making, member: Member) -> Wish | None:
    """What is wished for a member: by its name, as what this object envelops, as the id beside it."""
    wish = making.wish
    found = None
    if wish is not None:
        found = wish.of(member.name, member.known)
        if found is None and member.holds:
            if (wish.each is not None or wish.most is not None) and member.name in _lists(making):
                found = Wish(each=wish.each, most=wish.most)
            elif member.known in wish.enveloped and not any(
                wish.of(each.name, each.known) for each in making.plan.members
            ):
                found = wish
    if member.beside in making.value and member.beside:
        known = {"id": Wish(making.value[member.beside])}
        found = Wish(known=known) if found is None else replace(found, known={**known, **found.known})
    return found


def _lists(making: Making) -> tuple[str, ...]:
    """The members that are the list which an answer is about."""
    lists = making.plan.agreement.lists
    return lists if len(lists) == 1 else making.plan.agreement.generic


def _identify(making: Making, key: Member) -> None:
    """Make what says which one of its kind an object is; all else in it then follows from that."""
    session = making.session
    _add(making, key, 1, _wish_for(making, key))
    if key.name in making.value and not isinstance(making.value[key.name], bool | None):
        world = mixed(session.settings.seed, making.plan.salt)
        making.state = mixed(world, salt_of(f"{making.value[key.name]}"))
        if making.place.turn:
            making.state = mixed(making.state, making.place.turn)


def _add(making: Making, member: Member, quota: int, wish: Wish | None) -> None:
    """Add a property; one that is not needed is left out when it cannot be made."""
    session = making.session
    if not member.required:
        needs = [name for name in member.needs if name not in making.value]
        hidden = member.hidden and not session.phase.write_only
        if hidden or needs or len(making.value) >= making.plan.most:
            return
    nodes = session.nodes
    session.subject = making.state
    session.dice.state = mixed(making.state, member.salt)
    level = making.place.level + 1
    try:
        if making.plan.named:
            _check_name(making, member.name)
        place = Place(quota, level, making.place, member.name)
        making.value[member.name] = making.build(member.spot, place, session, (), wish)
    except Unfit:
        if member.required:
            raise
        session.nodes = nodes


def _check_name(making: Making, name: str) -> None:
    for part, schema in making.merged.having("propertyNames"):
        at = within(part, schema)
        if not isinstance(at, Derived) and not making.session.accepts(at, name):
            raise Unfit(f"propertyNames does not allow {name}", making.place.path)


def _fill_up(making: Making, inner: int, *, lean: bool) -> None:
    """Add members that the schema does not name: those wished for, and as many as it asks for."""
    plan, wish = making.plan, making.wish
    if wish is not None and wish.members and (wish.whole or not plan.members):
        for name, each in wish.members.items():
            if name not in making.value and not any(name == member.name for member in plan.members):
                _add(making, _free(making, name), inner, each)
    making.session.dice.state = mixed(making.state, _NAMES)
    missing = max(plan.least, _free_entries(making, lean=lean)) - len(making.value)
    if missing > 0:
        _fill(making, missing, (inner - missing) // missing)


def _free_entries(making: Making, *, lean: bool) -> int:
    """How many members a map gets: an object that declares no properties, but a schema for them."""
    merged, place, wish = making.merged, making.place, making.wish
    if lean or place.quota < HOLDER or place.level >= len(NEAR) or any(merged.each("properties")):
        return 0
    if wish is not None and (wish.whole or wish.members):
        return 0
    declared = [schema for schema in merged.each("additionalProperties") if schema is not False]
    declared += list(merged.each("patternProperties"))
    return int(min(making.plan.most, making.session.dice.randint(1, 2))) if declared else 0


def _fill(making: Making, missing: int, quota: int) -> None:
    """Add members until there are enough: declared ones, then names that patterns or dice give."""
    plan = making.plan
    target = len(making.value) + missing
    if len(making.value) < plan.least:
        for member in plan.members:
            if member.name not in making.value and len(making.value) < target:
                making.session.spend()
                _add(making, member, quota, None)
    if len(making.value) >= target:
        return
    for name in _names(making):
        making.session.spend()
        if name not in making.value:
            state = making.session.dice.state
            _add(making, _free(making, name), quota, None)
            making.session.dice.state = state
        if len(making.value) >= target:
            return


def _free(making: Making, name: str) -> Member:
    """A member that the schema does not name."""
    goal = member_goal(making.merged, name)
    spot = making.session.memory.spot(goal, singular(making.spot.name), making.plan.noun)
    return Member(name, known_as(name), spot, salt_of(name), 0, required=False, holds=True, hidden=False)


def _names(making: Making) -> Iterator[str]:
    """Names for members that the schema does not name."""
    session, merged = making.session, making.merged
    patterns = [name for names in merged.each("patternProperties") for name in names]
    schemas = tuple(within(part, schema) for part, schema in merged.having("propertyNames"))
    least = int(lengths(merged, "minProperties", "maxProperties")[0])
    for number in range(NAME_TRIES + least):
        if schemas:
            spot = session.memory.spot((*schemas, _TEXT), "", "")
            try:
                yield making.build(spot, Place(1, making.place.level + 1, making.place, ""), session)
            except Unfit:
                return
        elif patterns and number % 3 < 2:
            pattern = session.dice.choice(patterns)
            word = matching_word([pattern], 6 + number % 8, 40, session.dice, attempts=8)
            yield matching_word([pattern], 0, 40, session.dice) or "" if word is None else word
        else:
            yield session.dice.choice(WORDS) + (str(number) if number >= len(WORDS) // 2 else "")


_TEXT = Derived("", {"type": "string"})
