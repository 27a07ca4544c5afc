"""Build one value: merge the goal, choose a type, make it, and try the next way when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from treaty.mocking.generate import arrays, numbers, objects, strings
from treaty.mocking.generate.blueprints import Merged
from treaty.mocking.generate.candidates import Equality, bound, faked, preferred, same, wished
from treaty.mocking.generate.choices import Choices
from treaty.mocking.generate.dice import factor_of, mixed, picked
from treaty.mocking.generate.merge import merge
from treaty.mocking.generate.model import DEEPER, NOTHING, Exhausted, Place, Unfit, Wish, is_for_parts
from treaty.mocking.generate.preparing import KEYWORDS_OF, prepare, short_of_room

if TYPE_CHECKING:
    from collections.abc import Sequence

    from treaty.findings import Json
    from treaty.mocking.generate.blueprints import Spot
    from treaty.mocking.generate.session import Session

WAYS = 400  # of deciding anyOf, oneOf, not and the like
# The type of a scalar; a whole number is of both kinds of numbers.
KINDS: dict[type, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}
THROWS = 40  # of the dice, when a way may lead on but did not
_WAY = factor_of("way")


def build(spot: Spot, place: Place, session: Session, avoid: Equality = (), wish: Wish | None = None) -> Json:
    """A value for a spot, none of those to `avoid`, as wished where that may be.

    Raises Unfit when every way tried fails.
    """
    if spot.kind is None:
        prepare(spot, session)
    made = _at_once(spot, place, session, avoid, wish)
    if made is not NOTHING:
        return made
    if place.depth > session.settings.max_depth:
        raise Unfit(f"{DEEPER} {session.settings.max_depth} levels", place.path)
    choices = Choices()
    first: Unfit | None = None
    unlucky, state = 0, session.dice.state
    for turn in range(WAYS):
        nodes = session.nodes
        place.turn = turn
        if turn:
            session.dice.state = mixed(state, turn)
        try:
            return _attempt(spot, place, session, choices, avoid, wish, lean=unlucky % 3 == 1)
        except Unfit as unfit:
            session.nodes = nodes
            first = first or unfit
            unlucky += unfit.chance
        if unlucky == THROWS or not (choices.advance() or unlucky):
            break
    reason = first or Unfit("no way was tried")
    raise Unfit(reason.reason, reason.path or place.path)


def _at_once(spot: Spot, place: Place, session: Session, avoid: Equality, wish: Wish | None) -> Json:
    """A value that needs no trying; NOTHING where it does."""
    if spot.kind == "picked":
        if wish is not None and wish.value is not NOTHING and not (wish.gentle and spot.is_example):
            return _wished(spot, session, avoid, wish)
        value = _directly(spot, place, session, None)
        return NOTHING if avoid and any(same(value, each) for each in avoid) else value
    if avoid or not is_for_parts(wish):
        return NOTHING
    if spot.kind:
        return _directly(spot, place, session, wish)
    ways = spot.ways[short_of_room(place)]
    if not ways or not session.plain or wish is not None:
        return NOTHING
    return _directly(ways[picked(session.dice.state, _WAY) % len(ways)], place, session, None)


def _wished(spot: Spot, session: Session, avoid: Equality, wish: Wish) -> Json:
    if spot.merged is None or session.phase.careful:
        return NOTHING
    if session.phase.trusting and not avoid and KINDS.get(type(wish.value)) in spot.merged.types:
        session.count(1, spot.cost)
        session.proven = False
        return wish.value
    found = wished(spot, spot.merged, session, avoid, wish)
    if not found:
        return NOTHING
    session.count(0, spot.cost)
    session.proven = session.proven and spot.proven
    return found[0]


def _directly(spot: Spot, place: Place, session: Session, wish: Wish | None) -> Json:
    """A value for a spot that leaves no choice; NOTHING where it has to be looked at, or tried again."""
    merged = spot.merged
    if merged is None:
        return NOTHING
    if merged.hard and session.phase.careful:
        return NOTHING
    session.count(1, spot.cost)
    session.proven = session.proven and spot.proven
    if spot.stock:
        state, session.dice.state = session.dice.state, mixed(session.dice.state, spot.factor)
        return spot.stock.pick(state, spot.factor)
    if place.depth > session.settings.max_depth:
        return NOTHING
    nodes, state = session.nodes, session.dice.state
    make = objects.build_object if spot.kind == "object" else arrays.build_array
    try:
        return make(spot, merged, place, session, wish, lean=session.phase.lean)
    except Unfit as unfit:
        if not unfit.chance:
            raise
        session.nodes, session.dice.state = nodes - 1, state
        return NOTHING


def _attempt(
    spot: Spot,
    place: Place,
    session: Session,
    choices: Choices,
    avoid: Equality,
    wish: Wish | None,
    *,
    lean: bool,
) -> Json:
    session.spend()
    session.proven = False
    session.nodes += 1
    if session.nodes > session.settings.max_nodes:
        raise Exhausted(f"the value would have over {session.settings.max_nodes} nodes")
    lean = lean or session.phase.lean
    small = lean or short_of_room(place)
    merged = merge(spot, session, choices, wish, small=small)
    found = (
        (wish is not None and not wish.gentle and wished(spot, merged, session, avoid, wish))
        or bound(spot, merged, session, avoid)
        or preferred(spot, merged, session, avoid)
        or (wish is not None and wish.gentle and wished(spot, merged, session, avoid, wish))
        or ("x-faker" in merged.keywords and faked(spot, merged, session, avoid))
    )
    if found:
        return found[0]
    kind = choices.pick(lambda: _kinds(merged, session, wish))
    value = _make(kind, spot, merged, place, session, avoid, wish, lean=lean)
    if avoid and any(same(value, other) for other in avoid):
        raise Unfit("no other value is left for an array of unique items", place.path, chance=True)
    if merged.hard and session.phase.careful and not session.satisfied(spot.goal, value):
        raise Unfit("the validator accepts no value that was built", place.path, chance=True)
    return value


def _make(
    kind: str,
    spot: Spot,
    merged: Merged,
    place: Place,
    session: Session,
    avoid: Equality,
    wish: Wish | None,
    *,
    lean: bool,
) -> Json:
    if kind == "object":
        return objects.build_object(spot, merged, place, session, wish, lean=lean)
    if kind == "array":
        return arrays.build_array(spot, merged, place, session, wish, lean=lean)
    if kind == "string":
        return strings.build_string(spot, merged, place, session)
    if kind in ("number", "integer"):
        return numbers.build_number(spot, merged, place, session, avoid, whole=kind == "integer")
    return session.dice.below(2) == 1 if kind == "boolean" else None


def _kinds(merged: Merged, session: Session, wish: Wish | None) -> Sequence[str]:
    """The types to try: what is wished, then those that the other keywords speak of, null last."""
    present = merged.keywords
    kinds = set(merged.types)
    if "number" in kinds:
        kinds.discard("integer")  # the maker of numbers makes whole ones too
    if len(kinds) == 1:
        return list(kinds)
    mixed_kinds = session.dice.sample(sorted(kinds), len(kinds))
    untyped = "type" not in present
    like = "" if wish is None else "array" if wish.elements is not None else "object" if wish.members else ""

    def rank(kind: str) -> tuple[bool, bool, bool, bool]:
        silent = present.keys().isdisjoint(KEYWORDS_OF.get("number" if kind == "integer" else kind, ()))
        return kind != like, kind == "null", silent, untyped and kind != "string"

    return sorted(mixed_kinds, key=rank)
