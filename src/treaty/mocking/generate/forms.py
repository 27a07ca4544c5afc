"""Forms: objects of a plan that have the same members, so that only values are left to be picked.

Which optional members there are follows from a few bits of an object's state: there are so
many variants of a plan at a level with some room, and each is worked out once. What is within
it and has no identity of its own is a part of it, so that all is picked by one number; of a thing
within it that has one, the identity is picked so, and all else follows from that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from treaty.mocking.generate.agree import METAS
from treaty.mocking.generate.blueprints import (
    Built,
    Form,
    Listed,
    Member,
    Part,
    Pick,
    Plan,
    Spot,
    Stock,
    Thing,
)
from treaty.mocking.generate.dice import SUBJECT, factor_of, mixed, salt_of
from treaty.mocking.generate.model import Place
from treaty.mocking.generate.plans import plan_of
from treaty.mocking.generate.preparing import short_of_room, stock_of
from treaty.mocking.generate.presence import chosen_of, room_within, variant_of
from treaty.mocking.generate.rooms import natural, room_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from treaty.mocking.generate.session import Session

MOST_FORMS = 512  # of one plan
MOST_WITHIN = 6  # levels that are parts of one form


@dataclass(frozen=True, slots=True)
class Here:
    """Where a part of a form stands, with the state that says what it is.

    The objects `around` that of the form do not count for which scalars a thing has.
    """

    place: Place
    path: str
    state: int
    around: int
    session: Session

    def below(self, name: str | int, quota: int, state: int) -> Here:
        """Where a member of the object here stands, or an element of the array."""
        level = self.place.level + isinstance(name, str)
        path = f"{self.path}.{name}" if self.path else f"{name}"
        return Here(Place(quota, level, self.place, name), path, state, self.around, self.session)


def form_of(plan: Plan, place: Place, variant: int, wished: Collection[str], session: Session) -> Form:
    """The form of the objects of a variant, of which some members are `wished`."""
    forms = plan.forms
    key: object = (place.quota << 6 | place.depth) << 12 | place.level << 6 | variant
    if wished:
        key = (key, *wished)
    form = forms.get(key)
    if form is None:
        if len(forms) >= MOST_FORMS:
            forms.clear()
        around = 0 if plan.key is None else place.level
        form = forms[key] = _form(plan, Here(place, "", variant, around, session), variant, wished)
    return form


def _form(plan: Plan, here: Here, variant: int, wished: Collection[str]) -> Form:
    chosen = chosen_of(plan, here.place, variant, wished, here.session, lean=False, around=here.around)
    there = {each.name for each in chosen if not each.hidden or each.required}
    if plan.key is not None:
        there.add(plan.key.name)
    blank = {each.name: None for each in plan.members if each.name in there}
    agreement = plan.agreement if here.path and (plan.agreement.pairs or plan.agreement.told) else None
    form = Form(blank, room_within(here.place, chosen), agreement, nodes=len(blank))
    for member in chosen:
        if member is plan.key or member.name not in there:
            continue
        told = bool(member.beside) or bool(plan.agreement.lists and member.holds and member.known in METAS)
        if not (told or member.name in wished) and _is_part(form, member, here, variant):
            continue
        spot = member.spot
        step = Built(member, inner_plan(spot, here.session), listed(spot, here.session), told)
        form.built.append(step)
        form.cost += spot.cost
        form.proven = form.proven and (spot.proven or not (step.plan or step.listed))
    return form


def _is_part(form: Form, member: Member, around: Here, variant: int) -> bool:
    """Make a member a part of a form, where it leaves nothing open."""
    name, spot = member.name, member.spot
    path = f"{around.path}.{name}" if around.path else name
    here = around.below(name, form.inner, mixed(variant, salt_of(path)))
    stock = stock_of(spot, here.session)
    ways = spot.ways[short_of_room(here.place)]
    if ways:
        spot = ways[here.state % len(ways)]
        stock = spot.stock
    if stock is not None:
        form.names.append(name)
        form.picks.append(_pick(stock, path))
    elif not (_is_list(form, spot, name, here) or _is_object(form, spot, name, here)):
        return False
    form.cost += spot.cost
    form.proven = form.proven and spot.proven
    return True


def _is_object(form: Form, spot: Spot, name: str, here: Here) -> bool:
    plan = inner_plan(spot, here.session)
    part = None if plan is None else _part(plan, here)
    if part is None:
        return False
    form.parts.append(Part(name, part, factor_of(here.path)))
    return True


def _is_list(form: Form, spot: Spot, name: str, here: Here) -> bool:
    found, place = listed(spot, here.session), here.place
    if found is None:
        return False
    low, high = natural(found.room, place.quota, place.level, here.session.settings)
    count = low + here.state % (high - low + 1)
    if found.stock is not None:
        stock = found.stock
        # Each of a list is told of another subject.
        picks = [(stock.values, factor_of(f"{here.path}.{number}"), stock.size) for number in range(count)]
        form.lists.append((name, picks))
        form.nodes += count
    else:
        rows = _rows(found, count, here)
        if rows is None:
            return False
        form.rows.append((name, rows))
    form.cost += count * found.element.cost
    form.proven = form.proven and found.proven
    return True


def _rows(found: Listed, count: int, here: Here) -> list[Form | Thing] | None:
    """The elements of a list of objects; None where they take several steps."""
    if found.plan is None:
        return None
    quota, state = (here.place.quota - count) // max(1, count), here.state
    rows: list[Form | Thing] = []
    for number in range(count):
        state = mixed(state, number + 1)
        row = _part(found.plan, here.below(number, quota, state))
        if row is None:
            return None
        rows.append(row)
    return rows


def _part(plan: Plan, here: Here) -> Form | Thing | None:
    """An object within another; None where it takes several steps."""
    depth, most = here.place.depth, here.session.settings.max_depth
    if plan.key is not None:
        stock, is_proven = key_stock(plan.key, here.place, here.session)
        if stock is None or depth > most:
            return None
        key = _pick(stock, f"{here.path}.{plan.key.name}")
        return Thing(plan, here.place, key, is_proven)
    if depth > min(MOST_WITHIN, most):
        return None
    form = _form(plan, here, variant_of(here.state), ())
    return None if form.built else form


def _pick(stock: Stock, where: str) -> Pick:
    if not stock.shared:
        return stock.values, factor_of(where), stock.size
    above = where.rpartition(".")[0]
    return stock.values, factor_of(f"{above} subject") if above else SUBJECT, stock.size


def key_stock(key: Member, place: Place, session: Session) -> tuple[Stock | None, bool]:
    """What the identity of the object at a place is picked from, and whether it is valid then.

    In a list only the first is the one that an example tells of.
    """
    spot, stock = key.spot, stock_of(key.spot, session)
    if spot.others is not None and isinstance(place.key, int) and place.key > 0:
        return spot.others, False
    return stock, spot.proven


def inner_plan(spot: Spot, session: Session) -> Plan | None:
    """The plan of a spot's objects, if they leave nothing open."""
    merged = spot.merged
    if spot.kind != "object" or merged is None:
        return None
    plan = plan_of(spot, merged, session)
    return plan if plan.plain else None


def listed(spot: Spot, session: Session) -> Listed | None:
    """What a spot's arrays are lists of, if they leave nothing open; found out once."""
    merged = spot.merged
    if spot.kind != "array" or merged is None:
        return None
    if spot.listed is None:
        room = room_of(spot, merged, session)
        element = room.element
        if element is None:
            return None
        stock = stock_of(element, session)
        if stock is not None and stock.size == 1:  # a list says nothing more by saying it again
            room = replace(room, most=min(room.most, max(room.least, 1)), usual={})
        plan = inner_plan(element, session)
        proven = element.proven or not (stock or plan)  # what is built in several ways tells itself
        spot.listed = Listed(room, element, stock, plan, proven)
    return spot.listed
