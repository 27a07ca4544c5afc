"""Contract-true data: from a JSON Schema (2020-12) to a value that is valid, always.

A value is built from the schema, never by trial alone, and is then judged by the
compiled validator that the caller gives; a value that it refuses is not handed out.
The same schema and seed give the same value in every process.

What makes values is imported when it is first asked for: a mock that sends examples
starts without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from treaty.contract.schemas import SchemaAt
from treaty.mocking.generate.model import Accepts, CannotGenerate, Resolve, Settings, Wish

if TYPE_CHECKING:
    from treaty.mocking.generate.memory import Memory
    from treaty.mocking.generate.phases import Generator, generate

__all__ = [
    "Accepts",
    "CannotGenerate",
    "Generator",
    "Memory",
    "Resolve",
    "SchemaAt",
    "Settings",
    "Wish",
    "generate",
]


def __getattr__(name: str) -> object:
    if name not in ("Generator", "Memory", "generate"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from treaty.mocking.generate import phases

    found: object = getattr(phases, name)
    return found
