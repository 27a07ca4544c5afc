"""Bodies: from bytes to a value, by media type."""

from __future__ import annotations

from functools import lru_cache

from treaty.exchange.codecs.codec import Codec, UndecodableError, too_large
from treaty.exchange.codecs.form import FORM
from treaty.exchange.codecs.json_text import decode_json
from treaty.exchange.codecs.multipart import BINARY
from treaty.exchange.codecs.table import find_codec
from treaty.exchange.codecs.upload import Upload
from treaty.exchange.media_types import essence_of
from treaty.exchange.prepared_media import PreparedMedia
from treaty.exchange.spool import SPOOL_BYTES, Spool, Window
from treaty.findings import Json

__all__ = [
    "BINARY",
    "FORM",
    "UndecodableError",
    "decode_body",
    "decode_json",
    "is_decodable",
    "is_whole",
    "may_be_large",
]


@lru_cache(maxsize=128)  # clients send few
def _codec(sent: str) -> Codec | None:
    return find_codec(essence_of(sent))


def is_decodable(sent: str) -> bool:
    """Are bodies of this Content-Type turned into values, and judged?"""
    return _codec(sent) is not None


def may_be_large(sent: str) -> bool:
    """May bodies of this Content-Type be larger than memory: files, what has files in it, sequences?"""
    codec = _codec(sent)
    return codec is None or codec.read_spool is not None or codec.split is not None


def is_whole(sent: str) -> bool:
    """Are bodies of this Content-Type only read in memory?"""
    codec = _codec(sent)
    return codec is not None and codec.read_spool is None


def decode_body(body: bytes | Spool, sent: str, prepared: PreparedMedia) -> list[Json]:
    """The readings of a body: one, or where the types leave a choice, several, likeliest first.

    A body of a type without a codec is its bytes, or an upload. Raises `UndecodableError`.
    """
    codec = _codec(sent)
    if not isinstance(body, Spool):
        return [body] if codec is None else codec.read(body, sent, prepared)
    if codec is None:
        return [Upload("", "", sent, Window(body, 0, body.size))]
    if codec.read_spool is None:
        raise too_large("the body", SPOOL_BYTES)
    return codec.read_spool(body, sent, prepared)
