"""Bodies: from bytes to a value, by media type."""

from __future__ import annotations

from treaty.exchange.codecs.codec import UndecodableError
from treaty.exchange.codecs.form import FORM
from treaty.exchange.codecs.json_text import decode_json
from treaty.exchange.codecs.multipart import BINARY
from treaty.exchange.codecs.table import find_codec
from treaty.exchange.media_types import essence_of
from treaty.exchange.prepared_media import PreparedMedia
from treaty.findings import Json

__all__ = ["BINARY", "FORM", "UndecodableError", "decode_body", "decode_json", "is_decodable"]


def is_decodable(sent: str) -> bool:
    """Are bodies of this Content-Type turned into values, and judged?"""
    return find_codec(essence_of(sent)) is not None


def decode_body(body: bytes, sent: str, prepared: PreparedMedia) -> list[Json]:
    """The readings of a body: one, or where the types leave a choice, several, likeliest first.

    A body of a type without a codec is its bytes. Raises `UndecodableError`.
    """
    codec = find_codec(essence_of(sent))
    return [body] if codec is None else codec.read(body, sent, prepared)
