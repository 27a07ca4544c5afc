"""How much of a connection's time and memory a client may have before it has asked anything whole."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one connection; bytes and seconds.

    A request's head has at most `head_bytes` in `head_fields` fields, and `head_seconds` to
    arrive. Its body has `body_seconds`, and a second more for each `body_rate` bytes. A
    connection on which nothing is asked lives for `idle_seconds`. Bodies up to `direct_bytes`
    may be answered without a task of their own.
    """

    head_bytes: int = 64 * 1024
    head_fields: int = 256
    head_seconds: float = 10.0
    body_seconds: float = 20.0
    body_rate: int = 1024
    idle_seconds: float = 15.0
    direct_bytes: int = 64 * 1024
