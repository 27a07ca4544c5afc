"""Responses that were made once and are sent again, within bounds."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from treaty.exchange.messages import Response

MAX_KEPT = 2_048
MAX_KEPT_BYTES = 32 * 1024 * 1024


@dataclass(slots=True)
class Kept:
    """Responses by what they answer; the oldest go when there are too many, or too many bytes of them."""

    responses: dict[Hashable, Response] = field(default_factory=dict)
    size: int = 0  # bytes of all bodies

    def get(self, key: Hashable) -> Response | None:
        """The response that was kept, if any."""
        return self.responses.get(key)

    def clear(self) -> None:
        """Forget all of them."""
        self.responses.clear()
        self.size = 0

    def put(self, key: Hashable, response: Response) -> None:
        """Keep a response, unless it alone is too large."""
        if len(response.body) > MAX_KEPT_BYTES // 4:
            return
        self.responses[key] = response
        self.size += len(response.body)
        while len(self.responses) > MAX_KEPT or self.size > MAX_KEPT_BYTES:
            oldest = self.responses.pop(next(iter(self.responses)))
            self.size -= len(oldest.body)
