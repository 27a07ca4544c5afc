"""A request as ASGI 3.0 brings it: its scope, then its body, within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from string import printable
from typing import Any, TypeAlias
from urllib.parse import quote

from treaty.exchange.messages import Connection, Request
from treaty.exchange.router import below_base
from treaty.exchange.spool import SPOOL_BYTES, Spool

# The types of ASGI 3.0; what a scope holds is not ours to know.
Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
_OF_UNKNOWN_BODIES = frozenset({b"transfer-encoding", b"expect"})
_SMALL_DIGITS = 5  # of the length of a body that is sooner read than asked about: below 100,000 bytes


class DisconnectedError(Exception):
    """The client left before its request was complete."""


class TooLargeError(Exception):
    """The body is larger than allowed."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


def read_request(scope: Scope) -> Request:
    """The request of a scope, without its body; the path as sent, below the root path."""
    get = scope.get
    path = as_sent(get("raw_path") or scope["path"].encode("utf-8", "surrogateescape"))
    root = get("root_path", "")
    if root:
        path = _below_root(path, scope["path"], root)
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
    known = Connection(get("scheme", "http"), get("http_version", "1.1"), get("client"), get("server"), root)
    return Request(scope["method"], path, as_sent(get("query_string", b"")), headers, b"", None, known)


def _below_root(path: str, decoded: str, root: str) -> str:
    """A path below where the application is mounted, which is not percent-encoded.

    One that is sent so that it is only below it once decoded (`/r%6Fot%2Fx`) is what it then is, for
    whoever mounts applications goes by that.
    """
    below = "" if path == root else below_base(path, root)
    if below is None and decoded.startswith(root) and decoded[len(root) :][:1] in ("", "/"):
        below = quote(decoded[len(root) :].encode("utf-8", "surrogateescape"))
    return path if below is None else below or "/"


def as_sent(text: bytes) -> str:
    """A path or query; bytes that should have been percent-encoded (RFC 3986, section 2.1) now are."""
    return text.decode("ascii") if text.isascii() else quote(text, safe=printable)


def announces_much(fields: Iterable[tuple[bytes, bytes]]) -> bool:
    """Is the body yet to come large, or of unknown size, or does it wait to be asked for?"""
    for name, value in fields:
        if name in _OF_UNKNOWN_BODIES or (name == b"content-length" and len(value) > _SMALL_DIGITS):
            return True
    return False


def is_of_unknown_size(scope: Scope, message: Message) -> bool:
    """Has a body begun that nothing announced? In HTTP/2 there is no other sign of it than that it comes."""
    if not message.get("more_body", False):
        return False
    return all(name not in _OF_UNKNOWN_BODIES and name != b"content-length" for name, _ in scope["headers"])


def take_small(request: Request, message: Message, most: int) -> bool:
    """Is the body whole in its first message, as most are, and small? Then the request has it."""
    if message["type"] != "http.request" or message.get("more_body", False):
        return False
    body: bytes = message.get("body", b"")
    if len(body) > min(most, SPOOL_BYTES):
        return False
    request.body = body
    return True


async def read_body(
    request: Request,
    receive: Receive,
    most: int,
    upload_bytes: Callable[[Request], int],
    message: Message,
) -> None:
    """Take the body as it arrives; a large upload goes into a spool, and is never whole in memory.

    `message` is the first one. A body may have `most` bytes, as an upload what `upload_bytes` allows.
    Raises `TooLargeError`, and `DisconnectedError`.
    """
    chunks: list[bytes] = []
    size, kept = 0, 0
    asked = False
    while True:
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        chunk: bytes = message.get("body", b"")
        chunks.append(chunk)
        size, kept = size + len(chunk), kept + len(chunk)
        if not asked and (size > SPOOL_BYTES or size > most):
            asked, allowed = True, upload_bytes(request)
            if allowed:
                request.spool, most = Spool(), allowed
        if size > most:
            raise TooLargeError(most)
        if request.spool is not None and kept > SPOOL_BYTES:
            await asyncio.to_thread(request.spool.write, b"".join(chunks))
            chunks, kept = [], 0
        if not message.get("more_body", False):
            break
        message = await receive()
    rest = b"".join(chunks)
    if request.spool is None:
        request.body = rest
    else:
        request.spool.write(rest)
