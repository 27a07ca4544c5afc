"""Requests and responses as plain data: all the engine knows of HTTP."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Literal, NamedTuple

from treaty.exchange.spool import Spool
from treaty.findings import Finding, Json

Headers = list[tuple[str, str]]


class Connection(NamedTuple):
    """What a server knows of the connection that a request came by.

    `client` and `server` are (host, port); `root_path` is where the application is mounted, which is
    no part of the path of a request.
    """

    scheme: str = "http"
    http_version: str = "1.1"
    client: tuple[str, int] | None = None
    server: tuple[str, int | None] | None = None
    root_path: str = ""


UNKNOWN_CONNECTION = Connection()


class Verified(NamedTuple):
    """What a verifier found wrong with the credentials of a request, and knows of who sent it, by scheme."""

    findings: list[Finding]
    known: dict[str, Json]


@dataclass(slots=True)
class Request:
    """An HTTP request.

    `path` and `query` are as sent, percent-encoded, without `?`; header names are
    lower case, in the order received, repeated where repeated; `body` is complete. One too
    large for memory is in the `spool`, and `body` is then empty. `verified` is what was said of its
    credentials, where they were looked at before the body came.
    """

    method: str
    path: str
    query: str = ""
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    spool: Spool | None = None
    connection: Connection = UNKNOWN_CONNECTION
    verified: Verified | None = None

    def header(self, name: str) -> str | None:
        """The first value of a header, by its lower-case name."""
        for key, value in self.headers:  # a loop, because a generator costs more than most heads
            if key == name:
                return value
        return None

    @property
    def size(self) -> int:
        """How many bytes the body has."""
        return len(self.body) if self.spool is None else self.spool.size

    def pieces(self) -> Iterator[bytes]:
        """The body, a piece at a time."""
        return iter((self.body,)) if self.spool is None else self.spool.pieces()

    def open(self) -> BinaryIO:
        """The body as a file, with a position of its own."""
        return io.BytesIO(self.body) if self.spool is None else self.spool.open()


class BrokenStreamError(Exception):
    """The chunks of a response end before their time: what was sent is not whole, and must not seem so."""


@dataclass(slots=True)
class Response:
    """An HTTP response: status code, headers (lower-case names), complete body.

    `chunks`, where there are any, are sent as they come, in place of `body`; they may end with
    `BrokenStreamError`. `delay` is how many seconds whoever sends the response waits before it
    begins. A `broken` one is not sent as it is: the connection is closed in its place (`drop`),
    or in its midst (`truncate`).

    A response that was answered with may be sent again, so it is not changed: `fields` and
    `head` are its headers as they were sent.
    """

    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    chunks: AsyncIterator[bytes] | None = None
    delay: float = 0.0
    broken: Literal["", "drop", "truncate"] = ""
    fields: list[tuple[bytes, bytes]] | None = field(default=None, init=False, repr=False, compare=False)
    head: bytes | None = field(default=None, init=False, repr=False, compare=False)

    def header(self, name: str) -> str | None:
        """The first value of a header, by its lower-case name."""
        for key, value in self.headers:  # a loop, because a generator costs more than most heads
            if key == name:
                return value
        return None


def combined(headers: Headers, name: str) -> str | None:
    """The value of a header; where it is sent more than once, all values (RFC 9110, section 5.3).

    The lines of `Cookie` are pairs of one list (RFC 9113, section 8.2.3); those of `Set-Cookie`
    cannot be joined at all.
    """
    lowered, found = name.lower(), None
    for key, value in headers:  # a loop, because a comprehension costs more than most heads
        if key == lowered:
            found = value if found is None else found + ("; " if key == "cookie" else ",") + value
    return found
