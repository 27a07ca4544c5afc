"""Where a state is kept, by what `--state` says."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from treaty.mocking.memory.stores.in_memory import InMemory
from treaty.mocking.memory.stores.model import Limits, Store

_REDIS = ("redis://", "rediss://", "unix://")


def slug(name: str) -> str:
    """A name in letters, digits and hyphens; those of two names that differ in more than signs differ."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if name.isascii():
        return plain
    told = hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"{plain}-{told}".strip("-")


def open_store(place: str | Path | None, name: str, limits: Limits | None = None) -> Store:
    """The store of a contract, apart from those of others: in this process, a file, or Redis.

    `place` is the path of an SQLite file or a URL (`redis://HOST:PORT/NUMBER`), `name` the title
    of the contract. Raises `StateError` when the place cannot be used.
    """
    limits, called = limits or Limits(), slug(name)
    if place is None:
        return InMemory(limits)
    if isinstance(place, str) and place.startswith(_REDIS):
        from treaty.mocking.memory.stores.redis import Redis  # here: it is rarely asked for

        return Redis(place, called, limits)
    from treaty.mocking.memory.stores.sqlite import SQLite

    return SQLite(Path(place), called, limits)
