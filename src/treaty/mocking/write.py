"""Write: a value as the body of a media type, or as the text of a header."""

from __future__ import annotations

import functools

from treaty.exchange.codecs import json_text, plain
from treaty.exchange.codecs.codec import Codec, UnwritableError, Written
from treaty.exchange.codecs.json_text import write_json
from treaty.exchange.codecs.table import find_codec
from treaty.exchange.media_types import concrete, essence_of
from treaty.exchange.prepared_media import PreparedMedia
from treaty.exchange.style_writers import write_text
from treaty.exchange.styles import Styled
from treaty.findings import Json

__all__ = [
    "UnwritableError",
    "Written",
    "field_text",
    "write_as_json",
    "write_body",
    "write_header",
    "write_json",
]


def write_body(prepared: PreparedMedia, value: Json) -> Written:
    """The bytes of a body and the Content-Type to send them with. Raises `UnwritableError`."""
    media = prepared.media
    kind, codec = _form_of(media.name)
    if isinstance(value, bytes):
        return Written(value, kind)
    if codec is not None:
        written = codec.write(value, prepared)
        return written if written.content_type else Written(written.body, kind)
    if isinstance(value, str):
        return Written(value.encode("utf-8", "replace"), kind)
    if value is None:
        return Written(b"", kind)
    is_vendor = media.essence.startswith("application/vnd.")
    # Of a vendor's own type (RFC 6838, section 3.2) nothing is known but the schema: JSON is its form.
    if is_vendor or (media.essence.startswith("text/") and not isinstance(value, dict | list)):
        return Written(write_json(value), kind)
    raise UnwritableError(f"a value of type {type(value).__name__} has no form in {media.name}")


def write_as_json(prepared: PreparedMedia, value: Json) -> Written:
    """A list or object as JSON, under the name of a media type that is text or bytes to us.

    That is all that its schema describes, and the texts are read so. Raises `UnwritableError`.
    """
    kind = concrete(prepared.media.name)
    if find_codec(essence_of(kind)) not in (None, plain.CODEC):
        raise UnwritableError(f"a value of type {type(value).__name__} has no form in {prepared.media.name}")
    return Written(write_json(value), kind)


@functools.lru_cache(maxsize=1024)
def _form_of(name: str) -> tuple[str, Codec | None]:
    """The Content-Type to send for an entry of `content`, and what writes its bodies."""
    kind = concrete(name)
    return kind, json_text.CODEC if essence_of(name) == "*/*" else find_codec(essence_of(kind))


def write_header(value: Json, *, style: str = "simple", explode: bool = False) -> str:
    """A value in its style, printable as a field value (RFC 9110, section 5.5).

    What has no form in the style is written as JSON, for the check of the header to judge.
    """
    try:
        text = write_text(value, Styled("", style, explode, "primitive", location="header"))
    except UnwritableError:
        text = write_json(value).decode()
    return field_text(text)


def field_text(text: str) -> str:
    """A text as it may stand in a field value: printable ASCII (RFC 9110, section 5.5)."""
    if text.isascii() and text.isprintable():  # as most are: nothing to look for
        return text.strip()
    return "".join(each if " " <= each <= "~" else "?" for each in text).strip()
