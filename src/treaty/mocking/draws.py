"""Draws: numbers that differ from one time to the next, the same times in the same order."""

from __future__ import annotations

from dataclasses import dataclass, field

from treaty.exchange.call import Call
from treaty.mocking.values import seed_from

MAX_COUNTED = 10_000


@dataclass(slots=True)
class Draws:
    """Counts how often something was asked for a target (method, path and world), and draws by that."""

    seed: str
    counts: dict[tuple[str, ...], int] = field(default_factory=dict)

    def reset(self) -> None:
        """Begin again."""
        self.counts.clear()

    def share(self, call: Call, what: str) -> float:
        """A number from 0 to 1, another each time."""
        count = self.counted(call, what)
        return seed_from(self.seed, what, call.operation.method, call.request.path, str(count)) / 2**64

    def counted(self, call: Call, what: str) -> int:
        """How often this was asked before; the longest forgotten begin again."""
        key = (what, call.operation.method, call.request.path, call.request.header("treaty-world") or "")
        count = self.counts.pop(key, 0)
        self.counts[key] = count + 1
        if len(self.counts) > MAX_COUNTED:
            self.counts.pop(next(iter(self.counts)))
        return count
