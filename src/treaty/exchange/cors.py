"""CORS: what a browser must be told before a page of another origin may read an answer (Fetch, section 3.3).

Every origin is let in, with credentials: a mock has nothing to hide from a page under development.
"""

from __future__ import annotations

import re
from dataclasses import replace

from treaty.exchange.messages import Headers, Request, Response

# A page may read these without being told (Fetch, section 2.2.2), and those of cookies never.
_READABLE = frozenset(
    {
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
    }
)
_HIDDEN = frozenset({"set-cookie", "set-cookie2"})
_ORIGIN = re.compile(r"\*|null|[a-z][a-z0-9+.-]*://[^/?#\s]+", re.IGNORECASE)  # Fetch, section 3.2


def shared(request: Request, response: Response, origin: str, *, declared: bool) -> Response:
    """The response with what lets the page of `origin` read it.

    `declared` says that the contract has this operation. What the contract itself says of
    CORS stands: a declared OPTIONS, and any answer whose Access-Control-Allow-Origin names
    an origin (one of generated words names none, and would only lock the page out).
    """
    own = response.header("access-control-allow-origin")
    preflight = request.method == "OPTIONS" and request.header("access-control-request-method") is not None
    if own is None and declared and preflight:
        return response
    if own is not None and _ORIGIN.fullmatch(own):
        return response
    headers = [pair for pair in response.headers if not pair[0].startswith("access-control-")]
    said = [("access-control-allow-origin", origin), ("access-control-allow-credentials", "true")]
    # A copy: the response may be kept, and sent to others.
    if preflight:
        return replace(response, headers=headers + said + _preflight(request, response))
    return replace(response, headers=headers + said + _exposed(headers) + [("vary", "origin")])


def _preflight(request: Request, response: Response) -> Headers:
    """The methods of the path, and any header that is asked for: whether it is wrong the answer says."""
    methods = response.header("allow") or request.header("access-control-request-method") or ""
    found = [("access-control-allow-methods", methods)]
    asked = request.header("access-control-request-headers")
    if asked:
        found.append(("access-control-allow-headers", asked))
    if request.header("access-control-request-private-network") == "true":
        found.append(("access-control-allow-private-network", "true"))
    varying = "origin, access-control-request-method, access-control-request-headers"
    return [*found, ("vary", varying)]


def _exposed(headers: Headers) -> Headers:
    """The names of all other headers: `*` would not do where there are credentials."""
    names = dict.fromkeys(name for name, _ in headers if name not in _READABLE and name not in _HIDDEN)
    return [("access-control-expose-headers", ", ".join(names))] if names else []
