"""Stocks: what scalars are picked from by number, so that one more costs no more than looking it up.

What is picked follows from the state of the object and the name of the member alone. What is
told of one subject (a person's names, the parts of a place) is picked by the same number.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from treaty.mocking.generate.blueprints import Picked
from treaty.mocking.generate.dice import Dice, mixed, salt_of, subject_numbered
from treaty.mocking.generate.model import Unfit

if TYPE_CHECKING:
    from collections.abc import Callable

    from treaty.findings import Json
    from treaty.mocking.generate.session import Session

DRAWN = 1_024
UNCOUNTED = 2**40  # all that picking can tell apart
_DRAWN = salt_of("drawn")


class Drawn(dict[int, "Json"]):
    """Values by number, each made when it is first picked, by dice and a subject that follow from the number.

    They are judged then, and so need not be again: Unfit is raised for one that is refused.
    """

    def __init__(
        self, make: Callable[[Session], Json], session: Session, accepts: Callable[[Json], bool]
    ) -> None:
        self.make = make
        self.session = replace(session, dice=Dice(0))
        self.accepts = accepts

    def __missing__(self, number: int) -> Json:
        """Make the value of a number."""
        self.session.dice.state = mixed(number, _DRAWN)
        self.session.told = subject_numbered(number)
        value = self.make(self.session)
        if not self.accepts(value):
            raise Unfit("the validator accepts no text that was made", chance=True)
        self[number] = value
        return value


class Anew:
    """Values of which there are too many to be kept: each is made when it is picked."""

    __slots__ = ("make", "session")

    def __init__(self, make: Callable[[Session], Json], session: Session) -> None:
        self.make = make
        self.session = replace(session, dice=Dice(0))

    def __getitem__(self, number: int, /) -> Json:
        """Make the value of a number."""
        self.session.dice.state = mixed(number, _DRAWN)
        self.session.told = subject_numbered(number)
        return self.make(self.session)


class Wide:
    """More numbers than can be told apart by picking: each is spread over all of them."""

    __slots__ = ("count", "values")

    def __init__(self, values: Picked, count: int) -> None:
        self.values = values
        self.count = count

    def __getitem__(self, number: int, /) -> Json:
        """One of the numbers."""
        return self.values[mixed(number, _DRAWN) * self.count >> 64]


class Decimals:
    """Numbers with few digits behind the point, in order."""

    __slots__ = ("low", "parts")

    def __init__(self, low: int, parts: int) -> None:
        self.low = low
        self.parts = parts

    def __getitem__(self, number: int, /) -> float:
        """The number at a position; a whole one is written as such."""
        position = self.low + number
        return position / self.parts if position % self.parts else position // self.parts
