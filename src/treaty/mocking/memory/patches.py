"""Patches of a JSON value: a merge patch (RFC 7396) and a JSON Patch (RFC 6902)."""

from __future__ import annotations

import copy
from collections.abc import Callable

from treaty.findings import Json, path_of

MAX_OPERATIONS = 1_000
# Values that one patch may copy: each copy of a whole into itself doubles it.
MAX_COPIED = 10_000


class PatchError(Exception):
    """A JSON Patch cannot be applied; says which operation, and why."""


def merge_patch(target: Json, patch: Json) -> Json:
    """The target with a merge patch applied (RFC 7396, section 2); neither is changed."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def overlay(target: dict[str, Json], changes: Json, may_be_null: Callable[[str], bool]) -> dict[str, Json]:
    """The target with members replaced, and those of its objects; null takes away what cannot be null."""
    after = dict(target)
    for name, value in changes.items():
        if value is None and not may_be_null(name):
            after.pop(name, None)
        elif isinstance(value, dict) and isinstance(after.get(name), dict):
            after[name] = {**after[name], **value}
        else:
            after[name] = value
    return after


def is_json_patch(media_type: str, body: Json) -> bool:
    """Is a body a JSON Patch? So its media type says, or its form where that leaves it open."""
    if media_type == "application/json-patch+json":
        return True
    return isinstance(body, list) and all(isinstance(each, dict) and "op" in each for each in body)


def json_patch(target: Json, operations: Json) -> Json:
    """The target with a JSON Patch applied (RFC 6902), all of it or nothing. Raises `PatchError`."""
    if not isinstance(operations, list) or len(operations) > MAX_OPERATIONS:
        raise PatchError(f"a JSON Patch is a list of at most {MAX_OPERATIONS} operations")
    value, copied = copy.deepcopy(target), 0
    for number, each in enumerate(operations):
        try:
            if each["op"] == "copy":
                copied += _count(_get(value, path_of(_pointer(each["from"]))))
            if copied > MAX_COPIED:
                raise ValueError(f"a patch may copy {MAX_COPIED:,} values")
            value = _apply(value, each)
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise PatchError(f"operation {number} cannot be applied: {error}") from None
    return value


def _apply(document: Json, operation: dict[str, Json]) -> Json:
    name, path = operation["op"], path_of(_pointer(operation["path"]))
    if name == "test":
        if _get(document, path) != operation["value"]:
            raise ValueError(f"{operation['path']} has another value")
        return document
    if name in ("move", "copy"):
        source = path_of(_pointer(operation["from"]))
        if name == "move" and path[: len(source)] == source and path != source:
            raise ValueError("a value cannot be moved into itself")
        value = copy.deepcopy(_get(document, source))
        return _add(_remove(document, source) if name == "move" else document, path, value)
    if name == "remove":
        return _remove(document, path)
    if name == "replace":
        _get(document, path)
        return operation["value"] if not path else _put(document, path, operation["value"])
    if name == "add":
        return _add(document, path, operation["value"])
    raise ValueError(f"there is no operation `{name}`")


def _count(value: Json) -> int:
    """How many values there are in a value, itself included."""
    count, pending = 0, [value]
    while pending:
        node = pending.pop()
        count += 1
        pending += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return count


def _pointer(text: Json) -> str:
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise ValueError(f"{text!r} is not a JSON Pointer")
    return text


def _get(node: Json, path: tuple[str, ...]) -> Json:
    for part in path:
        node = node[_index(part, len(node) - 1)] if isinstance(node, list) else node[part]
    return node


def _put(document: Json, path: tuple[str, ...], value: Json) -> Json:
    holder = _get(document, path[:-1])
    if isinstance(holder, list):
        holder[_index(path[-1], len(holder) - 1)] = value
    else:
        holder[path[-1]] = value
    return document


def _add(document: Json, path: tuple[str, ...], value: Json) -> Json:
    if not path:
        return value
    holder = _get(document, path[:-1])
    if isinstance(holder, list):
        at = len(holder) if path[-1] == "-" else _index(path[-1], len(holder))
        holder.insert(at, value)
    elif isinstance(holder, dict):
        holder[path[-1]] = value
    else:
        raise TypeError("nothing can be added to a value that is neither an object nor an array")
    return document


def _remove(document: Json, path: tuple[str, ...]) -> Json:
    if not path:
        return None
    holder = _get(document, path[:-1])
    if isinstance(holder, list):
        del holder[_index(path[-1], len(holder) - 1)]
    else:
        del holder[path[-1]]
    return document


def _index(text: str, last: int) -> int:
    """An index of an array, without leading zeros (RFC 6901, section 4)."""
    if not (text.isascii() and text.isdigit()) or (text != "0" and text.startswith("0")) or len(text) > 9:
        raise ValueError(f"`{text}` is not an index")
    if int(text) > last:
        raise LookupError(f"the array has no index {text}")
    return int(text)
