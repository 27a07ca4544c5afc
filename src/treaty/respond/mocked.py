"""What a mocked contract can be steered by while it runs: its overrides, and its memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from treaty.respond.mock import Mock

if TYPE_CHECKING:
    from treaty.mocking.memory.stores.model import Store
    from treaty.respond.remembering import Remembering


@dataclass(frozen=True, slots=True)
class Mocked:
    """The mock of a contract, and what remembers for it, if anything does."""

    mock: Mock
    remembering: Remembering | None = None

    @property
    def store(self) -> Store | None:
        """Where what is remembered is kept."""
        return self.remembering.memory.store if self.remembering else None
