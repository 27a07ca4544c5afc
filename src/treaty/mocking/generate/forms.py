"""Forms: objects of a plan that have the same members, so that only values are left to be picked.

Which optional members there are follows from a few bits of an object's state: there are so
many variants of a plan at a level with some room, and each is worked out once. What is within
it and has no identity of its own is a part of it, so that all is picked by one number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from treaty.mocking.generate.agree import METAS
from treaty.mocking.generate.dice import SUBJECT, factor_of, mixed, salt_of
from treaty.mocking.generate.model import Place
from treaty.mocking.generate.plans import plan_of
from treaty.mocking.generate.preparing import short_of_room, stock_of
from treaty.mocking.generate.presence import chosen_of, room_within, variant_of
from treaty.mocking.generate.rooms import natural, room_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from treaty.findings import Json
    from treaty.mocking.generate.agree import Agreement
    from treaty.mocking.generate.memory import Spot
    from treaty.mocking.generate.plans import Member, Plan
    from treaty.mocking.generate.rooms import Room
    from treaty.mocking.generate.session import Session
    from treaty.mocking.generate.stocks import Picked, Stock

MOST_FORMS = 512  # of one plan
MOST_WITHIN = 6  # levels that are parts of one form
Pick: TypeAlias = "tuple[Picked, int, int]"  # stock, factor, size


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """A member that takes several steps: an object of a plan or a list, where these leave nothing open.

    `told` says that it may tell of what stands beside it.
    """

    member: Member
    plan: Plan | None
    listed: Listed | None
    told: bool


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """An array with elements all alike: picked from a stock, objects of a plan, or built in several ways."""

    room: Room
    element: Spot
    stock: Stock | None
    plan: Plan | None
    proven: bool


@dataclass(slots=True, eq=False)  # not frozen: it is put together member by member
class Form:
    """The members of an object, and how each is made.

    `blank` has all names in order. The members in `names` are picked by `picks`; `objects`, `lists` of
    scalars and `rows` of objects are parts of the form. Those of `built` take several steps, and may hold
    `inner` values. A part's members agree by `agreement`, if they have to do with each other.
    """

    blank: dict[str, Json]
    inner: int
    agreement: Agreement | None = None
    names: list[str] = field(default_factory=list)
    picks: list[Pick] = field(default_factory=list)
    objects: list[tuple[str, Form]] = field(default_factory=list)
    lists: list[tuple[str, list[Pick]]] = field(default_factory=list)
    rows: list[tuple[str, list[Form]]] = field(default_factory=list)
    built: list[Built] = field(default_factory=list)
    nodes: int = 0
    cost: int = 0
    proven: bool = True


def form_of(plan: Plan, place: Place, variant: int, wished: Collection[str], session: Session) -> Form:
    """The form of the objects of a variant, of which some members are `wished`."""
    forms = plan.forms
    key: object = place.quota << 12 | place.level << 6 | variant
    if wished:
        key = (key, *wished)
    form = forms.get(key)
    if form is None:
        if len(forms) >= MOST_FORMS:
            forms.clear()
        around = 0 if plan.key is None else place.level
        form = forms[key] = _form(plan, place, variant, wished, session, "", around)
    return form


def _form(
    plan: Plan,
    place: Place,
    variant: int,
    wished: Collection[str],
    session: Session,
    path: str,
    around: int,
) -> Form:
    chosen = chosen_of(plan, place, variant, wished, session, lean=False, around=around)
    there = {each.name for each in chosen if not each.hidden or each.required}
    blank = {each.name: None for each in plan.members if each.name in there}
    agreement = plan.agreement if path and (plan.agreement.pairs or plan.agreement.told) else None
    form = Form(blank, room_within(place, chosen), agreement, nodes=len(blank))
    for member in chosen:
        if member is plan.key or member.name not in there:
            continue
        told = bool(member.beside) or bool(plan.agreement.lists and member.holds and member.known in METAS)
        where = f"{path}.{member.name}" if path else member.name
        if not (told or member.name in wished):
            inner = Place(form.inner, place.level + 1, place, member.name)
            if _is_part(form, member.spot, member.name, where, inner, variant, session, around):
                continue
        spot = member.spot
        step = Built(member, inner_plan(spot, session), listed(spot, session), told)
        form.built.append(step)
        form.cost += spot.cost
        form.proven = form.proven and (spot.proven or not (step.plan or step.listed))
    return form


def _is_part(
    form: Form,
    spot: Spot,
    name: str,
    where: str,
    place: Place,
    variant: int,
    session: Session,
    around: int,
) -> bool:
    """Make a member a part of a form, where it leaves nothing open and has no identity."""
    state = mixed(variant, salt_of(where))
    stock = stock_of(spot, session)
    ways = spot.ways[short_of_room(place)]
    if ways:
        spot = ways[state % len(ways)]
        stock = spot.stock
    if stock is not None:
        form.names.append(name)
        form.picks.append(_pick(stock, where))
    elif not _is_list(form, spot, name, where, place, state, session, around):
        plan = inner_plan(spot, session)
        inner = None if plan is None else _part(plan, place, state, session, where, around)
        if inner is None:
            return False
        form.objects.append((name, inner))
        _count(form, inner)
    form.cost += spot.cost
    form.proven = form.proven and spot.proven
    return True


def _is_list(
    form: Form,
    spot: Spot,
    name: str,
    where: str,
    place: Place,
    state: int,
    session: Session,
    around: int,
) -> bool:
    found = listed(spot, session)
    if found is None:
        return False
    low, high = natural(found.room, place.quota, place.level, session.settings)
    count = low + state % (high - low + 1)
    if found.stock is not None:
        # Each of a list is told of another subject.
        picks = [
            (found.stock.values, factor_of(f"{where}.{number}"), found.stock.size) for number in range(count)
        ]
        form.lists.append((name, picks))
        form.nodes += count
        form.cost += count * found.element.cost
    else:
        quota = (place.quota - count) // max(1, count)
        rows = []
        for number in range(count):
            inner = Place(quota, place.level, place, number)
            state = mixed(state, number + 1)
            here = f"{where}.{number}"
            row = _part(found.plan, inner, state, session, here, around) if found.plan else None
            if row is None:
                return False
            rows.append(row)
        form.rows.append((name, rows))
        for row in rows:
            _count(form, row)
            form.cost += found.element.cost
    form.proven = form.proven and found.proven
    return True


def _part(plan: Plan, place: Place, state: int, session: Session, where: str, around: int) -> Form | None:
    """The form of an object within another; None where it has an identity, or takes several steps."""
    if plan.key is not None or place.depth > min(MOST_WITHIN, session.settings.max_depth):
        return None
    form = _form(plan, place, variant_of(state), (), session, where, around)
    return None if form.built else form


def _count(form: Form, part: Form) -> None:
    form.nodes += part.nodes
    form.cost += part.cost
    form.proven = form.proven and part.proven


def _pick(stock: Stock, where: str) -> Pick:
    if not stock.shared:
        return stock.values, factor_of(where), stock.size
    above = where.rpartition(".")[0]
    return stock.values, factor_of(f"{above} subject") if above else SUBJECT, stock.size


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
        plan = inner_plan(element, session)
        proven = element.proven or not (stock or plan)  # what is built in several ways tells itself
        spot.listed = Listed(room, element, stock, plan, proven)
    return spot.listed
