"""The real documents that tests run over, by the path of the entry file below the corpus folder."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from .operations import Operation, operations_of
from .reading import Library

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENTS = (
    "petstore20.json",
    "petstore-swagger30.yaml",
    "tictactoe31.yaml",
    "train-travel31.yaml",
    "spotify.yaml",
    "adyen-checkout70.yaml",
    "adyen-checkout71.yaml",
    "stripe.yaml",
    "openai.yaml",
    "digitalocean/DigitalOcean-public.v2.yaml",
    "github.json",
)
INVALID = "invalid-32.yaml"


@lru_cache(maxsize=2)
def opened(entry: Path) -> tuple[Library, tuple[Operation, ...]]:
    """A document and its operations, read once for the tests that follow each other on it."""
    library = Library(entry)
    return library, tuple(operations_of(library))
