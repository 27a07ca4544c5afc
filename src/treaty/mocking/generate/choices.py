"""Choices: every decision on the way to a value, so that the next way can be tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Option = TypeVar("Option")


class Choices:
    """The decisions of one attempt, replayed up to the last, which is then made otherwise.

    Walks the tree of decisions depth first without keeping its branches: an attempt asks
    `pick` for each decision in order, and `advance` turns to the next untried way.
    """

    def __init__(self) -> None:
        self._made: list[tuple[int, Sequence[Any]]] = []
        self._at = 0

    def pick(self, options: Callable[[], Sequence[Option]]) -> Option:
        """The option to take now; `options` are asked for once, best first, and not empty."""
        if self._at == len(self._made):
            self._made.append((0, options()))
        index, known = self._made[self._at]
        self._at += 1
        chosen: Option = known[index]
        return chosen

    def is_foremost(self, kind: Callable[[Any], object]) -> bool:
        """Was each option taken the first of its kind?"""
        return all(
            kind(known[index]) not in map(kind, known[:index]) for index, known in self._made[: self._at]
        )

    def advance(self) -> bool:
        """Turn to the next way; False when all were tried, and the first is next again, decided anew."""
        del self._made[self._at :]
        self._at = 0
        while self._made:
            index, known = self._made.pop()
            if index + 1 < len(known):
                self._made.append((index + 1, known))
                return True
        return False
