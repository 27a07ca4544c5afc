"""Presence: which optional members an object has, and how much those may hold that are no scalars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from treaty.mocking.generate.dice import Dice, mixed, salt_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from treaty.mocking.generate.blueprints import Member, Plan
    from treaty.mocking.generate.model import Place
    from treaty.mocking.generate.session import Session

VARIANTS = 32
# How much of the share of optional properties is sent, by how many objects are around: of those that
# are scalars, and of those that hold more.
NEAR = (1.0, 0.97, 0.85, 0.6, 0.4)
HOLDING = (1.0, 0.9, 0.5, 0.2, 0.05)
# What an object within may hold at least where there is little room, by how many objects are around.
LEAST_ROOM = (6, 3)
HOLDER = 6  # the nodes reckoned for a property that holds more than a scalar
CHANCES = 2**24
_PRESENCE = salt_of("presence")


def variant_of(state: int) -> int:
    """The variant that an object of a state is."""
    return state >> 20 & VARIANTS - 1


def room_within(place: Place, chosen: Collection[Member]) -> int:
    """How much each of the members may hold that hold more than a scalar."""
    inner = (place.quota - len(chosen)) // (sum(member.holds for member in chosen) or 1)
    return max(inner, LEAST_ROOM[place.level] if place.level < len(LEAST_ROOM) else inner)


def chosen_of(
    plan: Plan,
    place: Place,
    variant: int,
    wished: Collection[str],
    session: Session,
    *,
    lean: bool,
    around: int = 0,
) -> list[Member]:
    """The members to make, in the order they are made in.

    Of the optional ones a share that falls with the depth, within the quota; those that hold
    more than a scalar only as far as there is room to fill them. A thing with an identity has the same
    scalars wherever it stands: the objects `around` it do not count.
    """
    if lean:
        return [each for each in plan.making if each.required or each.name in wished]
    optional_share = session.settings.optional
    least = _least(NEAR, place.level - around, optional_share), _least(HOLDING, place.level, optional_share)
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


def _least(shares: tuple[float, ...], level: int, optional: float) -> int:
    """What the dice must show for an optional member, so many objects deep."""
    if optional >= 1:
        return 0
    return CHANCES if level >= len(shares) else int(CHANCES * (1 - optional * shares[level]))


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
