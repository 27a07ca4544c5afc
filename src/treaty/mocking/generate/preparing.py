"""Prepare: what is found out of a spot once, before the first value is made for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from treaty.mocking.generate.blueprints import Merged, Spot, Stock
from treaty.mocking.generate.candidates import exemplary
from treaty.mocking.generate.choices import Choices
from treaty.mocking.generate.height import height
from treaty.mocking.generate.merge import UNEVALUATED, merge
from treaty.mocking.generate.model import Derived, Exhausted, Unfit
from treaty.mocking.generate.scalars import scalar_of

if TYPE_CHECKING:
    from treaty.contract.schemas import SchemaAt
    from treaty.mocking.generate.model import Place
    from treaty.mocking.generate.session import Session

CONTAINERS = frozenset({"object", "array"})
CHOSEN = frozenset({"const", "enum", "x-faker"})
# What says what is valid (JSON Schema 2020-12), and is not followed to the letter by what is made in one
# step: the validator judges such values. A stock judges what has a format, and has of `enum` what fits.
UNPROVEN = frozenset(
    {"not", "if", "dependentSchemas", "dependencies", "$dynamicRef", "format", "pattern",
     "contentEncoding", "contentMediaType", "minProperties", "maxProperties", "propertyNames",
     "dependentRequired", "patternProperties", "contains", "const", "enum", *UNEVALUATED}
)  # fmt: skip
OF_STOCKS = frozenset({"format", "const", "enum"})
OTHER_CHOICES = frozenset({"not", "if", "dependentSchemas"})
MOST_WAYS = 12
SMALL_QUOTA = 10  # with less room than this, the branches that end soonest are preferred
SMALL_LEVEL = 3
# The keywords that speak of a value of one type.
KEYWORDS_OF = {
    "object": ("properties", "required", "additionalProperties", "patternProperties", "minProperties"),
    "array": ("items", "prefixItems", "contains", "minItems", "uniqueItems"),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


def short_of_room(place: Place) -> bool:
    """Is there so little room that what ends soonest is preferred?"""
    return place.quota < SMALL_QUOTA or place.level >= SMALL_LEVEL


def stock_of(spot: Spot, session: Session) -> Stock | None:
    """The stock that the values of a spot are picked from in one step; None where they take more."""
    if spot.kind is None:
        prepare(spot, session)
    return spot.stock


def prepare(spot: Spot, session: Session) -> None:
    """Find out how the values of a spot can be made without trying, and whether they are valid then.

    What that takes is not counted, as it is done once only; the dice are left as they were.
    """
    steps, state = session.steps, session.dice.state
    session.dice.state = 0
    spot.kind = ""
    try:
        choices = Choices()
        merged = merge(spot, session, choices, None, small=False)
        if spot.merged is merged:
            _settle(spot, merged, session)
        elif OTHER_CHOICES.isdisjoint(merged.keywords):
            spot.ways = _ways(spot, session)
    except (Unfit, Exhausted):
        return
    finally:
        session.steps, session.dice.state = steps, state


def _settle(spot: Spot, merged: Merged, session: Session) -> None:
    """Find out how the values are made of a spot that leaves no choice."""
    kinds = spoken_of(merged)
    spot.cost = 1 + len(merged.parts)
    example = exemplary(spot, merged, session)
    if example:
        spot.kind, spot.stock, spot.is_example = "picked", Stock(example, 1), True
        spot.others = scalar_of(spot, merged, kinds, session)
        spot.proven = not any(isinstance(at, Derived) for at in spot.goal)  # those alone are not judged
        return
    spot.stock = scalar_of(spot, merged, kinds, session)
    if spot.stock is not None:
        spot.kind = "picked"
    elif kinds <= CONTAINERS and len(kinds) == 1 and CHOSEN.isdisjoint(merged.keywords):
        spot.kind = next(iter(kinds))
    unproven = UNPROVEN - OF_STOCKS if spot.stock else UNPROVEN
    spot.proven = unproven.isdisjoint(merged.keywords)


def spoken_of(merged: Merged) -> frozenset[str]:
    """The types to make, other than null; where none is asked for, that which the other keywords speak of."""
    kinds = merged.types - {"null"}
    if "type" in merged.keywords:
        return kinds
    spoken = [kind for kind, words in KEYWORDS_OF.items() if not merged.keywords.keys().isdisjoint(words)]
    if len(spoken) != 1 or spoken[0] not in kinds:
        return kinds
    return frozenset({"number", "integer"} if spoken == ["number"] else spoken)


def _ways(spot: Spot, session: Session) -> tuple[tuple[Spot, ...], tuple[Spot, ...]]:
    """The ways to decide `anyOf` and `oneOf`, each a spot without a choice: all, and those that end soonest.

    None where there are too many, where one has to be tried, or where examples may say which.
    """
    choices, found = Choices(), []
    for _ in range(4 * MOST_WAYS):
        try:
            merged = merge(spot, session, choices, None, small=False)
        except Unfit:
            merged = None
        if merged is not None and _has_to_be_tried(merged, session):
            return (), ()
        if merged is not None and choices.is_foremost(_branch) and merged.types != {"null"}:
            way = Spot(spot.goal, spot.name, spot.owner)
            way.merged = merged
            _settle(way, merged, session)
            tall = max(height(at, session.memory) for at in merged.parts)
            found.append((0 if tall <= 1 else tall, way))
        if not choices.advance():
            break
    else:
        return (), ()
    if not found or len(found) > MOST_WAYS or not all(way.kind for _, way in found):
        return (), ()
    ways = tuple(way for _, way in found)
    for way in ways:
        way.proven = way.proven and _is_the_one(way, ways)
    least = min(tall for tall, _ in found)
    return ways, tuple(way for tall, way in found if tall == least)


def _has_to_be_tried(merged: Merged, session: Session) -> bool:
    is_open = not OTHER_CHOICES.isdisjoint(merged.keywords)
    return is_open or (merged.named and session.settings.use_examples)


def _branch(option: list[SchemaAt]) -> int:
    """What tells the branches apart: one may be there again with the value of its discriminator."""
    return id(option[-1].schema)


def _is_the_one(way: Spot, ways: tuple[Spot, ...]) -> bool:
    """Is a value of one way of no other, where `oneOf` asks for that? It is by its type, or not for sure."""
    merged = way.merged
    if merged is None or "oneOf" not in merged.keywords:
        return merged is not None
    kinds = merged.types - {"null"}
    others = (each.merged for each in ways if each is not way)
    return all(each is not None and kinds.isdisjoint(each.types) for each in others)
