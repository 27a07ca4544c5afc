"""Credentials for an application in this process, so that its operations are tested and not only its 401s.

They are made up, and of the shape that each security scheme asks for. Who verifies credentials
refuses them, and needs good ones by the option `headers`, which counts before these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from treaty.findings import Json

MADE_UP = "treaty-test"


def made_up(document: dict[str, Json]) -> dict[str, dict[str, str]]:
    """A credential for each security scheme that one can be made up for, as Schemathesis is told of them."""
    return {name: credential for name, scheme in schemes(document) for credential in credentials(scheme)}


def schemes(document: dict[str, Json]) -> Iterator[tuple[str, dict[str, Json]]]:
    """The security schemes that stand in the document by their names."""
    components = document.get("components") or {}
    declared = document.get("securityDefinitions") or components.get("securitySchemes") or {}
    for name, scheme in declared.items():
        if isinstance(scheme, dict) and isinstance(scheme.get("$ref"), str):
            scheme = declared.get(scheme["$ref"].rpartition("/")[2])
        if isinstance(scheme, dict):
            yield name, scheme


def credentials(scheme: dict[str, Json]) -> Iterator[dict[str, str]]:
    """One credential for a scheme; none for a client's certificate, nor for rare schemes of HTTP."""
    kind, http_scheme = scheme.get("type"), str(scheme.get("scheme", "")).lower()
    if kind == "apiKey":
        yield {"api_key": MADE_UP}
    elif kind == "basic" or http_scheme == "basic":
        yield {"username": MADE_UP, "password": MADE_UP}
    elif kind in ("oauth2", "openIdConnect") or http_scheme == "bearer":
        yield {"bearer": MADE_UP}
