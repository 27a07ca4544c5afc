"""From a value that makes a test fail to the simplest one found that still does."""

from __future__ import annotations

import math
from collections.abc import Callable

from treaty.findings import Json

Fails = Callable[[Json], bool]


def shrink(value: Json, fails: Fails) -> Json:
    """The simplest value of the same type that `fails`, given that `value` does.

    Greedy: what `fails` accepts is kept and simplified further, so its last success is the
    value returned. Types stay, because another type would mostly fail for another reason.
    """
    match value:
        case bool():
            return value
        case int():
            return shrink_integer(value, fails)
        case float():
            return shrink_float(value, fails)
        case str():
            return shrink_string(value, fails)
        case list():
            return shrink_list(value, fails)
        case dict():
            return shrink_object(value, fails)
    return value


def smallest(high: int, fails: Callable[[int], bool]) -> int:
    """The least of 0 to `high` that fails, by bisection; `high` is known to."""
    if high == 0 or fails(0):
        return 0
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        if fails(middle):
            high = middle
        else:
            low = middle
    return high


def shrink_integer(value: int, fails: Fails) -> int:
    """Towards 0, positive rather than negative."""
    sign = -1 if value < 0 and not fails(-value) else 1
    return sign * smallest(abs(value), lambda size: fails(sign * size))


def shrink_float(value: float, fails: Fails) -> float:
    """A whole number where one does."""
    if math.isfinite(value) and fails(int(value)):
        return shrink_integer(int(value), fails)
    return value


def shrink_string(value: str, fails: Fails) -> str:
    """Shorter from the end, then from the front, then plain; digits as the number they are."""
    # Longer than that it is no number that anyone counts with, and Python bounds int() of it.
    if len(value) <= 20 and value.isascii() and value.isdigit() and str(int(value)) == value:
        return str(shrink_integer(int(value), lambda number: fails(str(number))))
    value = value[: smallest(len(value), lambda size: fails(value[:size]))]
    end = len(value)
    value = value[end - smallest(end, lambda size: fails(value[end - size :])) :]
    plain = "0" * len(value)
    return plain if value != plain and fails(plain) else value


def shrink_list(value: list[Json], fails: Fails) -> list[Json]:
    """Fewer items, then simpler ones."""
    kept = value[: smallest(len(value), lambda size: fails(value[:size]))]
    for index in range(len(kept) - 2, -1, -1):
        fewer = kept[:index] + kept[index + 1 :]
        if fails(fewer):
            kept = fewer
    for index in range(len(kept)):
        kept = shrink_member(kept, index, fails)
    return kept


def shrink_object(value: dict[str, Json], fails: Fails) -> dict[str, Json]:
    """Fewer members, then simpler ones."""
    kept = value
    for key in value:
        fewer = {name: member for name, member in kept.items() if name != key}
        if fails(fewer):
            kept = fewer
    for key in list(kept):
        kept = shrink_member(kept, key, fails)
    return kept


def shrink_member(value: Json, key: str | int, fails: Fails) -> Json:
    """The list or object with the one member simpler."""

    def holding(member: Json) -> Json:
        changed = value.copy()
        changed[key] = member
        return changed

    return holding(shrink(value[key], lambda member: fails(holding(member))))
