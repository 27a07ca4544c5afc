"""What handlers give, as it is sent: values as JSON knows them, generators item by item."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from decimal import Decimal
from typing import Any

import orjson

from treaty.exchange.codecs.codec import UnwritableError
from treaty.exchange.codecs.multipart import write_part
from treaty.exchange.codecs.parts import last_delimiter
from treaty.exchange.codecs.table import find_codec
from treaty.exchange.codecs.upload import Upload
from treaty.exchange.media_types import essence_of, find_media_type, parameters_of
from treaty.exchange.prepared import PreparedOperation
from treaty.exchange.streams import closing, is_sequence
from treaty.findings import Json


class AnswerError(Exception):
    """A handler returned something that is no response; the message says what and why."""


def write_json(value: Json) -> bytes:
    """JSON of a value with times, UUIDs, decimals, enums, sets and dataclasses. Raises `AnswerError`.

    A time without a zone is taken for UTC.
    """
    try:
        return orjson.dumps(value, _plain, orjson.OPT_NAIVE_UTC | orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError as error:
        return _write_json_slowly(value, error)


def _write_json_slowly(value: Json, error: Exception) -> bytes:
    """Integers beyond 64 bits and halves of surrogate pairs are beyond the fast writer, not beyond JSON."""
    try:
        return json.dumps(value, default=_decoded, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        raise AnswerError(f"a body that cannot be written as JSON: {error}") from error


def _plain(value: Any) -> Json:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _decoded(value: Any) -> Json:
    return orjson.loads(orjson.dumps(value, _plain, orjson.OPT_NAIVE_UTC))


def json_of(body: Any) -> Json:
    """Times, UUIDs and the like as in JSON; the parts of a multipart body may be bytes and files."""
    if isinstance(body, dict):
        return {str(name): json_of(each) for name, each in body.items()}
    if isinstance(body, list | tuple):
        return [json_of(each) for each in body]
    return body if isinstance(body, Upload | bytes) else orjson.loads(write_json(body))


class ItemWriter:
    """Writes the values of a generator: text and bytes as they are, others as items of a sequence."""

    def __init__(self, prepared: PreparedOperation, status: int, kind: str) -> None:
        declared = prepared.declared(status)
        media = find_media_type(declared.content, kind) if declared else None
        self._kind, self._count = kind, 0
        self._boundary = parameters_of(kind).get("boundary", "") if kind.startswith("multipart/") else ""
        self._ready = (
            prepared.prepared_media(media, "response") if media and is_sequence(kind, media) else None
        )

    def write(self, each: Any) -> bytes:
        """The bytes of one value. Raises `AnswerError`."""
        if isinstance(each, str):
            return each.encode("utf-8")
        if isinstance(each, bytes | bytearray | memoryview):
            return bytes(each)
        codec = find_codec(essence_of(self._kind))
        if codec is None or self._ready is None:
            raise AnswerError(
                f"a generator of {type(each).__name__} for {self._kind}: it must give text or bytes"
            )
        index, self._count = self._count, self._count + 1
        try:
            if self._boundary:
                return write_part(json_of(each), index, self._ready, self._boundary)
            return codec.write([json_of(each)], self._ready).body
        except UnwritableError as error:
            raise AnswerError(f"an item that cannot be written as {self._kind}: {error}") from error

    def end(self) -> bytes:
        """What comes after the last."""
        return last_delimiter(self._boundary) if self._boundary and self._count else b""


def written_items(
    body: Iterator[Any] | AsyncIterable[Any], items: ItemWriter
) -> Iterator[bytes] | AsyncIterator[bytes]:
    """The bytes of each value of a generator, and of the end."""
    return _written(body, items) if isinstance(body, Iterator) else _written_later(body, items)


def _written(body: Iterator[Any], items: ItemWriter) -> Iterator[bytes]:
    try:
        for each in body:
            yield items.write(each)
        if end := items.end():
            yield end
    finally:
        getattr(body, "close", lambda: None)()


async def _written_later(body: AsyncIterable[Any], items: ItemWriter) -> AsyncIterator[bytes]:
    chunks = aiter(body)
    async with closing(chunks):
        async for each in chunks:
            yield items.write(each)
    if end := items.end():
        yield end
