"""Files of a declared type: small ones that programs open, where the schema leaves room for one."""

from __future__ import annotations

import base64
import gzip
import struct
import zlib
from collections.abc import Callable

SIDE = 64  # pixels


def file_of(essence: str, seed: int) -> bytes | None:
    """A file of a media type, the same for the same seed; None for a type of which there is none here."""
    make = _MAKERS.get(essence)
    return None if make is None else make((seed & 0xFFFFFF).to_bytes(3))


def _png(colour: bytes) -> bytes:
    """A square of one colour, of one bit a pixel (PNG, third edition)."""
    rows = (b"\0" + bytes(SIDE // 8)) * SIDE
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 1, 3, 0, 0, 0)),
        (b"PLTE", colour),
        (b"IDAT", zlib.compress(rows, level=0)),  # stored: every zlib writes it the same
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _gif(colour: bytes) -> bytes:
    palette = colour + b"\xff\xff\xff"
    return b"GIF89a\x01\0\x01\0\x80\0\0" + palette + b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"


def _svg(colour: bytes) -> bytes:
    named = f'viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}"'
    square = f'<rect width="{SIDE}" height="{SIDE}" fill="#{colour.hex()}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {named}>{square}</svg>'.encode()


def _pdf(_: bytes) -> bytes:
    """A document of one empty page (ISO 32000)."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
    )
    written, table = b"%PDF-1.4\n", b"0000000000 65535 f \n"
    for number, each in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(written)
        written += b"%d 0 obj%sendobj\n" % (number, each)
    count = len(objects) + 1
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(written))
    return written + b"xref\n0 %d\n%s" % (count, table) + trailer


def _always(content: bytes) -> Callable[[bytes], bytes]:
    return lambda _: content


_MAKERS: dict[str, Callable[[bytes], bytes]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/svg+xml": _svg,
    "image/jpeg": _always(
        base64.b64decode(
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWG"
            "kJ6jq62rZ4C8ybqmx5moq6T/wAALCAAQABABAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAA"
            "AAD/2gAIAQEAAD8AAP/Z"
        )
    ),
    "image/webp": _always(base64.b64decode("UklGRh4AAABXRUJQVlA4TBEAAAAvD8ADAAdQvBqVtv+BiOh/AAA=")),
    "application/pdf": _pdf,
    "application/zip": _always(b"PK\x05\x06" + bytes(18)),
    "application/gzip": _always(gzip.compress(b"", mtime=0)),
    "audio/wav": _always(
        b"RIFF"
        + struct.pack("<I", 36)
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
        + b"data"
        + bytes(4)
    ),
}
