"""Texts: `text/plain` and its like, in the charset they are sent with (RFC 2046, section 4.1)."""

from __future__ import annotations

from contextlib import suppress
from encodings.aliases import aliases

from treaty.exchange.codecs.codec import Codec, UndecodableError, UnwritableError, Written, undecodable
from treaty.exchange.codecs.json_text import decode_json, write_json
from treaty.exchange.media_types import parameters_of
from treaty.exchange.prepared_media import PreparedMedia
from treaty.findings import Json

# Python calls transformations that are not charsets codecs too, and remembers each name it is asked for
# in vain; these are texts.
_CHARSETS = frozenset(
    {"utf_8", "ascii", "latin_1", "utf_16", "utf_16_le", "utf_16_be", "cp1252"}
    | {f"iso8859_{number}" for number in range(2, 17) if number != 12}
)
_AS_BYTES = "surrogateescape"


def decode_text(body: bytes, sent: str) -> str:
    """The text of a body by the charset of its Content-Type, UTF-8 without one.

    Raises `UndecodableError`.
    """
    charset = parameters_of(sent).get("charset", "utf-8")
    name = _codec_of(charset)
    if name is None:
        raise undecodable(f"the charset `{charset}` is not known", "UTF-8")
    try:
        return body.decode(name)
    except UnicodeDecodeError as error:
        raise undecodable(
            f"the body is not {charset}: {error.reason} at byte {error.start}", charset
        ) from None


def encode_text(text: str, sent: str) -> bytes:
    """A text as the body that it stands for: in the charset of its Content-Type, else in UTF-8.

    Halves of surrogate pairs are bytes that were no text (PEP 383).
    """
    for name, errors in ((_codec_of(parameters_of(sent).get("charset", "")), "strict"), ("utf-8", _AS_BYTES)):
        with suppress(UnicodeEncodeError):
            return text.encode(name or "utf-8", errors)
    return text.encode("utf-8", "surrogatepass")


def _codec_of(charset: str) -> str | None:
    label = charset.lower().replace("-", "_")
    name = aliases.get(label, label)
    return name if name in _CHARSETS else None


def _read(body: bytes, sent: str, prepared: PreparedMedia) -> list[Json]:
    text = decode_text(body, sent)
    if prepared.shape is None:
        return [text]
    if prepared.shape.kind == "primitive":
        return list(prepared.shape.candidates(text))
    try:  # an object or array as text: JSON is the only form of it that can be read
        return [decode_json(text.encode()), text]
    except UndecodableError:
        return [text]


def _write(value: Json, prepared: PreparedMedia) -> Written:
    if isinstance(value, str):
        return Written(value.encode("utf-8", "replace"))
    if value is None:
        return Written(b"")
    if isinstance(value, dict | list):
        raise UnwritableError(f"a value of type {type(value).__name__} has no form in {prepared.media.name}")
    return Written(write_json(value))


CODEC = Codec(_read, _write)
