"""Treaty: one OpenAPI document, one engine. Mock it, serve it, test it.

contract = treaty.load("specs/openapi.yaml")
app = treaty.mock(contract)
"""

from __future__ import annotations

from treaty.api import Contract, check, load, mock
from treaty.findings import DocumentError, Finding, Location, Place, Severity

__version__ = "0.1.0"

__all__ = [
    "Contract",
    "DocumentError",
    "Finding",
    "Location",
    "Place",
    "Severity",
    "__version__",
    "check",
    "load",
    "mock",
]
