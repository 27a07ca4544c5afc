"""Numbers: within all bounds, on the grid of every `multipleOf`, worked out exactly."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING

from treaty.mocking.generate.blueprints import Picked, Stock
from treaty.mocking.generate.dice import SUBJECTS
from treaty.mocking.generate.model import EXCLUDED, FRACTION, Place, Unfit
from treaty.mocking.generate.naming import endings, tail
from treaty.mocking.generate.spans import Span
from treaty.mocking.generate.stocks import UNCOUNTED, Decimals, Drawn, Wide
from treaty.mocking.generate.texts import place
from treaty.mocking.generate.words import EPOCH, NUMBERS, SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from treaty.findings import Json
    from treaty.mocking.generate.blueprints import Merged, Spot
    from treaty.mocking.generate.session import Session

FORMAT_RANGES = {
    "int8": (-(2**7), 2**7 - 1),
    "uint8": (0, 2**8 - 1),
    "int16": (-(2**15), 2**15 - 1),
    "uint16": (0, 2**16 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
}
# Whole numbers that every JSON reader keeps exactly (RFC 8259, section 6); left only when forced to.
SAFE = Fraction(2**53 - 1)
CENT = Fraction(1, 100)
COORDINATES = frozenset({"latitude", "longitude", "lat", "lng", "lon"})
# Numbers below this have a decimal of so few digits that a division by a power of ten finds it exactly.
EXACT = 10**15
RANDOM_TRIES = 20  # before the multiples are tried in order


def exact(value: Json) -> Fraction | None:
    """A JSON number exactly as it is written (0.1 is one tenth); None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, float):
        return Fraction(repr(value)) if math.isfinite(value) else None
    return Fraction(value) if isinstance(value, int) or value.is_finite() else None


def span(merged: Merged) -> Span:
    """The bounds and the grid that the parts agree on, worked out once."""
    if merged.span is None:
        merged.span = _span(merged)
    return merged.span


def _span(merged: Merged) -> Span:
    low, low_open = _tightest(merged, "minimum", "exclusiveMinimum", 1)
    high, high_open = _tightest(merged, "maximum", "exclusiveMaximum", -1)
    steps = [step for step in _exactly(merged.each("multipleOf")) if step > 0]
    step = steps[0] if steps else None
    for other in steps[1:]:
        # The least common multiple of fractions: that of the numerators over one denominator.
        shared = step.denominator * other.denominator if step else 1
        step = Fraction(math.lcm(int((step or other) * shared), int(other * shared)), shared)
    return Span(low, high, low_open, high_open, step)


def fits_number(merged: Merged, value: float) -> bool:
    """Whether a number has the right type and satisfies bounds and grid."""
    if type(value) is int and not merged.having(FRACTION):
        return "integer" in merged.types and span(merged).admits_whole(value)
    number = exact(value)
    if number is None or ("number" if number.denominator > 1 else "integer") not in merged.types:
        return False
    if number.denominator == 1 and any(merged.each(FRACTION)):
        return False
    return span(merged).admits(number)


def numbers(spot: Spot, merged: Merged, session: Session, *, whole: bool) -> Stock | None:
    """What such numbers are picked from, where they are whole or decimals of few digits."""
    if not {EXCLUDED, FRACTION}.isdisjoint(merged.keywords):
        return None
    allowed = span(merged)
    step = _grid(allowed, spot, whole=whole)
    low, high = _range(merged, allowed, step, spot)
    if low > high:
        return None
    count, unit = high - low + 1, step.numerator
    if step.denominator == 1:
        return _stock(range(low * unit, high * unit + 1, unit), count)
    parts = step.denominator
    if allowed.step is not None or unit != 1 or max(abs(low), abs(high)) > EXACT:
        return None
    decimals = Decimals(low, parts)
    if tail(spot.name) not in COORDINATES:
        return _stock(decimals, count)

    def coordinate(session: Session) -> Json:
        position = _coordinate(spot, session, parts, session.dice.randint(low, high))
        return decimals[min(max(position, low), high) - low]

    return Stock(Drawn(coordinate, session, lambda _: True), SUBJECTS, shared=True)


def _stock(values: Picked, count: int) -> Stock:
    return Stock(values, count) if count <= UNCOUNTED else Stock(Wide(values, count), UNCOUNTED)


