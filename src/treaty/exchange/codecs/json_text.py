"""JSON (RFC 8259) and what has the `+json` suffix (RFC 6839)."""

from __future__ import annotations

import json
import math

import jiter
import orjson

from treaty.exchange.codecs.codec import Codec, UnwritableError, Written, undecodable
from treaty.exchange.prepared_media import PreparedMedia
from treaty.exchange.values import MAX_DIGITS
from treaty.findings import Json, pointer_of

_TOO_LONG = 10**MAX_DIGITS
_NUMBERS = (
    f"a number within 1.7976931348623157e308, an integer of at most {MAX_DIGITS} digits (RFC 8259, section 6)"
)
# A number of more digits than binary64 has room for may not fit into it.
_BLOCK = 308 // 2
_FORM_OF_NUMBERS = bytes.maketrans(b"+123456789E", b"0000000000e")


def decode_json(body: bytes) -> Json:
    """A value with integers exact; a member name that is there twice is refused, and an endless number."""
    try:
        value = jiter.from_json(body, catch_duplicate_keys=True, allow_inf_nan=False, cache_mode="keys")
    except ValueError as error:
        raise undecodable(f"the body is not JSON: {error}", "one JSON value (RFC 8259)") from None
    if _may_be_beyond(body):
        found = _beyond(value)
        if found is not None:
            number, path = found
            too = "too large" if isinstance(number, float) else "too long"
            raise undecodable(f"a number in the body is {too}", _NUMBERS, pointer_of(path))
    return value


def _may_be_beyond(body: bytes) -> bool:
    """May there be a number that cannot be kept? It would have an exponent of three digits, or very many.

    Wherever many began, a block of half as many is in their midst.
    """
    if b"0e000" in body.translate(_FORM_OF_NUMBERS):
        return True
    return len(body) > _BLOCK and any(
        body[at : at + _BLOCK].isdigit() for at in range(0, len(body) - _BLOCK, _BLOCK)
    )


def _beyond(value: Json) -> tuple[float, tuple[str | int, ...]] | None:
    """The first number that is too large or too long, and the path to it."""
    if isinstance(value, dict | list):
        for name, below in value.items() if isinstance(value, dict) else enumerate(value):
            found = _beyond(below)
            if found is not None:
                return found[0], (name, *found[1])
    elif isinstance(value, float):
        return None if math.isfinite(value) else (value, ())
    return (value, ()) if isinstance(value, int) and abs(value) >= _TOO_LONG else None


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
