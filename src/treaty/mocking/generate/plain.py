"""The usual case, in as few steps as it takes: objects and arrays whose schemas leave nothing to choose.

Everything that can be is worked out beforehand (`forms.py`); what is left is to pick values by number,
and to hand on what has to be built in several ways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from treaty.findings import Json
from treaty.mocking.generate.agree import METAS, agree, told_beside
from treaty.mocking.generate.blueprints import Built, Form, Kept, Listed, Part, Thing
from treaty.mocking.generate.dice import MASK, factor_of, mixed, salt_of
from treaty.mocking.generate.forms import form_of, key_stock
from treaty.mocking.generate.model import NOTHING, Place, Unfit, Wish, is_for_parts
from treaty.mocking.generate.presence import VARIANTS
from treaty.mocking.generate.rooms import natural
from treaty.mocking.generate.wishes import NONE, Wishes, wish_at, wished_count, wishes_of, with_identity

if TYPE_CHECKING:
    from treaty.mocking.generate.blueprints import Member, Plan
    from treaty.mocking.generate.session import Session

COUNT = factor_of("count")
FEW = 64
MOST_KEPT = 20_000  # of about a thousand bytes each


def plain_object(
    plan: Plan, state: int, place: Place, session: Session, wish: Wish | None
) -> dict[str, Json]:
    """An object of a plan that leaves nothing open. Raises Unfit when a member it needs cannot be made."""
    wishes = NONE if wish is None else wishes_of(plan, wish)
    key, identity = plan.key, NOTHING
    if key is not None:
        identity = _key_of(key, state, place, session, wishes.get(key.name))
        state = grown(plan, identity, state, session, place.turn)
    return _grown_object(plan, identity, state, place, session, wishes)


def _grown_object(
    plan: Plan,
    identity: Json,
    state: int,
    place: Place,
    session: Session,
    wishes: Wishes,
) -> dict[str, Json]:
    """An object of which it is known which one it is."""
    form, key = form_of(plan, place, state >> 20 & VARIANTS - 1, wishes, session), plan.key
    value = _of_form(form, state >> 34, session)
    if key is not None:
        value[key.name] = identity
        if identity is NOTHING:
            del value[key.name]
    if form.built:
        _build_rest(form, plan, value, state, place, session, wishes)
    if plan.agreement.pairs or plan.agreement.told:
        agree(plan.agreement, value, session, wishes.of)
    return value


def _of_form(form: Form, number: int, session: Session) -> dict[str, Json]:
    session.count(form.nodes, form.cost)
    if not form.proven:
        session.proven = False
    return filled(form, number, session)


def filled(form: Form, number: int, session: Session) -> dict[str, Json]:
    """An object of a form, less what takes several steps."""
    value = form.blank.copy()
    picked = [stock[(number * factor >> 20) % size] for stock, factor, size in form.picks]
    value.update(zip(form.names, picked, strict=True))
    for part in form.parts:
        value[part.name] = _one_of_few(part, number, session)
    for name, picks in form.lists:
        value[name] = [stock[(number * factor >> 20) % size] for stock, factor, size in picks]
    for name, rows in form.rows:
        value[name] = [_made_by(row, number, session) for row in rows]
    if form.agreement is not None:
        agree(form.agreement, value, session, None)
    return value


def _one_of_few(part: Part, number: int, session: Session) -> dict[str, Json]:
    """An object within another. Nobody may change it: others have it too."""
    index = (number * part.factor >> 20) % FEW
    kept = part.kept.get((index, session.settings.seed))
    if kept is None:
        nodes, steps, proven, session.proven = session.nodes, session.steps, session.proven, True
        try:
            value = _made_by(part.made_by, mixed(index, part.factor) >> 34, session)
            kept = Kept(value, session.nodes - nodes, steps - session.steps, session.proven)
        finally:
            session.nodes, session.steps, session.proven = nodes, steps, proven
        if session.memory.kept < MOST_KEPT:
            session.memory.kept += 1
            part.kept[index, session.settings.seed] = kept
    session.count(kept.nodes, kept.cost)
    session.proven = session.proven and kept.proven
    return kept.value


def _made_by(form: Form | Thing, number: int, session: Session) -> dict[str, Json]:
    if isinstance(form, Thing):
        return _told_apart(form, number, session)
    return _of_form(form, number, session)


def _told_apart(thing: Thing, number: int, session: Session) -> dict[str, Json]:
    """An object that an identity tells from others of its kind: which one it is, the number says."""
    stock, factor, size = thing.key
    plan, identity = thing.plan, stock[(number * factor >> 20) % size]
    if not thing.proven:
        session.proven = False
    state = grown(plan, identity, mixed(number, factor), session, 0)
    return _grown_object(plan, identity, state, thing.place, session, NONE)


def _build_rest(
    form: Form,
    plan: Plan,
    value: dict[str, Json],
    state: int,
    place: Place,
    session: Session,
    wishes: Wishes,
) -> None:
    """Add the members that take several steps; one that is not needed is left out when it cannot be made."""
    for step in form.built:
        member = step.member
        wanted = wishes.get(member.name) if wishes else None
        if step.told:
            wanted = _told(member, plan, value, wishes.of, wanted)
        inner = Place(form.inner, place.level + 1, place, member.name)
        nodes, session.owner = session.nodes, state
        try:
            value[member.name] = _built(step, mixed(state, member.salt), inner, session, wanted)
        except Unfit:
            if member.required:
                raise
            session.nodes = nodes
            del value[member.name]


def _built(step: Built, state: int, place: Place, session: Session, wish: Wish | None) -> Json:
    """A member that takes several steps."""
    if place.depth <= session.settings.max_depth:
        try:
            if step.listed is not None and is_for_parts(wish):
                return plain_array(step.listed, state, place, session, wish)
            if step.plan is not None and is_for_parts(wish):
                return plain_object(step.plan, state, place, session, wish)
        except Unfit as unfit:
            if not unfit.chance:
                raise
    session.dice.state = state
    return session.build(step.member.spot, place, session, (), wish)


def _told(
    member: Member, plan: Plan, value: dict[str, Json], wish: Wish | None, wanted: Wish | None
) -> Wish | None:
    """The wish for a member that tells of what stands beside it, or has its id there."""
    if wanted is None and plan.agreement.lists and member.known in METAS:
        wanted = told_beside(plan.agreement, value, wish)
    return with_identity(wanted, member, value)


def plain_array(listed: Listed, state: int, place: Place, session: Session, wish: Wish | None) -> list[Json]:
    """An array of which all elements are alike. Raises Unfit when one that it needs cannot be made."""
    room = listed.room
    low, high = natural(room, place.quota, place.level, session.settings)
    count = low if low == high else low + ((state >> 34) * COUNT >> 20) % (high - low + 1)
    if wish is not None:
        count = wished_count(wish, room.least, room.most, count)
    if not count:
        return []
    if not listed.proven:
        session.proven = False
    element, stock, plan = listed.element, listed.stock, listed.plan
    if stock is not None and wish is None:
        session.count(count, count * element.cost)
        return [stock.pick(mixed(state, number), element.factor) for number in range(1, count + 1)]
    quota = (place.quota - count) // count
    value: list[Json] = []
    for number in range(1, count + 1):
        inner, nodes = Place(quota, place.level, place, number - 1), session.nodes
        session.owner = mixed(state, number)
        wanted = wish_at(wish, number - 1)
        try:
            if plan is not None and inner.depth <= session.settings.max_depth and is_for_parts(wanted):
                value.append(plain_object(plan, session.owner, inner, session, wanted))
            else:
                session.dice.state = session.owner
                value.append(session.build(element, inner, session, (), wanted))
        except Unfit as unfit:
            if number <= room.least:
                raise Unfit(unfit.reason, unfit.path, chance=True) from unfit
            session.nodes = nodes
            break
    return value


def _key_of(key: Member, state: int, place: Place, session: Session, wish: Wish | None) -> Json:
    """The value of what says which of its kind an object is; NOTHING where it has none."""
    spot = key.spot
    stock, is_proven = key_stock(key, place, session) if wish is None else (None, False)
    if stock is not None:
        session.proven = session.proven and is_proven
        return stock.pick(state, spot.factor)
    session.owner = state
    session.dice.state = mixed(state, key.salt)
    try:
        return session.build(spot, Place(1, place.level + 1, place, key.name), session, (), wish)
    except Unfit:
        if key.required:
            raise
        return NOTHING


def grown(plan: Plan, identity: Json, state: int, session: Session, turn: int) -> int:
    """The state of an object with an identity, whatever answer it stands in; without one as it is."""
    if type(identity) is int:
        number = identity & MASK
    elif identity is NOTHING or identity is None or isinstance(identity, bool):
        return state
    else:
        number = _number_of(f"{identity}")
    state = mixed(mixed(session.settings.seed, plan.salt), number)
    return mixed(state, turn) if turn else state


def _number_of(text: str) -> int:
    """A number for what identifies a thing: a whole number is the same as one and as a text."""
    return int(text) & MASK if text.isdecimal() and text.isascii() and len(text) < 20 else salt_of(text)
