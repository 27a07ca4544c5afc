"""A value made by a program as plain JSON: keys that are strings, bounded depth, no cycles."""

from __future__ import annotations

import datetime

from treaty.document.faults import MAX_DEPTH, too_deep
from treaty.findings import DocumentError, Finding, Json, Location, pointer_of


def plain(value: Json, label: str) -> Json:
    """The value with each key as the string that JSON has for it, and dates as they are written.

    What YAML readers in use make of a document is accepted: keys such as `200`, dates,
    tuples; what stands in several places is copied once. Raises `DocumentError`: not-json,
    too-deep (a value that contains itself is endlessly deep).
    """
    return _plain(value, label, (), {})


_Path = tuple[str | int, ...]


def _plain(value: Json, label: str, path: _Path, copies: dict[int, Json]) -> Json:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if not isinstance(value, dict | list | tuple):
        raise DocumentError([_not_json(value, label, path)])
    if len(path) >= MAX_DEPTH:
        raise DocumentError([too_deep(Location(label, pointer=pointer_of(path)))])
    if id(value) not in copies:
        if isinstance(value, dict):
            copy: Json = {}
            for key, each in value.items():
                name = _key(key, label, path)
                copy[name] = _plain(each, label, (*path, name), copies)
        else:
            copy = [_plain(each, label, (*path, index), copies) for index, each in enumerate(value)]
        copies[id(value)] = copy
    return copies[id(value)]


def _key(key: Json, label: str, path: _Path) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, bool) or key is None:
        return {True: "true", False: "false", None: "null"}[key]
    if isinstance(key, int | float):
        return str(key)
    raise DocumentError([_not_json(key, label, path)])


def _not_json(value: Json, label: str, path: _Path) -> Finding:
    return Finding(
        "not-json",
        f"a {type(value).__name__} is not a JSON value",
        location=Location(label, pointer=pointer_of(path)),
        expected="dicts with string keys, lists, strings, numbers, booleans and None",
    )
