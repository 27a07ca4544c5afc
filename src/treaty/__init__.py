"""Treaty: one OpenAPI document, one engine. Mock it, serve it, test it.

contract = treaty.load("specs/openapi.yaml")
app = treaty.mock(contract)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from treaty.api import Contract, check, guard, load, mock, serve
    from treaty.contract.model import Operation, Requirement
    from treaty.exchange.codecs.items import Items
    from treaty.exchange.codecs.upload import Upload
    from treaty.exchange.messages import Request, Response
    from treaty.exchange.security import Credential, Granted, Verdict
    from treaty.findings import DocumentError, Finding, Location, Place, Severity

__version__ = "0.1.0"

__all__ = [
    "Contract",
    "Credential",
    "DocumentError",
    "Finding",
    "Granted",
    "Items",
    "Location",
    "Operation",
    "Place",
    "Request",
    "Requirement",
    "Response",
    "Severity",
    "Upload",
    "Verdict",
    "__version__",
    "check",
    "guard",
    "load",
    "mock",
    "serve",
]

_HOMES = {
    **dict.fromkeys(("Contract", "check", "guard", "load", "mock", "serve"), "treaty.api"),
    **dict.fromkeys(("DocumentError", "Finding", "Location", "Place", "Severity"), "treaty.findings"),
    **dict.fromkeys(("Operation", "Requirement"), "treaty.contract.model"),
    **dict.fromkeys(("Request", "Response"), "treaty.exchange.messages"),
    **dict.fromkeys(("Credential", "Granted", "Verdict"), "treaty.exchange.security"),
    "Items": "treaty.exchange.codecs.items",
    "Upload": "treaty.exchange.codecs.upload",
}


def __getattr__(name: str) -> object:
    """Imported when first used, so that `treaty --help` does not wait for the engine (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'treaty' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
