"""Responses turned around: a document whose requests are the responses of another.

What makes requests makes responses then, and what judges requests judges them: a header of a
response is a header parameter, its content is the body, and readOnly and writeOnly change places.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .operations import METHODS, is_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .reading import Place

from .reading import Library

_SWAPPED = {"readOnly": "writeOnly", "writeOnly": "readOnly"}
# Whoever sends a message on sets these; and a header parameter may not have the other names.
_NOT_TURNED = {"content-length", "date", "connection", "transfer-encoding", "upgrade"}
_NOT_TURNED |= {"content-type", "accept", "authorization", "cookie", "content-encoding"}
_WITHOUT_CONTENT = ("1", "204", "205", "304")


@dataclass
class Turned:
    """The turned document, and by its paths the responses: method, path and status of each."""

    document: dict[str, Any]
    owners: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)


def turned(data: dict[str, Any], entry: Path) -> Turned:
    """The responses in JSON of a document of one tree; those that say the same are one request."""
    library = Library(entry, data)
    is_swagger = "swagger" in data
    kept = ("swagger", "openapi", "info", "components", "definitions", "responses", "parameters")
    result = Turned({key: _swapped(data[key]) for key in kept if key in data} | {"paths": {}})
    known: dict[str, str] = {}
    for method, path, status, response, produces in _responses(library, data):
        request = _request_2(library, response, produces) if is_swagger else _request_3(library, response)
        if request is None:
            continue
        name = known.setdefault(json.dumps(request, sort_keys=True), f"/response{len(known)}")
        result.document["paths"][name] = {"post": {**request, "responses": {"204": {"description": "-"}}}}
        result.owners.setdefault(name, []).append((method, path, status))
    return result


def _responses(library: Library, data: dict[str, Any]) -> Iterator[tuple[str, str, int, Place, list[str]]]:
    paths = library.inside(library.root, "paths")
    for path in paths.value:
        item = library.inside(paths, path) if path.startswith("/") else None
        for method in METHODS if item else ():
            if item is None or method not in item.value or method == "head":
                continue
            operation = library.inside(item, method)
            produces = operation.value.get("produces", data.get("produces", ["application/json"]))
            declared = library.child(operation, "responses") if "responses" in operation.value else None
            for key in declared.value if declared else ():
                if declared and not key.startswith(("x-", *_WITHOUT_CONTENT)):
                    status = _status(key, declared.value)
                    yield method.upper(), path, status, library.inside(declared, key), produces


def _status(key: str, declared: dict[str, Any]) -> int:
    """A status code that is answered with this response: its own, or one that no other has."""
    if key.isdigit():
        return int(key)
    if key == "default":
        free = (each for each in range(599, 199, -1) if f"{each // 100}XX" not in declared)
    else:
        free = iter(range(int(key[0]) * 100 + 99, int(key[0]) * 100 - 1, -1))
    return next(each for each in free if str(each) not in declared)


def _request_3(library: Library, response: Place) -> dict[str, Any] | None:
    content = library.child(response, "content") if "content" in response.value else None
    name = next(filter(is_json, content.value), None) if content else None
    if content is None or name is None or "schema" not in library.inside(content, name).value:
        return None
    schema = library.inside(content, name).value["schema"]
    body = {"required": True, "content": {name: {"schema": _swapped(schema)}}}
    return {"requestBody": body, "parameters": list(_headers(library, response))}


def _request_2(library: Library, response: Place, produces: list[str]) -> dict[str, Any] | None:
    name = next(filter(is_json, produces), None)
    if name is None or "schema" not in response.value:
        return None
    body = {"name": "body", "in": "body", "required": True, "schema": _swapped(response.value["schema"])}
    return {"consumes": [name], "parameters": [body, *_headers(library, response)]}


def _headers(library: Library, response: Place) -> Iterator[dict[str, Any]]:
    headers = library.child(response, "headers") if "headers" in response.value else None
    for name in headers.value if headers else ():
        if headers and name.lower() not in _NOT_TURNED:
            header = library.inside(headers, name).value
            yield {
                key: _swapped(each) for key, each in header.items() if key not in ("example", "examples")
            } | {
                "name": name,
                "in": "header",
            }


def _swapped(value: Any) -> Any:
    if isinstance(value, list):
        return [_swapped(each) for each in value]
    if not isinstance(value, dict):
        return value
    # Schemathesis refuses a name that is listed twice; the document says no more by it.
    once = {"required": list(dict.fromkeys(value["required"]))} if _is_names(value.get("required")) else {}
    return {
        _SWAPPED.get(key, key) if isinstance(each, bool) else key: _swapped(each)
        for key, each in (value | once).items()
    }


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
