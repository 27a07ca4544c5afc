"""Makers: for a scalar whose schema leaves nothing to try, what makes it in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from treaty.mocking.generate.candidates import fits
from treaty.mocking.generate.numbers import number_maker
from treaty.mocking.generate.strings import string_maker

if TYPE_CHECKING:
    from collections.abc import Callable

    from treaty.findings import Json
    from treaty.mocking.generate.memory import Spot
    from treaty.mocking.generate.merge import Merged
    from treaty.mocking.generate.session import Session

SCALARS = (str, int, float, type(None))


def maker_of(spot: Spot, merged: Merged) -> Callable[[Session], Json] | None:
    """What makes the values of a spot whose goal leaves no choice; None when more than one step is needed.

    What it makes satisfies all that the building in several steps would look at.
    """
    if "x-faker" in merged.keywords or merged.rests:
        return None
    if "enum" in merged.keywords or "const" in merged.keywords:
        return _enum_maker(merged)
    kinds = merged.types - {"null"}
    if kinds == {"string"}:
        return string_maker(spot, merged)
    if kinds in ({"number", "integer"}, {"integer"}):
        return number_maker(spot, merged, whole="number" not in kinds)
    if kinds == {"boolean"}:
        return lambda session: session.dice.below(2) == 1
    return None


def _enum_maker(merged: Merged) -> Callable[[Session], Json] | None:
    lists = [*([value] for value in merged.each("const")), *merged.each("enum")]
    if len(lists) != 1 or not all(isinstance(value, SCALARS) for value in lists[0]):
        return None
    left = [value for value in lists[0] if fits(merged, value)]
    values = [value for value in left if value is not None] or left
    if not values or ("format" in merged.keywords and merged.hard):
        return None
    return lambda session: values[session.dice.below(len(values))]
