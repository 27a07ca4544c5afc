"""Responses that were made once and are sent again, within bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from treaty.exchange.messages import Response

MAX_KEPT = 2_048
MAX_KEPT_BYTES = 32 * 1024 * 1024
# What was asked for once, as numbers.
MAX_MET = 16_384
# About what a finding takes, of which a key may have some.
_FINDING_BYTES = 512

# All that a response depends on: method, path, query, and what else was said.
Key: TypeAlias = tuple[object, ...]


@dataclass(slots=True)
class Kept:
    """Responses by what they answer; the oldest go when there are too many, or too many bytes of them.

    One is kept when it is made for the second time: a client that never asks twice would
    only drive out what others ask for, and leave memory in pieces.
    """

    responses: dict[Key, Response] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)
    size: int = 0  # bytes of all bodies and keys, about

    def get(self, key: Key) -> Response | None:
        """The response that was kept, if any."""
        return self.responses.get(key)

    def clear(self) -> None:
        """Forget all of them."""
        self.responses.clear()
        self.met.clear()
        self.size = 0

    def put(self, key: Key, response: Response) -> None:
        """Keep a response that was made before, unless it alone is too large."""
        weight = _weight(key, response)
        if weight > MAX_KEPT_BYTES // 4 or not self._was_met(key):
            return
        self.responses[key] = response
        self.size += weight
        while len(self.responses) > MAX_KEPT or self.size > MAX_KEPT_BYTES:
            oldest = next(iter(self.responses))
            self.size -= _weight(oldest, self.responses.pop(oldest))

    def _was_met(self, key: Key) -> bool:
        mark = hash(key)
        if mark in self.met:
            return True
        if len(self.met) >= MAX_MET:
            self.met.clear()
        self.met.add(mark)
        return False


def _weight(key: Key, response: Response) -> int:
    """Bytes, about; of a key the texts and the findings count."""
    texts = sum(len(part) for part in key if isinstance(part, str))
    findings = sum(len(part) for part in key if isinstance(part, tuple))
    return len(response.body) + texts + _FINDING_BYTES * findings
