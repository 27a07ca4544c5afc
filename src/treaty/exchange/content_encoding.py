"""Content codings: a body as it was before it was compressed (RFC 9110, section 8.4).

What comes out comes in pieces, so that a few bytes which stand for very many cost no more memory
than one piece before they are refused.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from treaty.exchange.codecs.codec import UndecodableError, too_large, undecodable
from treaty.exchange.messages import Headers, combined
from treaty.exchange.spool import MAX_BODY_BYTES, Spool
from treaty.findings import Finding, Place

if TYPE_CHECKING:
    import zstandard

# As much as a body that is not compressed may have.
MAX_DECODED_BYTES = MAX_BODY_BYTES
MAX_CODINGS = 4
_PIECE = 256 * 1024
# Members of less than this many bytes, and how many of them there may be.
_LITTLE, _MAX_LITTLE = 1024, 1000
_GZIP, _ZLIB, _RAW = 31, 15, -15  # of zlib, `wbits`
# A block of 128 KiB may take four bytes (RFC 8878, section 3.1.1.2), so little is decoded at a time.
_ZSTD_SLICE = 64
_ZSTD_WINDOW = 8 * 1024 * 1024  # RFC 9659, section 3


class Decoder(Protocol):
    """Undoes one coding, of bytes that may come in several pieces."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The decoded pieces. Raises `UndecodableError`."""

    def finish(self) -> None:
        """Raises `UndecodableError` when the end is missing."""


def codings_of(headers: Headers) -> list[str]:
    """The content codings of a message in the order they were applied, without `identity`.

    Raises `UndecodableError` for one that is not known, and for too many.
    """
    said = combined(headers, "content-encoding")
    if said is None:
        return []
    codings = [each.strip().lower() for each in said.split(",") if each.strip()]
    if len(codings) > MAX_CODINGS:
        raise _unsupported(said)
    applied = [each for each in codings if each != "identity"]
    unknown = next((each for each in applied if each not in _DECODERS), None)
    if unknown is not None:
        raise _unsupported(unknown)
    return applied


def decoded_content(body: bytes, headers: Headers) -> bytes:
    """The body without its content codings.

    Raises `UndecodableError` for one that is not known, is not what it says, or has more than
    `MAX_DECODED_BYTES`.
    """
    codings = codings_of(headers) if _is_coded(headers) else []
    if not codings or not body:
        return body
    decoder = ContentDecoder(codings, MAX_DECODED_BYTES)
    decoded = b"".join(decoder.feed(body))
    decoder.finish()
    return decoded


def _is_coded(headers: Headers) -> bool:
    """Does a message speak of codings? Most do not."""
    for name, _ in headers:  # noqa: SIM110  # a generator costs more than most heads
        if name == "content-encoding":
            return True
    return False


def spooled_content(pieces: Iterable[bytes], headers: Headers, most: int) -> Spool:
    """The same for a body that may be too large for memory, bounded by `most` bytes."""
    decoder, decoded = ContentDecoder(codings_of(headers), most), Spool()
    for piece in pieces:
        for each in decoder.feed(piece):
            decoded.write(each)
    decoder.finish()
    return decoded


@dataclass(slots=True)
class ContentDecoder:
    """Undoes the codings of a message, the one applied last first, as its body comes.

    `most` bounds the bytes that any of them gives; None is for a stream, which may have no end.
    """

    codings: list[str]
    most: int | None = None
    _stages: list[Decoder] = field(default_factory=list)
    _sizes: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stages = [_DECODERS[each](each) for each in reversed(self.codings)]
        self._sizes = [0] * len(self._stages)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The decoded pieces of what came. Raises `UndecodableError`."""
        return self._through(0, data)

    def finish(self) -> None:
        """Raises `UndecodableError` when the end of a coding is missing."""
        for stage in self._stages:
            stage.finish()

    def _through(self, index: int, data: bytes) -> Iterator[bytes]:
        if index == len(self._stages):
            yield data
            return
        for piece in self._stages[index].feed(data):
            self._sizes[index] += len(piece)
            if self.most is not None and self._sizes[index] > self.most:
                raise too_large("the body, decompressed,", self.most)
            yield from self._through(index + 1, piece)


class _Members:
    """What follows each other in a coding. To begin each takes its time, so that few may be little."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._little = self._size = 0

    def grow(self, size: int) -> None:
        """As many bytes more are in this one."""
        self._size += size

    def end(self) -> None:
        """This one ends. Raises `UndecodableError`."""
        self._little += self._size < _LITTLE
        self._size = 0
        if self._little > _MAX_LITTLE:
            expected = f"at most {_MAX_LITTLE} members of less than {_LITTLE} bytes"
            raise undecodable(f"the body's content coding {self._coding} has too many members", expected)