def _coordinate(spot: Spot, session: Session, parts: int, position: int) -> int:
    """A point within some kilometres of the object's place."""
    centre = place(session)
    degrees = centre.latitude if tail(spot.name).startswith("lat") else centre.longitude
    return round((degrees + position % 1000 / 20_000) * parts)


def build_number(
    spot: Spot, merged: Merged, place: Place, session: Session, avoid: Sequence[Json], *, whole: bool
) -> Json:
    """A number for the parts, none of those to avoid, realistic where there is room; raises Unfit."""
    allowed = span(merged)
    fraction = any(merged.each(FRACTION))
    if fraction and (whole or (allowed.step is not None and allowed.step.denominator == 1)):
        raise Unfit("only a number that is not whole would do", place.path)
    step = _grid(allowed, spot, whole=whole)
    low, high = _range(merged, allowed, step, spot)
    if low > high:
        raise Unfit("no number satisfies the bounds and multipleOf", place.path)
    for attempt in range(2 * RANDOM_TRIES + len(avoid)):
        session.spend()
        position = session.dice.randint(low, high) if attempt < RANDOM_TRIES else low + attempt - RANDOM_TRIES
        number = position * step
        value = int(number) if number.denominator == 1 else float(number)
        if fraction and number.denominator == 1:
            number += step / 2
            value = float(number)
        if value not in avoid and _survives(value, allowed) and fits_number(merged, value):
            return value
    raise Unfit("no number satisfies the bounds and multipleOf", place.path, chance=True)


def _tightest(merged: Merged, closed: str, opened: str, sign: int) -> tuple[Fraction | None, bool]:
    """The bound that is hardest to meet, and whether it is itself excluded."""
    bounds = [(bound * sign, False) for bound in _exactly(merged.each(closed))]
    bounds += [(bound * sign, True) for bound in _exactly(merged.each(opened))]
    if not bounds:
        return None, False
    value, excluded = max(bounds)
    return value * sign, excluded


def _exactly(values: Iterable[Json]) -> list[Fraction]:
    return [number for number in map(exact, values) if number is not None]


def _grid(allowed: Span, spot: Spot, *, whole: bool) -> Fraction:
    """The distance between the numbers considered."""
    if allowed.step is not None:
        # The least common multiple of a fraction in lowest terms and 1 is its numerator.
        return Fraction(allowed.step.numerator) if whole else allowed.step
    if whole:
        return Fraction(1)
    grid = Fraction(1, 10_000) if tail(spot.name) in COORDINATES else CENT
    while allowed.low is not None and allowed.high is not None and allowed.high - allowed.low < 8 * grid:
        if allowed.high <= allowed.low:
            break
        grid /= 10
    return grid


def _range(merged: Merged, allowed: Span, step: Fraction, spot: Spot) -> tuple[int, int]:
    """The multiples of the grid to choose from: realistic ones if the bounds have any, else all."""
    wishes = [_realistic(spot, merged), (-1000, 1000), (-SAFE, SAFE), (-(2**63), 2**63 - 1)]
    formats = [FORMAT_RANGES[name] for name in merged.each("format") if name in FORMAT_RANGES]
    for wish in chain(wishes, (None,)):
        limits = [*formats, *([wish] if wish else ())]
        lows = [Fraction(low) for low, _ in limits] + ([] if allowed.low is None else [allowed.low])
        highs = [Fraction(high) for _, high in limits] + ([] if allowed.high is None else [allowed.high])
        least = math.ceil(max(lows) / step) if lows else 0
        most = math.floor(min(highs) / step) if highs else max(least, 0) + 1000
        least = least if lows else min(most, 0) - 1000
        least += allowed.low is not None and allowed.low_open and least * step == allowed.low
        most -= allowed.high is not None and allowed.high_open and most * step == allowed.high
        if least <= most:
            return least, most
    return 1, 0


def _realistic(spot: Spot, merged: Merged) -> tuple[int, int]:
    """The range that suits a name, or what the description says."""
    if any(isinstance(each, str) and SECONDS.search(each) for each in merged.each("description")):
        return EPOCH
    return next((NUMBERS[each] for each in endings(spot.name) if each in NUMBERS), (1, 1000))


def _survives(value: float, allowed: Span) -> bool:
    """Whether a number written as a float still is the one meant, also to a validator that divides floats."""
    written = exact(value)
    if written is None or not allowed.admits(written):
        return False
    if allowed.step is None or isinstance(value, int):
        return True
    return (value / float(allowed.step)).is_integer()
