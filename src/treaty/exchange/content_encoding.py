"""Content codings: a body as it was before it was compressed (RFC 9110, section 8.4)."""

from __future__ import annotations

import zlib

from treaty.exchange.codecs.codec import UndecodableError, undecodable
from treaty.exchange.messages import Headers, combined
from treaty.findings import Finding, Place

# A few bytes can stand for very many; this is as much as a body that is not compressed may have.
MAX_DECODED_BYTES = 16 * 1024 * 1024
MAX_CODINGS = 4
_KNOWN = "gzip or deflate"
_GZIP, _ZLIB, _RAW = 31, 15, -15  # of zlib, `wbits`


def decoded_content(body: bytes, headers: Headers) -> bytes:
    """The body without its content codings.

    Raises `UndecodableError` for one that is not known, is not what it says, or has more than
    `MAX_DECODED_BYTES`.
    """
    said = combined(headers, "content-encoding")
    if said is None:
        return body
    codings = [each.strip().lower() for each in said.split(",") if each.strip()]
    if len(codings) > MAX_CODINGS:
        raise _unsupported(said)
    for coding in reversed(codings):  # the one applied last stands last
        if coding in ("gzip", "x-gzip"):
            body = _inflated(body, _GZIP, coding)
        elif coding == "deflate":
            body = _inflated(body, _ZLIB if _has_zlib_header(body) else _RAW, coding)
        elif coding != "identity":
            raise _unsupported(coding)
    return body


def _has_zlib_header(body: bytes) -> bool:
    """Some senders leave out the header that `deflate` has (RFC 9110, section 8.4.1.2)."""
    return len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0


def _inflated(body: bytes, window: int, coding: str) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while body:  # a gzip body may have several members, one after the other
        inflater = zlib.decompressobj(window)
        try:
            chunk = inflater.decompress(body, MAX_DECODED_BYTES - size + 1)
        except zlib.error:
            raise undecodable(f"the body is not of the content coding {coding}", coding) from None
        size += len(chunk)
        if size > MAX_DECODED_BYTES:
            raise _too_large()
        if not inflater.eof:
            raise undecodable(f"the end of the body's content coding {coding} is missing", coding)
        chunks.append(chunk)
        body = inflater.unused_data
    return b"".join(chunks)


def _too_large() -> UndecodableError:
    return UndecodableError(
        Finding(
            "content-too-large",
            "the body is too large, decompressed",
            place=Place("body"),
            expected=f"at most {MAX_DECODED_BYTES} bytes",
        )
    )


def _unsupported(coding: str) -> UndecodableError:
    return UndecodableError(
        Finding(
            "unsupported-media-type",
            f"the content coding `{coding}` is not known",
            place=Place("header", "content-encoding"),
            expected=_KNOWN,
        )
    )
