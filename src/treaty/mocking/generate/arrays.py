"""Arrays: prefix and items, what must be contained, how many, and all different if asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from treaty.findings import Json
from treaty.mocking.generate.blueprints import Contained
from treaty.mocking.generate.dice import mixed, picked
from treaty.mocking.generate.forms import listed
from treaty.mocking.generate.model import Place, Unfit, Wish
from treaty.mocking.generate.naming import singular
from treaty.mocking.generate.plain import COUNT, plain_array
from treaty.mocking.generate.rooms import contained, element_goal, natural, room_of
from treaty.mocking.generate.session import Session
from treaty.mocking.generate.wishes import wish_at, wished_count

if TYPE_CHECKING:
    from treaty.mocking.generate.blueprints import Merged, Spot


def build_array(
    spot: Spot,
    merged: Merged,
    place: Place,
    session: Session,
    wish: Wish | None,
    *,
    lean: bool,
) -> Json:
    """An array for the parts; raises Unfit when an element it needs cannot be made."""
    plain = listed(spot, session) if spot.merged is merged and session.plain else None
    if plain is not None and not lean and (wish is None or not wish.whole):
        return plain_array(plain, session.dice.state, place, session, wish)
    room = room_of(spot, merged, session)
    plan = contained(merged, room.most, shared=True) if lean and room.contains else room.plan
    least, most = max(room.least, 1 + max(plan.needed, default=-1)), room.most
    if least > most:
        raise Unfit("more elements are asked for than maxItems allows", place.path)
    if least > session.settings.max_nodes:
        raise Unfit(f"minItems asks for over {session.settings.max_nodes} elements", place.path)
    state, owner = session.dice.state, session.owner
    low, high = natural(room, place.quota, place.level, session.settings)
    count = least if lean else max(least, low + picked(state, COUNT) % (high - low + 1))
    if wish is not None:
        count = wished_count(wish, least, most, count)
    quota = (place.quota - count) // max(1, count)
    value: list[Json] = []
    for index in range(count):
        nodes = session.nodes
        session.dice.state = session.owner = mixed(state, index + 1)
        inner = Place(quota, place.level, place, index)
        try:
            element = _spot(spot, merged, index, plan, session)
            value.append(
                session.build(element, inner, session, value if room.unique else (), wish_at(wish, index))
            )
        except Unfit:
            if index < least:
                raise
            session.nodes = nodes
            break
    session.owner = owner
    return value


def _spot(spot: Spot, merged: Merged, index: int, plan: Contained, session: Session) -> Spot:
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
