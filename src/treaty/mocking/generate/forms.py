"""Forms: objects of a plan that have the same members, so that only values are left to be picked.

Which optional members there are follows from a few bits of an object's state: there are so
many variants of a plan at a level with some room, and each is worked out once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from treaty.mocking.generate.agree import METAS
from treaty.mocking.generate.dice import SUBJECT, Dice, mixed, salt_of
from treaty.mocking.generate.plans import plan_of
from treaty.mocking.generate.preparing import is_scalar
from treaty.mocking.generate.rooms import room_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from treaty.findings import Json
    from treaty.mocking.generate.memory import Spot
    from treaty.mocking.generate.model import Place
    from treaty.mocking.generate.plans import Member, Plan
    from treaty.mocking.generate.rooms import Room
    from treaty.mocking.generate.session import Session
    from treaty.mocking.generate.stocks import Picked, Stock

VARIANTS = 32
MOST_FORMS = 4_096  # of one plan
# How much of the share of optional properties is sent, by how many objects are around: of those that
# are scalars, and of those that hold more.
NEAR = (1.0, 0.97, 0.85, 0.6, 0.4)
HOLDING = (1.0, 0.9, 0.5, 0.2, 0.05)
# What an object within may hold at least where there is little room, by how many objects are around.
LEAST_ROOM = (6, 3)
HOLDER = 6  # the nodes reckoned for a property that holds more than a scalar
CHANCES = 2**24
_PRESENCE = salt_of("presence")


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


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """The members of an object, and how each is made.

    `blank` has all names in order. Of the members in `names`, `picks` has the stock, factor and size;
    those of `made` are made in one step, those of `built` in several; these may hold `inner` values.
    """

    blank: dict[str, Json]
    names: tuple[str, ...]
    picks: tuple[tuple[Picked, int, int], ...]
    made: tuple[tuple[str, int, Callable[[Session], Json]], ...]
    built: tuple[Built, ...]
    inner: int
    cost: int
    proven: bool


def variant_of(state: int) -> int:
    """The variant that an object of a state is."""
    return state >> 20 & VARIANTS - 1


def form_of(plan: Plan, place: Place, variant: int, wished: Collection[str], session: Session) -> Form:
    """The form of the objects of a variant, of which some members are `wished`."""
    forms = plan.forms[session.settings.use_examples]
    key: object = place.quota << 12 | place.level << 6 | variant
    if wished:
        key = (key, *wished)
    form = forms.get(key)
    if form is None:
        if len(forms) >= MOST_FORMS:
            forms.clear()
        chosen = chosen_of(plan, place, variant, wished, session, lean=False)
        form = forms[key] = _form(plan, chosen, place, wished, session)
    return form


def room_within(place: Place, chosen: Collection[Member]) -> int:
    """How much each of the members may hold that hold more than a scalar."""
    inner = (place.quota - len(chosen)) // (sum(member.holds for member in chosen) or 1)
    return max(inner, LEAST_ROOM[place.level] if place.level < len(LEAST_ROOM) else inner)


def _form(plan: Plan, chosen: list[Member], place: Place, wished: Collection[str], session: Session) -> Form:
    names, picks, made, built = [], [], [], []
    cost, proven = 0, True
    there = {each.name for each in chosen if not each.hidden or each.required}
    for member in chosen:
        spot = member.spot
        if member is plan.key or member.name not in there:
            continue
        if not is_scalar(spot, session) or member.name in wished:
            step = _built(plan, member, session)
            built.append(step)
            proven = proven and (spot.proven or not (step.plan or step.listed))
            cost += spot.cost
            continue
        cost += spot.cost
        proven = proven and spot.proven
        if spot.stock is not None:
            factor = SUBJECT if spot.stock.shared else spot.factor
            names.append(member.name)
            picks.append((spot.stock.values, factor, spot.stock.size))
        elif spot.maker is not None:
            made.append((member.name, member.salt, spot.maker))
    blank = {each.name: None for each in plan.members if each.name in there}
    inner = room_within(place, chosen)
    return Form(blank, tuple(names), tuple(picks), tuple(made), tuple(built), inner, cost, proven)


def _built(plan: Plan, member: Member, session: Session) -> Built:
    told = bool(member.beside) or bool(plan.agreement.lists and member.holds and member.known in METAS)
    return Built(member, inner_plan(member.spot, session), listed(member.spot, session), told)


def inner_plan(spot: Spot, session: Session) -> Plan | None:
    """The plan of a spot's objects, if they leave nothing open."""
    merged = spot.merged
    if spot.kind != "object" or merged is None or (merged.named and session.settings.use_examples):
        return None
    plan = plan_of(spot, merged, session)
    return plan if plan.plain else None


def listed(spot: Spot, session: Session) -> Listed | None:
    """What a spot's arrays are lists of, if they leave nothing open; found out once."""
    merged = spot.merged
    if spot.kind != "array" or merged is None or (merged.named and session.settings.use_examples):
        return None
    found = spot.listed[session.settings.use_examples]
    if found is None:
        room = room_of(spot, merged, session)
        element = room.element
        if element is None:
            return None
        stock = element.stock if is_scalar(element, session) else None
        plan = inner_plan(element, session)
        proven = element.proven or not (stock or plan)  # what is built in several ways tells itself
        found = spot.listed[session.settings.use_examples] = Listed(room, element, stock, plan, proven)
    return found


def chosen_of(
    plan: Plan, place: Place, variant: int, wished: Collection[str], session: Session, *, lean: bool
) -> list[Member]:
    """The members to make, in the order they are made in.

    Of the optional ones a share that falls with the depth, within the quota; those that hold
    more than a scalar only as far as there is room to fill them.
    """
    if lean:
        return [each for each in plan.making if each.required or each.name in wished]
    least = _least(place.level, session.settings.optional)
    state = mixed(variant, _PRESENCE)
    chosen, optional, holders = [], 0, 0
    for member in plan.making:
        if member.required or member is plan.key or member.name in wished:
            chosen.append(member)
        elif mixed(state, member.presence) % CHANCES >= least[member.holds]:
            chosen.append(member)
            optional += 1
            holders += member.holds
    room = max(0, int(min(place.quota, plan.most)) - plan.required - len(wished))
    if optional <= room and holders <= place.quota // HOLDER:
        return chosen
    return _within(plan, place, chosen, wished, room, Dice(state))


def _least(level: int, optional: float) -> tuple[int, int]:
    """What the dice must show for an optional scalar, and for what holds more, so many objects deep."""
    if optional >= 1:
        return 0, 0
    if level >= len(NEAR):
        return CHANCES, CHANCES
    scalars, holders = optional * NEAR[level], optional * HOLDING[level]
    return int(CHANCES * (1 - scalars)), int(CHANCES * (1 - holders))


def _within(
    plan: Plan, place: Place, chosen: list[Member], wished: Collection[str], room: int, dice: Dice
) -> list[Member]:
    """As many of the optional members chosen as there is room for."""
    holders = place.quota // HOLDER
    kept = set()
    for member in dice.sample(chosen, len(chosen)):
        if member.required or member.name in wished:
            kept.add(member.name)
        elif room > 0 and (member is plan.key or not member.holds or holders > 0):
            kept.add(member.name)
            room -= 1
            holders -= member.holds
    return [each for each in chosen if each.name in kept]
