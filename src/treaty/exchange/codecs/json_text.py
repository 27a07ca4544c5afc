"""JSON (RFC 8259) and what has the `+json` suffix (RFC 6839)."""

from __future__ import annotations

import json
import math
import re

import jiter
import orjson

from treaty.exchange.codecs.codec import Codec, UndecodableError, UnwritableError, Written, undecodable
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
# Of a body beyond it is asked whether its names are too many to be looked up one by one.
_LARGE = 1024 * 1024
_SAMPLE = 1024
_NAME = re.compile(rb'"([^"]*)"\s*:')


def decode_json(body: bytes) -> Json:
    """A value with integers exact; a member name that is there twice is refused, and an endless number."""
    if len(body) > _LARGE and _has_many_names(body):
        return _decode_names_unseen(body)
    try:
        value = jiter.from_json(body, catch_duplicate_keys=True, allow_inf_nan=False, cache_mode="keys")
    except ValueError as error:
        raise _not_json(str(error)) from None
    if _may_be_beyond(body):
        _refuse_beyond(value)
    return value


def _decode_names_unseen(body: bytes) -> Json:
    """The same, of many names: that one is there twice is seen by what is missing in the end."""
    try:
        value = jiter.from_json(body, allow_inf_nan=False, cache_mode="none")
    except ValueError as error:
        raise _not_json(str(error)) from None
    if _may_be_beyond(body):
        _refuse_beyond(value)
    if _colons(body) != write_json(value).count(b":"):
        raise _not_json(_twice(body))
    return value


def _not_json(why: str) -> UndecodableError:
    return undecodable(f"the body is not JSON: {why}", "one JSON value (RFC 8259)")


def _has_many_names(body: bytes) -> bool:
    """Has a large body names that do not come again, as a map has and a list of records has not?

    Looking up each among those before it takes most of the time then.
    """
    third = len(body) // 3
    some, others = (set(_NAME.findall(body, at, at + _SAMPLE)) for at in (third, 2 * third))
    return bool(some) and some.isdisjoint(others)


def _colons(body: bytes) -> int:
    """How many colons there are in JSON, escaped ones among them: one a member, and those of texts.

    The value written again has as many, unless a member was lost to another of its name.
    """
    if b"\\u003" not in body:
        return body.count(b":")
    escapes = body.replace(rb"\\", b"")
    return body.count(b":") + escapes.count(rb"\u003a") + escapes.count(rb"\u003A")


def _twice(body: bytes) -> str:
    """The name that is there twice, where its place is not too far to be looked for."""
    try:
        jiter.from_json(body[:_LARGE], catch_duplicate_keys=True, partial_mode="on")
    except ValueError as error:
        return str(error)
    return "Detected duplicate key"


def _refuse_beyond(value: Json) -> None:
    found = _beyond(value)
    if found is not None:
        number, path = found
        too = "too large" if isinstance(number, float) else "too long"
        raise undecodable(f"a number in the body is {too}", _NUMBERS, pointer_of(path))


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
