"""Spans: the numbers that bounds and a grid leave, exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers allowed: bounds (None: unbounded), whether they are excluded, and the grid."""

    low: Fraction | None
    high: Fraction | None
    low_open: bool
    high_open: bool
    step: Fraction | None
    least: float = field(init=False)
    most: float = field(init=False)

    def __post_init__(self) -> None:
        least = (
            -math.inf
            if self.low is None
            else math.floor(self.low) + 1
            if self.low_open
            else math.ceil(self.low)
        )
        most = (
            math.inf
            if self.high is None
            else math.ceil(self.high) - 1
            if self.high_open
            else math.floor(self.high)
        )
        object.__setattr__(self, "least", least)
        object.__setattr__(self, "most", most)

    def admits_whole(self, value: int) -> bool:
        """Whether a whole number is within the bounds and on the grid: the same, without fractions."""
        if not self.least <= value <= self.most:
            return False
        return self.step is None or value * self.step.denominator % self.step.numerator == 0

    def admits(self, value: Fraction) -> bool:
        """Whether a number is within the bounds and on the grid."""
        return (
            (self.low is None or value > self.low or (value == self.low and not self.low_open))
            and (self.high is None or value < self.high or (value == self.high and not self.high_open))
            and (self.step is None or (value / self.step).denominator == 1)
        )
