"""Sequences of JSON values: JSON Lines, newline-delimited JSON, and JSON Text Sequences (RFC 7464)."""

from __future__ import annotations

from collections.abc import Iterable

from treaty.exchange.codecs.codec import Codec, UndecodableError, UnwritableError, Written, undecodable
from treaty.exchange.codecs.json_text import decode_json, write_json
from treaty.exchange.codecs.plain import decode_text
from treaty.exchange.prepared_media import PreparedMedia
from treaty.findings import Json, pointer_of

MAX_ITEMS = 100_000
_SEPARATOR = b"\x1e"


def _items(texts: Iterable[bytes], what: str) -> list[Json]:
    items: list[Json] = []
    for number, text in enumerate(texts, 1):
        if not text.strip():
            continue
        if len(items) == MAX_ITEMS:
            raise undecodable(f"the body has more than {MAX_ITEMS} items", f"at most {MAX_ITEMS} items")
        try:
            items.append(decode_json(text))
        except UndecodableError as error:
            why = error.finding.message.partition(": ")[2]
            raise undecodable(
                f"{what} {number} of the body is not JSON: {why}", "JSON values", pointer_of((len(items),))
            ) from None
    return items


def _readings(items: list[Json], body: bytes, sent: str, prepared: PreparedMedia) -> list[Json]:
    """The items; where the schema says string, the text may be meant as a whole."""
    texts = prepared.shape is not None and "string" in prepared.shape.types
    return [items, decode_text(body, sent)] if texts else [items]


def _read_lines(body: bytes, sent: str, prepared: PreparedMedia) -> list[Json]:
    return _readings(_items(body.split(b"\n"), "line"), body, sent, prepared)


def _write_lines(value: Json, prepared: PreparedMedia) -> Written:
    return Written(b"".join(write_json(each) + b"\n" for each in written_items(value, prepared)))


def _read_json_seq(body: bytes, sent: str, prepared: PreparedMedia) -> list[Json]:
    before, *texts = body.split(_SEPARATOR)
    if before.strip():
        raise undecodable("the body does not begin with a record separator", "RS JSON LF … (RFC 7464)")
    return _readings(_items(texts, "text"), body, sent, prepared)


def _write_json_seq(value: Json, prepared: PreparedMedia) -> Written:
    return Written(b"".join(b"\x1e" + write_json(each) + b"\n" for each in written_items(value, prepared)))


def written_items(value: Json, prepared: PreparedMedia) -> list[Json]:
    """The items of a value to write; one that is no list is the only item where the schema is an item's."""
    if isinstance(value, list):
        return value
    if prepared.items is not None:  # the example of a document older than 3.2
        return [value]
    raise UnwritableError(f"a value of type {type(value).__name__} has no form in {prepared.media.name}")


LINES = Codec(_read_lines, _write_lines)
JSON_SEQ = Codec(_read_json_seq, _write_json_seq)
