"""What was made once and is asked for again, within bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

MAX_KEPT = 2_048
MAX_KEPT_BYTES = 32 * 1024 * 1024
# What was asked for once, as numbers.
MAX_MET = 16_384

# All that a value depends on: method, path, query, and what else was said.
Key: TypeAlias = tuple[object, ...]
Value = TypeVar("Value")


@dataclass(slots=True)
class Kept(Generic[Value]):
    """Values by what they answer; the oldest go when there are too many, or too many bytes of them.

    One is kept when it is made for the second time: a client that never asks twice would
    only drive out what others ask for, and leave memory in pieces.
    """

    most_bytes: int = MAX_KEPT_BYTES
    values: dict[Key, tuple[Value, int]] = field(default_factory=dict)  # with their weights
    met: set[int] = field(default_factory=set)
    size: int = 0  # the weight of all, about their bytes

    def get(self, key: Key) -> Value | None:
        """The value that was kept, if any."""
        found = self.values.get(key)
        return None if found is None else found[0]

    def clear(self) -> None:
        """Forget all of them."""
        self.values.clear()
        self.met.clear()
        self.size = 0

    def put(self, key: Key, value: Value, size: int) -> None:
        """Keep a value of so many bytes that was made before, unless it and its key are too large."""
        mark = hash(key)
        if mark not in self.met:
            if len(self.met) >= MAX_MET:
                self.met.clear()
            self.met.add(mark)
            return
        weight = size + sum(len(part) for part in key if isinstance(part, str | bytes))
        if weight > self.most_bytes // 4:
            return
        _, before = self.values.pop(key, (None, 0))
        self.values[key] = (value, weight)
        self.size += weight - before
        while len(self.values) > MAX_KEPT or self.size > self.most_bytes:
            _, lost = self.values.pop(next(iter(self.values)))
            self.size -= lost
