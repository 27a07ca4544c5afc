"""The clock of a mock: real, or one that begins at an instant, so that two runs are the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

# Where the clock of a mock begins that is given a seed: after all that is generated.
SEEDED = "2026-01-01T00:00:00Z"
MAX_WORLDS = 1_024


def read_clock(text: str | None, *, is_seeded: bool) -> float | None:
    """Where a clock begins that stands still between requests, in seconds since the epoch; None: it is real.

    `text` is an instant (RFC 3339) or `now`; without one it is real unless the mock is given a seed.
    Raises `ValueError` for what is neither.
    """
    said = text or (SEEDED if is_seeded else "now")
    if said == "now":
        return None
    try:
        read = datetime.fromisoformat(said)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise ValueError(f"`{said}` is no time: now, or an instant such as {SEEDED}") from None


@dataclass(slots=True)
class Clock:
    """Seconds since the epoch, in each world, that never stand still.

    Each is at least a millisecond after the one before; of a clock that begins at `start`, a second.
    """

    start: float | None = None
    read: Callable[[], float] = time.time
    last: dict[str, float] = field(default_factory=dict)  # by world

    def __call__(self, world: str, after: float = 0.0) -> float:
        """Now, and later than `after`."""
        before = self.last.pop(world, None)
        if self.start is None:
            now = self.read() if before is None else max(self.read(), before + 0.001)
        else:
            now = self.start if before is None else before + 1
        now = max(now, after + 1) if after >= now else now
        self.last[world] = now
        if len(self.last) > MAX_WORLDS:
            self.last.pop(next(iter(self.last)))
        return now

    def reset(self, world: str) -> None:
        """Let a world begin anew."""
        self.last.pop(world, None)
