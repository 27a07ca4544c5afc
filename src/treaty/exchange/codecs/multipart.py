"""Multipart bodies: `form-data` is an object of its named parts, any other kind a list of its parts.

How a part is read follows its Content-Type, else the Encoding Object, else the type of its
schema (OpenAPI 3.2, Encoding Object, `contentType`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import get_args
from urllib.parse import quote_plus

from treaty.contract.model import Encoding, is_json
from treaty.exchange.codecs.codec import Codec, UndecodableError, UnwritableError, Written, undecodable
from treaty.exchange.codecs.form import as_deep, form_text
from treaty.exchange.codecs.header import check_header
from treaty.exchange.codecs.json_text import decode_json, write_json
from treaty.exchange.codecs.parts import (
    Part,
    PartSplitter,
    ReceivedPart,
    delimited,
    escaped_name,
    join_parts,
    split_parts,
)
from treaty.exchange.codecs.plain import decode_text
from treaty.exchange.codecs.upload import Upload
from treaty.exchange.media_types import essence_of, is_in_range
from treaty.exchange.prepared_media import PreparedMedia, item_of, schemas_of
from treaty.exchange.spool import Spool
from treaty.exchange.styles import MalformedError, property_of, read_pairs
from treaty.exchange.values import Reading, Shape
from treaty.findings import Finding, Json, Place, pointer_of

BINARY = "application/octet-stream"
_NO_ENCODING = Encoding()


def _read(body: bytes, sent: str, prepared: PreparedMedia) -> list[Json]:
    return _read_spool(Spool.holding(body), sent, prepared)


def _read_spool(spool: Spool, sent: str, prepared: PreparedMedia) -> list[Json]:
    readings: list[Json] = []
    parts = split_parts(spool, sent, prepared.most_fields)
    if prepared.part_headers:
        _check_parts(parts, sent, prepared)
    for reading in get_args(Reading):
        value = _value(parts, sent, prepared, reading)
        if value not in readings:
            readings.append(value)
    return readings


def _value(parts: list[ReceivedPart], sent: str, prepared: PreparedMedia, reading: Reading) -> Json:
    if _are_named(parts, sent, prepared):
        return _read_named(_by_name(parts, prepared), prepared, reading)
    return [
        _read_part(part, prepared.item(index), prepared.item_encoding(index), reading, (index,))
        for index, part in enumerate(parts)
    ]


def _are_named(parts: list[ReceivedPart], sent: str, prepared: PreparedMedia) -> bool:
    """Are they the properties of an object, and not the items of a list?"""
    return essence_of(sent) == "multipart/form-data" or (
        prepared.shape is not None
        and prepared.shape.kind == "object"
        and all(each.has_name for each in parts)
    )


def _by_name(parts: list[ReceivedPart], prepared: PreparedMedia) -> dict[str, list[ReceivedPart]]:
    by_name: dict[str, list[ReceivedPart]] = {}
    for part in parts:
        if not part.has_name:
            raise undecodable(
                "a part of the multipart body has no name", 'content-disposition: form-data; name="…"'
            )
        by_name.setdefault(_property_of(part.name, prepared), []).append(part)
    return by_name


def _read_named(
    by_name: dict[str, list[ReceivedPart]], prepared: PreparedMedia, reading: Reading
) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name, own in by_name.items():
        base = property_of(name)
        if base != name and base in prepared.below and name not in prepared.below:
            if base not in found:
                found[base] = _read_nested(base, by_name, prepared, reading)
        else:
            found[name] = _read_property(name, own, prepared, reading)
    return found


class Parts:
    """The parts of a sequence, each by its place, as they come."""

    def __init__(self, sent: str, prepared: PreparedMedia, body: Spool | None = None) -> None:
        self._parts = PartSplitter(sent, body)
        self._prepared = prepared
        self._count = 0

    @property
    def pending(self) -> int:
        return self._parts.pending

    def feed(self, data: bytes) -> Iterator[list[Json]]:
        for part in self._parts.feed(data):
            at, self._count = self._count, self._count + 1
            shape, encoding = self._prepared.item(at), self._prepared.item_encoding(at)
            _check_part(part, encoding, self._prepared, (at,))
            yield [_read_part(part, shape, encoding, reading, (at,)) for reading in get_args(Reading)]

    def finish(self) -> Iterator[list[Json]]:
        self._parts.finish()
        yield from ()


def _property_of(name: str, prepared: PreparedMedia) -> str:
    """`tags[]`, as some tools send the items of `tags`, is `tags` where that is the declared one."""
    bare = name.removesuffix("[]")
    return bare if bare in prepared.below and name not in prepared.below else name


def _read_nested(
    base: str, by_name: dict[str, list[ReceivedPart]], prepared: PreparedMedia, reading: Reading
) -> Json:
    """`address[city]`, as forms have it."""
    pairs = [
        (name, quote_plus(decode_text(part.content, part.content_type)))
        for name, parts in by_name.items()
        for part in parts
        if name != base and property_of(name) == base
    ]
    styled = next(each for each in prepared.properties if each.name == base)
    try:
        value = read_pairs(pairs, as_deep(styled))
    except MalformedError as error:
        raise undecodable(f"`{base}` cannot be read: {error}", "name[key]", pointer_of((base,))) from None
    return prepared.below[base].read(value, reading)


def _read_property(name: str, parts: list[ReceivedPart], prepared: PreparedMedia, reading: Reading) -> Json:
    shape, encoding = prepared.below.get(name), prepared.media.encoding.get(name, _NO_ENCODING)
    if shape is None or shape.kind != "array":
        values = [_read_part(part, shape, encoding, reading, (name,)) for part in parts]
        return values[0] if len(values) == 1 else values
    if len(parts) == 1 and _may_be_whole(parts[0], shape, encoding):
        whole = _read_part(parts[0], shape, encoding, reading, (name,))
        return whole if isinstance(whole, list) else [whole]
    last = len(shape.first_items)  # all after the first items have the same schema
    items = [item_of(shape, index) for index in range(min(len(parts), last + 1))]
    return [
        _read_part(part, items[min(index, last)], encoding, reading, (name, index))
        for index, part in enumerate(parts)
    ]


def _may_be_whole(part: ReceivedPart, shape: Shape, encoding: Encoding) -> bool:
    """May the only part of a list be all of it? Of complex values it is JSON (OpenAPI 3.0.3, 4.7.14.4)."""
    said = essence_of(part.content_type or encoding.content_type)
    item = item_of(shape)
    return is_json(said) or (not said and item is not None and item.kind == "object")


def _read_part(
    part: ReceivedPart, shape: Shape | None, encoding: Encoding, reading: Reading, path: tuple[str | int, ...]
) -> Json:
    kind = essence_of(part.content_type) or default_content_type(shape, encoding)
    only_text = shape is not None and shape.types == {"string"}
    try:
        if is_json(kind) and not only_text:
            return decode_json(part.content)
        is_text = not part.filename and (kind.startswith("text/") or (only_text and is_json(kind)))
        if not is_text or is_binary(shape):
            return part.upload
        text = decode_text(part.content, part.content_type)
    except UndecodableError as error:
        why = error.finding.message.removeprefix("the body ")
        named = f"the part `{part.name}`" if part.has_name else f"part {path[0]}"
        place = Place("body", pointer=pointer_of(path))
        raise UndecodableError(replace(error.finding, message=f"{named} {why}", place=place)) from None
    return shape.read_text(text, reading) if shape is not None else text


def _check_parts(parts: list[ReceivedPart], sent: str, prepared: PreparedMedia) -> None:
    if not _are_named(parts, sent, prepared):
        for index, part in enumerate(parts):
            _check_part(part, prepared.item_encoding(index), prepared, (index,))
        return
    for name, own in _by_name(parts, prepared).items():
        shape, encoding = prepared.below.get(name), prepared.media.encoding.get(name, _NO_ENCODING)
        listed = shape is not None and shape.kind == "array"
        for index, part in enumerate(own):
            _check_part(part, encoding, prepared, (name, index) if listed else (name,))


def _check_part(
    part: ReceivedPart, encoding: Encoding, prepared: PreparedMedia, path: tuple[str | int, ...]
) -> None:
    """Has the part a Content-Type that its Encoding Object allows, and the headers that it describes?"""
    allowed = [each.strip() for each in encoding.content_type.split(",") if each.strip()]
    sent = part.content_type
    if allowed and sent and not any(is_in_range(essence_of(sent), essence_of(each)) for each in allowed):
        raise UndecodableError(
            Finding(
                "unsupported-media-type",
                f"the Content-Type `{sent}` of the part `{part.name}` is not declared",
                place=Place("body", pointer=pointer_of(path)),
                expected=" or ".join(allowed),
            )
        )
    place = Place("body", pointer=pointer_of(path))
    for header in prepared.part_headers.get(id(encoding), ()):
        name = header.parameter.name
        text = part.headers.get(name.lower())
        for wrong in check_header(header, text)[:1]:
            if text is None:
                message = f"the part `{part.name}` has no `{name}` header"
                raise undecodable(message, "it is required", place.pointer)
            message = f"the header `{name}` of the part `{part.name}` is wrong: {wrong.message}"
            raise UndecodableError(replace(wrong, message=message, place=place))


def default_content_type(shape: Shape | None, encoding: Encoding) -> str:
    """The media type of a part that does not say it, without parameters."""
    first = essence_of(encoding.content_type.partition(",")[0])
    if first and "*" not in first:
        return first
    if is_binary(shape) or first:
        return BINARY
    return "application/json" if shape is not None and shape.kind != "primitive" else "text/plain"


def is_binary(shape: Shape | None) -> bool:
    """Does the schema say that a value is bytes as they are?"""
    return shape is not None and any(
        part.get("format") == "binary" or ("contentMediaType" in part and "contentEncoding" not in part)
        for part in schemas_of(shape)
    )


def _write(value: Json, prepared: PreparedMedia) -> Written:
    if isinstance(value, dict):
        parts = [part for name, each in value.items() for part in _named_parts(name, each, prepared)]
    elif isinstance(value, list) and prepared.media.essence != "multipart/form-data":
        parts = [
            _written_part("", each, prepared.item(index), prepared.item_encoding(index), prepared)
            for index, each in enumerate(value)
        ]
    else:
        raise UnwritableError(f"a value of type {type(value).__name__} has no form in {prepared.media.name}")
    essence = prepared.media.essence.replace("*", "form-data" if isinstance(value, dict) else "mixed")
    return Written(*join_parts(parts, essence))


def write_part(value: Json, index: int, prepared: PreparedMedia, boundary: str) -> bytes:
    """One part of a sequence, after its delimiter. Raises `UnwritableError`."""
    shape, encoding = prepared.item(index), prepared.item_encoding(index)
    return delimited(_written_part("", value, shape, encoding, prepared), boundary)


def _named_parts(name: str, value: Json, prepared: PreparedMedia) -> list[Part]:
    shape, encoding = prepared.below.get(name), prepared.media.encoding.get(name, _NO_ENCODING)
    if not isinstance(value, list) or is_json(essence_of(encoding.content_type)):
        return [_written_part(name, value, shape, encoding, prepared)]
    below = item_of(shape) if shape is not None else None
    return [_written_part(name, each, below, encoding, prepared) for each in value]


def _written_part(
    name: str, value: Json, shape: Shape | None, encoding: Encoding, prepared: PreparedMedia
) -> Part:
    kind = default_content_type(shape, encoding)
    if isinstance(value, Upload):
        content, kind = value.bytes, value.content_type or kind
    elif isinstance(value, bytes):
        content = value
    elif is_json(kind) or isinstance(value, dict | list):
        content, kind = write_json(value), kind if is_json(kind) else "application/json"
    elif kind.startswith("text/") or not isinstance(value, str):
        content = form_text(value).encode("utf-8", "replace")
    else:
        content = value.encode("latin-1") if value.isascii() else value.encode("utf-8", "replace")
    headers = {"content-type": kind}
    if name:
        is_file = isinstance(value, Upload | bytes) or is_binary(shape)
        filename = getattr(value, "filename", "") or name
        disposition = f'form-data; name="{escaped_name(name)}"'
        headers = {
            "content-disposition": disposition
            + (f'; filename="{escaped_name(filename)}"' if is_file else ""),
            **headers,
        }
    return Part({**headers, **prepared.written_headers.get(id(encoding), {})}, content)


FORM_DATA = Codec(_read, _write, _read_spool)
CODEC = Codec(_read, _write, _read_spool, Parts)  # a sequence where its items have a schema
