"""Wishes for an object or array, as wishes for its members or elements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from treaty.findings import Json
from treaty.mocking.generate.blueprints import Member, Plan
from treaty.mocking.generate.model import Wish


class Wishes(dict[str, Wish]):
    """What is wished for the members of an object, by their names, as follows `of` a wish for the whole."""

    __slots__ = ("of",)

    def __init__(self, wishes: Mapping[str, Wish], of: Wish | None) -> None:
        super().__init__(wishes)
        self.of = of


NONE = Wishes({}, None)


def wishes_of(plan: Plan, wish: Wish) -> Wishes:
    """By the names of an object's members, what is wished for them."""
    own = {name: each for name, each in wish.members.items() if name in plan.by_name}
    found = Wishes(own, wish)
    others = wish.known.items() if len(found) == len(wish.members) else {**wish.alike, **wish.known}.items()
    for known, each in others:
        member = plan.by_known.get(known)
        if member is not None:
            found.setdefault(member.name, each)
    for either, each in wish.either:
        members = (plan.by_known[known] for known in either if known in plan.by_known)
        named = next((member for member in members if _may_be(member, each.value)), None)
        if named is not None:
            found.setdefault(named.name, each)
    if wish.each is not None or wish.most is not None:
        for name in plan.agreement.shown:
            found.setdefault(name, Wish(each=wish.each, most=wish.most))
    if plan.key is None or plan.key.name not in found:
        for known in wish.enveloped:
            member = plan.by_known.get(known)
            if (
                member is not None
                and member.holds
                and (member.name not in found or found[member.name].gentle)
            ):
                found[member.name] = wish
    return found


def _may_be(member: Member, value: Json) -> bool:
    """May a member have a text or number, by the types that its schemas say?"""
    written = value.isdigit() if isinstance(value, str) else True
    fitting = {"string", "integer", "number"} if written else {"string"}
    for at in member.spot.goal:
        types = at.schema.get("type") if isinstance(at.schema, dict) else None
        if types and fitting.isdisjoint([types] if isinstance(types, str) else types):
            return False
    return not member.holds


def with_identity(wish: Wish | None, member: Member, value: Mapping[str, Json]) -> Wish | None:
    """The wish for an object whose id stands beside it: `user_id` is that of `user`."""
    if not member.beside or value.get(member.beside) is None:
        return wish
    known = {"id": Wish(value[member.beside])}
    return Wish(known=known) if wish is None else replace(wish, known={**known, **wish.known})


def wish_at(wish: Wish | None, index: int) -> Wish | None:
    """The wish for an element of an array."""
    if wish is None:
        return None
    return wish.elements[index] if wish.elements and index < len(wish.elements) else wish.each


def wished_count(wish: Wish, least: int, most: float, count: int) -> int:
    """As many elements as are wished for, or no more."""
    if wish.elements is not None:
        return int(min(most, max(least, len(wish.elements))))
    return count if wish.most is None else max(least, min(count, wish.most))
