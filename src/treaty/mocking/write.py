"""Write: a value as the body of a media type, or as the text of a header."""

from __future__ import annotations

import html
import re

import orjson

from treaty.contract.model import MediaType
from treaty.findings import Json

# XML 1.0, sections 2.2 and 2.3; names of ASCII letters are enough for what is named in an API.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


class UnwritableError(ValueError):
    """A value has no form in this media type."""


def write_body(media: MediaType, value: Json) -> bytes:
    """The bytes of a body. Raises `UnwritableError`."""
    essence = media.essence
    if media.is_json or essence == "*/*":
        return write_json(value)
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    if value is None:
        return b""
    if essence.endswith(("/xml", "+xml")):
        return b'<?xml version="1.0" encoding="UTF-8"?>' + _element("root", value).encode()
    if essence.startswith("text/") and not isinstance(value, dict | list):
        return write_json(value)
    if essence in ("application/jsonl", "application/x-ndjson") and isinstance(value, list):
        return b"".join(write_json(each) + b"\n" for each in value)
    raise UnwritableError(f"a value of type {type(value).__name__} has no form in {media.name}")


def write_json(value: Json) -> bytes:
    """Compact JSON (RFC 8259). Raises `UnwritableError` for what JSON cannot hold."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        return _write_json_slowly(value, error)


def _write_json_slowly(value: Json, error: Exception) -> bytes:
    """Integers beyond 64 bits are beyond the fast writer, not beyond JSON."""
    import json

    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError):
        raise UnwritableError(str(error)) from error


def write_header(value: Json, *, explode: bool = False) -> str:
    """A value in style `simple`, printable as a field value (RFC 9110, section 5.5)."""
    if isinstance(value, list):
        text = ",".join(write_header(each) for each in value)
    elif isinstance(value, dict):
        between = "=" if explode else ","
        text = ",".join(f"{name}{between}{write_header(each)}" for name, each in value.items())
    elif isinstance(value, str):
        text = value
    else:
        text = write_json(value).decode()
    return "".join(each if " " <= each <= "~" else "?" for each in text).strip()


def _element(name: str, value: Json) -> str:
    if isinstance(value, list):
        return "".join(_element(name, each) for each in value)
    if isinstance(value, dict):
        inner = "".join(_element(key, each) for key, each in value.items())
    else:
        inner = html.escape(_xml_text(value if isinstance(value, str) else _as_text(value)))
    if not _XML_NAME.fullmatch(name):
        return f'<item name="{html.escape(_xml_text(name))}">{inner}</item>'
    return f"<{name}>{inner}</{name}>"


def _as_text(value: Json) -> str:
    return "" if value is None else write_json(value).decode()


def _xml_text(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
