"""What the application is told of a connection: what its server offers, without what could not be judged."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from treaty.exchange.content_encoding import KNOWN_CODINGS
from treaty.receiving import Scope


def offered(scope: Scope) -> Scope:
    """The scope that the application gets: the connection's own, where nothing must be left out.

    Of the content codings it may use those that can be undone, to judge what it sends; and
    extensions that write a response past `send` are not offered.
    """
    changed: dict[str, Any] = {}  # as a scope is
    for name, value in scope["headers"]:
        if name.lower() == b"accept-encoding" and judgeable(value) != value:
            changed["headers"] = list(map(_with_judgeable, scope["headers"]))
            break
    extensions = scope.get("extensions")
    if extensions:
        kept = {name: each for name, each in extensions.items() if not name.startswith("http.response.")}
        changed["extensions"] = kept
    return {**scope, **changed} if changed else scope


def _with_judgeable(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    name, value = header
    return (name, judgeable(value)) if name.lower() == b"accept-encoding" else header


@lru_cache(128)  # clients say one of few
def judgeable(accepted: bytes) -> bytes:
    """What is known of an Accept-Encoding (RFC 9110, section 12.5.3)."""
    offers = [each.strip() for each in accepted.decode("latin-1").split(",")]
    known = [each for each in offers if each.partition(";")[0].strip().lower() in KNOWN_CODINGS]
    return accepted if known == offers else ", ".join(known or ["identity"]).encode("latin-1")
