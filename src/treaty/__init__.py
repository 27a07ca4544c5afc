"""Treaty: one OpenAPI document, one engine. Mock it, serve it, test it.

contract = treaty.load("specs/openapi.yaml")
app = treaty.mock(contract)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from treaty.api import check, load, mock, serve
    from treaty.contract.contract import Contract
    from treaty.contract.model import Operation
    from treaty.findings import DocumentError, Finding, Location, Place, Severity

__version__ = "0.1.0"

__all__ = [
    "Contract",
    "DocumentError",
    "Finding",
    "Location",
    "Operation",
    "Place",
    "Severity",
    "__version__",
    "check",
    "load",
    "mock",
    "serve",
]

_HOMES = {
    **dict.fromkeys(("check", "load", "mock", "serve"), "treaty.api"),
    **dict.fromkeys(("DocumentError", "Finding", "Location", "Place", "Severity"), "treaty.findings"),
    "Contract": "treaty.contract.contract",
    "Operation": "treaty.contract.model",
}


def __getattr__(name: str) -> object:
    """Imported when first used, so that `treaty --help` does not wait for the engine (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'treaty' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
