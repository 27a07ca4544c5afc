"""Build one value: merge the goal, choose a type, make it, and try the next way when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from treaty.mocking.generate import arrays, numbers, objects, strings
from treaty.mocking.generate.candidates import Equality, bound, preferred, same
from treaty.mocking.generate.choices import Choices
from treaty.mocking.generate.merge import Merged, merge
from treaty.mocking.generate.model import Exhausted, Goal, Place, Unfit

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


def build(goal: Goal, place: Place, session: Session, avoid: Equality = ()) -> Json:
    """A value for a goal, none of those to `avoid`; raises Unfit when every way tried fails."""
    if len(place.path) > session.settings.max_depth:
        raise Unfit(f"the value would nest deeper than {session.settings.max_depth} levels", place.path)
    choices = Choices()
    first: Unfit | None = None
    unlucky = 0
    for _ in range(WAYS):
        nodes = session.nodes
        try:
            return _attempt(goal, place, session, choices, avoid, lean=unlucky % 3 == 1)
        except Unfit as unfit:
            session.nodes = nodes
            first = first or unfit
            unlucky += unfit.chance
        if unlucky == THROWS or not (choices.advance() or unlucky):
            break
    reason = first or Unfit("no way was tried")
    raise Unfit(reason.reason, reason.path or place.path)


def _attempt(
    goal: Goal, place: Place, session: Session, choices: Choices, avoid: Equality, *, lean: bool
) -> Json:
    session.spend()
    session.nodes += 1
    if session.nodes > session.settings.max_nodes:
        raise Exhausted(f"the value would have over {session.settings.max_nodes} nodes")
    lean = lean or session.phase.lean
    small = lean or place.quota < SMALL_QUOTA or place.level >= SMALL_LEVEL
    merged = merge(goal, session, choices, small=small)
    found = bound(goal, merged, session, avoid) or preferred(goal, merged, session, avoid)
    if found:
        return found[0]
    kind = choices.pick(lambda: _kinds(merged, session))
    value = _make(kind, merged, place, session, avoid, lean=lean)
    if any(same(value, other) for other in avoid):
        raise Unfit("no other value is left for an array of unique items", place.path, chance=True)
    if merged.hard and session.phase.careful and not session.satisfied(goal, value):
        raise Unfit("the validator accepts no value that was built", place.path, chance=True)
    return value


def _make(kind: str, merged: Merged, place: Place, session: Session, avoid: Equality, *, lean: bool) -> Json:
    if kind == "object":
        return objects.build_object(merged, place, session, build, lean=lean)
    if kind == "array":
        return arrays.build_array(merged, place, session, build, lean=lean)
    if kind == "string":
        return strings.build_string(merged, place, session)
    if kind in ("number", "integer"):
        return numbers.build_number(merged, place, session, avoid, whole=kind == "integer")
    return session.rng.random() < 0.5 if kind == "boolean" else None


def _kinds(merged: Merged, session: Session) -> Sequence[str]:
    """The types to try: those that the other keywords speak of first, null last."""
    present = merged.keywords
    kinds = set(merged.types)
    if "number" in kinds:
        kinds.discard("integer")  # the maker of numbers makes whole ones too
    if len(kinds) == 1:
        return list(kinds)
    mixed = session.rng.sample(sorted(kinds), len(kinds))
    untyped = "type" not in present

    def rank(kind: str) -> tuple[bool, bool, bool]:
        silent = present.keys().isdisjoint(KEYWORDS_OF.get("number" if kind == "integer" else kind, ()))
        return kind == "null", silent, untyped and kind != "string"

    return sorted(mixed, key=rank)
