"""Request bodies as bytes: JSON, forms, multipart, text and raw bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from .operations import is_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BOUNDARY = "part-of-the-body"
_FORM = "application/x-www-form-urlencoded"


def forms_of(bodies: Mapping[str, Any]) -> list[str]:
    """The media types of a body, the easiest to write first; those nothing here writes are left out."""
    ranks = {
        name: rank
        for name in bodies
        for rank, matches in enumerate((is_json, _FORM.__eq__, _is_multipart, _is_text, _is_raw))
        if matches(name)
    }
    return sorted(ranks, key=lambda name: ranks[name])


def encode_body(media_type: str, value: Any, encoding: Mapping[str, Any]) -> tuple[str, bytes] | None:
    """Content type and bytes of a body, None when this value cannot be written so."""
    if is_json(media_type):
        return media_type, json.dumps(value).encode()
    if media_type == _FORM and isinstance(value, dict):
        return media_type, urlencode(list(_fields(value, encoding))).encode()
    if _is_multipart(media_type) and isinstance(value, dict):
        return f"{media_type}; boundary={_BOUNDARY}", _multipart(value)
    if isinstance(value, str):
        return ("application/octet-stream" if media_type == "*/*" else media_type), value.encode()
    return None


def _is_multipart(media_type: str) -> bool:
    return media_type.startswith("multipart/")


def _is_text(media_type: str) -> bool:
    return media_type.startswith("text/")


def _is_raw(media_type: str) -> bool:
    return media_type.startswith(("application/", "image/", "audio/", "video/", "*/"))


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _fields(value: Mapping[str, Any], encoding: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, each in value.items():
        style = encoding.get(name, {}).get("style")
        if style == "deepObject":
            yield from bracketed(name, each)
        elif isinstance(each, list) and style in (None, "form"):
            yield from ((name, _scalar(inner)) for inner in each)
        else:
            yield name, _scalar(each)


def bracketed(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Style `deepObject`, below its first level as APIs that use it write it: `a[b][0]=c`."""
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from bracketed(f"{name}[{key}]", each)
    else:
        yield name, _scalar(value)


def _multipart(value: Mapping[str, Any]) -> bytes:
    """A multipart body (RFC 7578); an array is written as one part for each item."""
    lines: list[str] = []
    for name, each in value.items():
        for inner in each if isinstance(each, list) else [each]:
            lines += [f"--{_BOUNDARY}", f'Content-Disposition: form-data; name="{name}"']
            lines += ["Content-Type: application/json"] if isinstance(inner, dict) else []
            lines += ["", _scalar(inner)]
    return "\r\n".join([*lines, f"--{_BOUNDARY}--", ""]).encode()
