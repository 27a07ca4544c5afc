"""Scalars whose schema leaves nothing to try: the stock they are picked from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from treaty.mocking.generate.blueprints import Stock
from treaty.mocking.generate.candidates import fits
from treaty.mocking.generate.numbers import numbers
from treaty.mocking.generate.strings import strings

if TYPE_CHECKING:
    from treaty.mocking.generate.blueprints import Merged, Spot
    from treaty.mocking.generate.session import Session

SCALARS = (str, int, float, type(None))


def scalar_of(spot: Spot, merged: Merged, kinds: frozenset[str], session: Session) -> Stock | None:
    """The stock of the values of some types, for a spot that leaves no choice; None where that takes more.

    They satisfy all that the building in several steps would look at.
    """
    if "x-faker" in merged.keywords or merged.rests:
        return None
    if "enum" in merged.keywords or "const" in merged.keywords:
        return _enum(merged)
    if kinds == {"string"}:
        return strings(spot, merged, session)
    if kinds in ({"number", "integer"}, {"integer"}):
        return numbers(spot, merged, session, whole="number" not in kinds)
    return Stock((False, True), 2) if kinds == {"boolean"} else None


def _enum(merged: Merged) -> Stock | None:
    lists = [*([value] for value in merged.each("const")), *merged.each("enum")]
    if len(lists) != 1 or not all(isinstance(value, SCALARS) for value in lists[0]):
        return None
    left = [value for value in lists[0] if fits(merged, value)]
    values = [value for value in left if value is not None] or left
    if not values or ("format" in merged.keywords and merged.hard):
        return None
    return Stock(tuple(values), len(values))
