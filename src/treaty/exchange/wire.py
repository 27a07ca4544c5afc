"""A response as HTTP/1.1 has it on the wire (RFC 9112, section 4)."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus

from treaty.exchange.messages import Response
from treaty.exchange.response import WITHOUT_CONTENT

_WITHOUT_LENGTH = frozenset({204, 304})  # RFC 9110, section 8.6
# Longer values are not looked up: what is long is seldom the same in another response.
MAX_KNOWN = 128
# What would end a field, or the head, before its time (RFC 9110, section 5.5).
_UNSAFE = bytes((*range(0x09), *range(0x0A, 0x20), 0x7F))


class UnsafeFieldError(ValueError):
    """A header field with characters that no field may have."""


def body_of(response: Response) -> bytes:
    """The content that is sent: none with a status that has none."""
    return b"" if response.status in WITHOUT_CONTENT else response.body


def fields_of(response: Response) -> list[tuple[bytes, bytes]]:
    """The header fields as sent, with the length of the content where it is known; kept with the response."""
    if response.fields is not None:
        return response.fields
    found = [
        (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in response.headers
    ]
    if lacks_length(response):
        found.append((b"content-length", b"%d" % len(body_of(response))))
    response.fields = found
    return found


def head_of(response: Response) -> bytes:
    """The header fields and the empty line after them, kept with the response. Raises `UnsafeFieldError`."""
    if response.head is None:
        lines = [
            _line(name, value) if len(value) <= MAX_KNOWN else _written(name, value)
            for name, value in response.headers
        ]
        lines.append(
            b"content-length: %d\r\n\r\n" % len(body_of(response)) if lacks_length(response) else b"\r\n"
        )
        response.head = b"".join(lines)
    return response.head


def lacks_length(response: Response) -> bool:
    """Is the length of a response known, and not said?"""
    if response.status in _WITHOUT_LENGTH or response.chunks is not None:
        return False
    return response.header("content-length") is None


@lru_cache(maxsize=256)  # most fields are the same in every response
def _line(name: str, value: str) -> bytes:
    return _written(name, value)


def _written(name: str, value: str) -> bytes:
    line = f"{name}: {value}".encode("latin-1", "replace")
    if len(line.translate(None, _UNSAFE)) != len(line):
        raise UnsafeFieldError(f"the response header {name!r} cannot be sent")
    return line + b"\r\n"


def status_line(status: int) -> bytes:
    """`HTTP/1.1 200 OK`; a status without a registered phrase has none."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode()
