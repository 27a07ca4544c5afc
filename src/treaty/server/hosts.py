"""The Host of a request: whom it is for, which HTTP/1.1 must say once (RFC 9112, section 3.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from treaty.exchange.messages import Headers

# RFC 3986, section 3.2.2 and 3.2.3: an IP literal or a name, which may be empty, and a port.
_HOST = re.compile(
    r"(?:\[(?:[0-9A-Fa-f:.]+|v[0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+)\]"
    r"|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?"
)


def is_addressed(fields: Headers, version: Callable[[], str]) -> bool:
    """Is there one Host field, and a valid one? A client of HTTP/1.0 may leave it out."""
    host = None
    for name, value in fields:  # a loop, because a comprehension costs more than most heads
        if name == "host":
            if host is not None:
                return False
            host = value
    return version() == "1.0" if host is None else _is_host(host)


@lru_cache(128)  # clients say one of few
def _is_host(value: str) -> bool:
    return _HOST.fullmatch(value) is not None