class _Inflater:
    """`gzip`, of which several members may follow each other (RFC 1952, section 2.2)."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._members = _Members(coding)
        self._inflating: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        # A member's end has what is left of its slice copied: by slices, that stays little.
        for start in range(0, len(data), _PIECE):
            yield from self._inflated(data[start : start + _PIECE])

    def _inflated(self, data: bytes) -> Iterator[bytes]:
        full = False
        while data or full:
            if self._inflating is None:
                self._inflating = zlib.decompressobj(_GZIP)
            try:
                piece = self._inflating.decompress(data, _PIECE)
            except zlib.error:
                raise _malformed(self._coding) from None
            if piece:
                self._members.grow(len(piece))
                yield piece
            full, data = len(piece) == _PIECE, self._inflating.unconsumed_tail
            if self._inflating.eof:
                self._members.end()
                full, data, self._inflating = False, self._inflating.unused_data, None

    def finish(self) -> None:
        if self._inflating is not None:
            raise _cut(self._coding)


class _Deflated:
    """`deflate`: one zlib stream; some senders leave its header out (RFC 9110, section 8.4.1.2)."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._first = b""
        self._inflating: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inflating is None:
            data = self._first = self._first + data
            if len(data) < 2:
                return
            self._inflating = zlib.decompressobj(_ZLIB if _has_zlib_header(data) else _RAW)
        full = True
        while data or full:
            if self._inflating.eof and data:
                raise _malformed(self._coding)
            try:
                piece = self._inflating.decompress(data, _PIECE)
            except zlib.error:
                raise _malformed(self._coding) from None
            if piece:
                yield piece
            data, full = self._inflating.unconsumed_tail or self._inflating.unused_data, len(piece) == _PIECE

    def finish(self) -> None:
        if self._first and (self._inflating is None or not self._inflating.eof):
            raise _cut(self._coding)


class _Brotli:
    """`br` (RFC 7932)."""

    def __init__(self, coding: str) -> None:
        import brotli  # type: ignore[import-untyped]  # here, as below: only who is sent such a body waits for its library

        self._coding = coding
        self._reading = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        import brotli

        try:
            piece = self._reading.process(data, output_buffer_limit=_PIECE)
            while piece:
                yield piece
                # Its input may be used up while there is more to come out.
                done = self._reading.is_finished()
                piece = b"" if done else self._reading.process(b"", output_buffer_limit=_PIECE)
        except brotli.error:
            raise _malformed(self._coding) from None

    def finish(self) -> None:
        if not self._reading.is_finished():
            raise _cut(self._coding)


class _Zstandard:
    """`zstd` (RFC 8878), of which several frames may follow each other."""

    def __init__(self, coding: str) -> None:
        import zstandard

        self._coding = coding
        self._members = _Members(coding)
        self._frames = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._reading: zstandard.ZstdDecompressionObj | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_SLICE):
            yield from self._read(data[start : start + _ZSTD_SLICE])

    def _read(self, data: bytes) -> Iterator[bytes]:
        import zstandard

        while data:
            if self._reading is None:
                self._reading = self._frames.decompressobj()
            try:
                piece = self._reading.decompress(data)
            except zstandard.ZstdError:
                raise _malformed(self._coding) from None
            if piece:
                self._members.grow(len(piece))
                yield piece
            data = b""
            if self._reading.eof:
                self._members.end()
                data, self._reading = self._reading.unused_data, None

    def finish(self) -> None:
        if self._reading is not None:
            raise _cut(self._coding)


_DECODERS: dict[str, Callable[[str], Decoder]] = {
    "gzip": _Inflater,
    "x-gzip": _Inflater,
    "deflate": _Deflated,
    "br": _Brotli,
    "zstd": _Zstandard,
}


# Those that whoever sends another is told of.
NAMED_CODINGS = ("gzip", "deflate", "br", "zstd")
KNOWN_CODINGS = frozenset(_DECODERS) | {"identity"}


def _has_zlib_header(body: bytes) -> bool:
    return body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0


def _malformed(coding: str) -> UndecodableError:
    return undecodable(f"the body is not of the content coding {coding}", coding)


def _cut(coding: str) -> UndecodableError:
    return undecodable(f"the end of the body's content coding {coding} is missing", coding)


def _unsupported(coding: str) -> UndecodableError:
    return UndecodableError(
        Finding(
            "unsupported-media-type",
            f"the content coding `{coding}` is not known",
            place=Place("header", "content-encoding"),
            expected=f"{', '.join(NAMED_CODINGS[:-1])} or {NAMED_CODINGS[-1]}",
            actual=coding,
        )
    )
