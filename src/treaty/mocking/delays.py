"""How long an answer takes: `300ms`, `2s`, or anything between two of them, `50..300ms`."""

from __future__ import annotations

from dataclasses import dataclass

from treaty.mocking.preferences import MAX_WAIT, seconds


@dataclass(frozen=True, slots=True)
class Delay:
    """Between two numbers of seconds."""

    least: float
    most: float

    def drawn(self, share: float) -> float:
        """The delay at a share from 0 to 1 of the range."""
        return self.least + (self.most - self.least) * share


def read_delay(text: str) -> Delay:
    """A delay from its text; a range needs the unit once. Raises `ValueError` for what is none."""
    first, dots, last = text.replace(" ", "").partition("..")
    if not dots:
        last = first
    elif first and first[-1].isdigit():
        first += last.lstrip("0123456789.")
    least, most = seconds(first), seconds(last)
    if least is None or most is None or not least <= most <= MAX_WAIT:
        raise ValueError(f"`{text}` is no delay: write 300ms, 2s or 50..300ms, at most {MAX_WAIT:g} seconds")
    return Delay(least, most)
