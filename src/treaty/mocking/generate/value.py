"""Build one value: merge the goal, choose a type, make it, and try the next way when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from treaty.mocking.generate import arrays, numbers, objects, strings
from treaty.mocking.generate.candidates import Equality, bound, faked, preferred, same, wished
from treaty.mocking.generate.choices import Choices
from treaty.mocking.generate.dice import mixed
from treaty.mocking.generate.memory import Spot
from treaty.mocking.generate.merge import Merged, merge
from treaty.mocking.generate.model import Exhausted, Place, Unfit, Wish
from treaty.mocking.generate.scalars import maker_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from treaty.findings import Json
    from treaty.mocking.generate.session import Session

WAYS = 400  # of deciding anyOf, oneOf, not and the like
THROWS = 40  # of the dice, when a way may lead on but did not
SMALL_QUOTA = 10  # with less room than this, the branches that end soonest are preferred
SMALL_LEVEL = 3
KEYWORDS_OF = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "minProperties"),
    "array": ("items", "prefixItems", "contains", "minItems", "uniqueItems"),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


def build(spot: Spot, place: Place, session: Session, avoid: Equality = (), wish: Wish | None = None) -> Json:
    """A value for a spot, none of those to `avoid`, as wished where that may be.

    Raises Unfit when every way tried fails.
    """
    if spot.maker and wish is None and not avoid and _in_one_step(spot, session):
        session.nodes += 1
        session.steps -= spot.cost
        if session.nodes > session.settings.max_nodes or session.steps < 0:
            raise Exhausted(f"the value would have over {session.settings.max_nodes} nodes")
        return spot.maker(session)
    if place.depth > session.settings.max_depth:
        raise Unfit(f"the value would nest deeper than {session.settings.max_depth} levels", place.path)
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


def _in_one_step(spot: Spot, session: Session) -> bool:
    merged = spot.merged
    return merged is not None and not (
        (merged.named and session.settings.use_examples) or (merged.hard and session.phase.careful)
    )


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
    session.nodes += 1
    if session.nodes > session.settings.max_nodes:
        raise Exhausted(f"the value would have over {session.settings.max_nodes} nodes")
    lean = lean or session.phase.lean
    small = lean or place.quota < SMALL_QUOTA or place.level >= SMALL_LEVEL
    merged = merge(spot, session, choices, wish, small=small)
    if spot.maker is None and spot.merged is merged:
        spot.cost = 1 + len(merged.parts)
        spot.maker = maker_of(spot, merged) or False
    if spot.maker and wish is None and not avoid and _in_one_step(spot, session):
        return spot.maker(session)
    found = (
        (wish is not None and wished(spot, merged, session, avoid, wish))
        or bound(spot, merged, session, avoid)
        or preferred(spot, merged, session, avoid)
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
        return objects.build_object(spot, merged, place, session, build, wish, lean=lean)
    if kind == "array":
        return arrays.build_array(spot, merged, place, session, build, wish, lean=lean)
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
