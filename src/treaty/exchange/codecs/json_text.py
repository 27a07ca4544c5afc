"""JSON (RFC 8259) and what has the `+json` suffix (RFC 6839)."""

from __future__ import annotations

import json

import jiter
import orjson

from treaty.exchange.codecs.codec import Codec, UnwritableError, Written, undecodable
from treaty.exchange.prepared_media import PreparedMedia
from treaty.findings import Json


def decode_json(body: bytes) -> Json:
    """A value with integers exact; a member name that is there twice is refused."""
    try:
        return jiter.from_json(body, catch_duplicate_keys=True, allow_inf_nan=False, cache_mode="keys")
    except ValueError as error:
        raise undecodable(f"the body is not JSON: {error}", "one JSON value (RFC 8259)") from None


def write_json(value: Json) -> bytes:
    """Compact JSON. Raises `UnwritableError` for what JSON cannot hold."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        return _write_slowly(value, error)


def _write_slowly(value: Json, error: Exception) -> bytes:
    """Integers beyond 64 bits are beyond the fast writer, not beyond JSON."""
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError):
        raise UnwritableError(str(error)) from error


def _read(body: bytes, sent: str, prepared: PreparedMedia) -> list[Json]:  # noqa: ARG001 - as every codec
    return [decode_json(body)]


def _write(value: Json, prepared: PreparedMedia) -> Written:  # noqa: ARG001 - as every codec
    return Written(write_json(value))


CODEC = Codec(_read, _write)
