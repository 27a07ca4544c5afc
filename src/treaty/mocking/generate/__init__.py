"""Contract-true data: from a JSON Schema (2020-12) to a value that is valid, always.

A value is built from the schema, never by trial alone, and is then judged by the
compiled validator that the caller gives; a value that it refuses is not handed out.
The same schema and seed give the same value in every process.
"""

from __future__ import annotations

from treaty.contract.schemas import SchemaAt
from treaty.mocking.generate.memory import Memory
from treaty.mocking.generate.model import Accepts, CannotGenerate, Resolve, Settings, Wish
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
