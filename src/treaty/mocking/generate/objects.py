"""Objects: required properties, as many optional ones as there is room for, and names of our own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from treaty.findings import Json
from treaty.mocking.generate.agree import METAS, agree, told_beside
from treaty.mocking.generate.blueprints import Member, Plan
from treaty.mocking.generate.dice import mixed, salt_of
from treaty.mocking.generate.model import NOTHING, Derived, Place, Unfit, Wish
from treaty.mocking.generate.naming import known_as, singular
from treaty.mocking.generate.pattern_words import matching_word
from treaty.mocking.generate.plain import grown, plain_object
from treaty.mocking.generate.plans import member_goal, plan_of
from treaty.mocking.generate.preparing import stock_of
from treaty.mocking.generate.presence import HOLDER, NEAR, chosen_of, room_within, variant_of
from treaty.mocking.generate.session import Session, within
from treaty.mocking.generate.strings import lengths
from treaty.mocking.generate.vocabulary import WORDS
from treaty.mocking.generate.wishes import NONE, wishes_of, with_identity

if TYPE_CHECKING:
    from treaty.mocking.generate.blueprints import Merged, Spot

NAME_TRIES = 40
_NAMES = salt_of("names")


@dataclass(slots=True)
class Making:
    """An object in the making; `state` is what all in it follows from."""

    spot: Spot
    merged: Merged
    plan: Plan
    place: Place
    session: Session
    wishes: Mapping[str, Wish]
    state: int
    value: dict[str, Json]


def build_object(
    spot: Spot,
    merged: Merged,
    place: Place,
    session: Session,
    wish: Wish | None,
    *,
    lean: bool,
) -> Json:
    """An object for the parts; raises Unfit when a property it needs cannot be made."""
    plan = plan_of(spot, merged, session)
    if plan.plain and session.plain and not lean and (wish is None or not wish.whole):
        return plain_object(plan, session.dice.state, place, session, wish)
    _check_room(plan, place, session)
    wishes = NONE if wish is None else wishes_of(plan, wish)
    making = Making(spot, merged, plan, place, session, wishes, session.dice.state, {})
    if plan.key is not None and (plan.key.required or not lean or plan.key.name in wishes):
        _identify(making, plan.key)
    lean = lean or (wish is not None and wish.whole)
    chosen = chosen_of(plan, place, variant_of(making.state), wishes, session, lean=lean)
    inner = room_within(place, chosen)
    for member in chosen:
        if member is plan.key:
            continue
        beside = plan.agreement.lists and member.holds and member.known in METAS
        _add(making, member, inner, told_beside(plan.agreement, making.value, wish) if beside else None)
    if plan.open or wish is not None:
        _fill_up(making, inner, wish, lean=lean)
    if len(making.value) < plan.least:
        raise Unfit("fewer properties can be made than minProperties asks for", place.path, chance=True)
    made = making.value
    value = {name: made[name] for name in plan.by_name if name in made}
    if len(value) < len(made):
        value.update(made)
    if plan.agreement.pairs or plan.agreement.told:
        agree(plan.agreement, value, session, wish)
    return value


def _check_room(plan: Plan, place: Place, session: Session) -> None:
    if plan.required > plan.most:
        raise Unfit("more properties are required than maxProperties allows", place.path)
    if plan.least > session.settings.max_nodes:
        raise Unfit(f"minProperties asks for over {session.settings.max_nodes} members", place.path)


def _identify(making: Making, key: Member) -> None:
    """Make what says which one of its kind an object is; all else in it then follows from that."""
    session = making.session
    _add(making, key, 1)
    identity = making.value.get(key.name, NOTHING)
    making.state = grown(making.plan, identity, making.state, session, making.place.turn)


def _add(making: Making, member: Member, quota: int, wish: Wish | None = None) -> None:
    """Add a property; one that is not needed is left out when it cannot be made."""
    session = making.session
    if not member.required:
        needs = [name for name in member.needs if name not in making.value]
        hidden = member.hidden and not session.phase.write_only
        if hidden or needs or len(making.value) >= making.plan.most:
            return
    if making.wishes:
        wish = making.wishes.get(member.name, wish)
    if member.beside:
        wish = with_identity(wish, member, making.value)
    nodes, spot = session.nodes, member.spot
    session.owner = making.state
    session.dice.state = mixed(making.state, member.salt)
    try:
        if making.plan.named:
            _check_name(making, member.name)
        stock = None if wish is not None or session.phase.careful else stock_of(spot, session)
        if stock is not None:
            session.count(1, spot.cost)
            making.value[member.name] = stock.pick(making.state, spot.factor)
            return
        place = Place(quota, making.place.level + 1, making.place, member.name)
        making.value[member.name] = making.session.build(spot, place, session, (), wish)
    except Unfit:
        if member.required:
            raise
        session.nodes = nodes


def _check_name(making: Making, name: str) -> None:
    for part, schema in making.merged.having("propertyNames"):
        at = within(part, schema)
        if not isinstance(at, Derived) and not making.session.accepts(at, name):
            raise Unfit(f"propertyNames does not allow {name}", making.place.path)


def _fill_up(making: Making, inner: int, wish: Wish | None, *, lean: bool) -> None:
    """Add members that the schema does not name: those wished for, and as many as it asks for."""
    plan = making.plan
    if wish is not None and wish.members and (wish.whole or not plan.members):
        for name, each in wish.members.items():
            if name not in making.value and name not in plan.by_name:
                _add(making, _free(making, name), inner, each)
    making.session.dice.state = mixed(making.state, _NAMES)
    missing = max(plan.least, _free_entries(making, wish, lean=lean)) - len(making.value)
    if missing > 0:
        _fill(making, missing, (inner - missing) // missing)


def _free_entries(making: Making, wish: Wish | None, *, lean: bool) -> int:
    """How many members a map gets: an object that declares no properties, but a schema for them."""
    merged, place = making.merged, making.place
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
                _add(making, member, quota)
    if len(making.value) >= target:
        return
    for name in _names(making):
        making.session.spend()
        if name not in making.value:
            state = making.session.dice.state
            _add(making, _free(making, name), quota)
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
                yield making.session.build(spot, Place(1, making.place.level + 1, making.place, ""), session)
            except Unfit:
                return
        elif patterns and number % 3 < 2:
            pattern = session.dice.choice(patterns)
            word = matching_word([pattern], 6 + number % 8, 40, session.dice, attempts=8)
            yield matching_word([pattern], 0, 40, session.dice) or "" if word is None else word
        else:
            yield session.dice.choice(WORDS) + (str(number) if number >= len(WORDS) // 2 else "")


_TEXT = Derived("", {"type": "string"})
