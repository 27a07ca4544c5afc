"""Dice: numbers that depend on a seed alone, the same on every machine and in every version of Python.

A state is one number, so dice of their own for each property cost nothing: what a property
gets does not depend on which others there are, or on the order they are made in.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from typing import TypeVar

Element = TypeVar("Element")
MASK = 2**64 - 1


@functools.lru_cache(maxsize=4096)
def salt_of(text: str) -> int:
    """A number for a text."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())


def mixed(state: int, salt: int) -> int:
    """The state that comes of a state and a salt: one multiplication spreads each bit over those above it."""
    product = (state ^ salt) * 0xD6E8FEB86659FD93 & MASK
    return product ^ product >> 32


@functools.lru_cache(maxsize=4096)
def factor_of(text: str) -> int:
    """An odd number below 2**30 for a text, for `picked`."""
    return salt_of(text) >> 34 | 1


def picked(state: int, factor: int) -> int:
    """A number below 2**40 that a state and a factor give; where speed is needed this is written out.

    One multiplication of what fits a machine word (multiplicative hashing: its middle bits depend on all).
    """
    return (state >> 34) * factor >> 20


class Dice:
    """A linear congruential generator; `state` may be set, and all that follows depends on it alone."""

    __slots__ = ("state",)

    def __init__(self, state: int) -> None:
        self.state = mixed(state & MASK, state >> 64)

    def below(self, count: int) -> int:
        """A whole number from 0 to less than `count`."""
        if count > 1_048_576:
            return self.getrandbits(count.bit_length() + 32) % count
        self.state = state = (self.state * 6364136223846793005 + 1442695040888963407) & MASK
        return (state >> 32) * count >> 32

    def random(self) -> float:
        """A number from 0 to less than 1."""
        return self.below(1_048_576) / 1_048_576

    def randint(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def choice(self, among: Sequence[Element]) -> Element:
        """One of several."""
        return among[self.below(len(among))]

    def choices(
        self, among: Sequence[Element], weights: Sequence[int] | None = None, k: int = 1
    ) -> list[Element]:
        """Several, each drawn from all; with `weights` those of more weight more often."""
        if weights is None:
            return [self.choice(among) for _ in range(k)]
        return [self._weighted(among, weights) for _ in range(k)]

    def _weighted(self, among: Sequence[Element], weights: Sequence[int]) -> Element:
        left = self.below(sum(weights))
        for each, weight in zip(among, weights, strict=True):
            left -= weight
            if left < 0:
                return each
        return among[-1]

    def sample(self, among: Sequence[Element], k: int) -> list[Element]:
        """Several different ones, in any order."""
        left = list(among)
        for index in range(k):
            other = index + self.below(len(left) - index)
            left[index], left[other] = left[other], left[index]
        return left[:k]

    def shuffle(self, values: list[Element]) -> None:
        """Put a list in another order."""
        values[:] = self.sample(values, len(values))

    def getrandbits(self, count: int) -> int:
        """A whole number of so many bits."""
        number = 0
        for _ in range(-(-count // 64)):
            self.state = state = (self.state * 6364136223846793005 + 1442695040888963407) & MASK
            number = number << 64 | mixed(state, count)
        return number >> -count % 64

    def randbytes(self, count: int) -> bytes:
        """So many bytes."""
        return self.getrandbits(8 * count).to_bytes(count)


# The subjects that texts are told of: persons with their names, places.
SUBJECTS = 2_048
SUBJECT = factor_of("subject")
_SUBJECT = salt_of("subject")


def subject_of(state: int) -> int:
    """The subject of an object of a state."""
    return subject_numbered(picked(state, SUBJECT) % SUBJECTS)


def subject_numbered(number: int) -> int:
    """The subject of a number."""
    return mixed(number, _SUBJECT)
