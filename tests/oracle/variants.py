"""Broken variants of a document: one fault each, chosen by a seed."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Mutation = Callable[[Any, random.Random], str]
_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}
_REQUIRED = (
    "info title version name in responses description type url flows scopes content propertyName tokenUrl"
)
# Below these names stands what the document's users wrote freely: a fault there is none of OpenAPI's.
_FREE = {"example", "examples", "default", "enum", "const", "value", "dataValue", "mapping", "scopes"}


@dataclass(frozen=True)
class Variant:
    """A document with one fault; `what` tells which, and where."""

    mutation: str
    what: str
    document: Any


class NotApplicable(Exception):  # noqa: N818  # not an error: the document has nothing of this kind
    """The document has nothing that this fault could be given to."""


def variants(document: Any, each: int) -> Iterator[Variant]:
    """`each` variants of every mutation that applies, always the same ones."""
    for mutation in MUTATIONS:
        for number in range(each):
            broken = copy.deepcopy(document)
            name = mutation.__name__
            try:
                what = mutation(broken, random.Random(f"{name}/{number}"))  # noqa: S311  # not secret
            except NotApplicable:
                break
            yield Variant(name, what, broken)


def _nodes(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """All objects and lists, with their JSON Pointers, except free values and extensions."""
    if isinstance(value, dict | list):
        yield path, value
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            if key not in _FREE and not str(key).startswith("x-"):
                yield from _nodes(each, f"{path}/{str(key).replace('/', '~1')}")


def _pick(rng: random.Random, found: list[Any]) -> Any:
    if not found:
        raise NotApplicable
    return rng.choice(found)


def _operations(document: Any) -> list[tuple[str, Any]]:
    return [
        (f"{method} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in _METHODS
    ]


def _objects(
    document: Any, rng: random.Random, key: str, wanted: Callable[[Any], bool] = bool
) -> tuple[str, Any]:
    """An object that has a key whose value is wanted."""
    found = [
        (path, node) for path, node in _nodes(document) if isinstance(node, dict) and wanted(node.get(key))
    ]
    return _pick(rng, found)  # type: ignore[no-any-return]


def drop_required_field(document: Any, rng: random.Random) -> str:
    names = _REQUIRED.split()
    found = [(path, node, key) for path, node in _nodes(document) if isinstance(node, dict) for key in names]
    path, node, key = _pick(rng, [(path, node, key) for path, node, key in found if key in node])
    del node[key]
    return f"{path} loses {key}"


def add_unknown_field(document: Any, rng: random.Random) -> str:
    path, node = _pick(rng, [(path, node) for path, node in _nodes(document) if isinstance(node, dict)])
    node["unexpected"] = "value"
    return f"{path} gains `unexpected`"


def change_type(document: Any, rng: random.Random) -> str:
    path, node = _pick(
        rng, [(path, node) for path, node in _nodes(document) if isinstance(node, dict) and node]
    )
    key = rng.choice(sorted(node))
    other = {str: 7, dict: "text", list: {"a": 1}, bool: "yes", int: "many", float: "many", type(None): []}
    node[key] = other[type(node[key])]
    return f"{path}/{key} becomes {node[key]!r}"


def duplicate_operation_id(document: Any, rng: random.Random) -> str:
    found = [(name, node) for name, node in _operations(document) if "operationId" in node]
    if len(found) < 2:
        raise NotApplicable
    (_, one), (name, two) = rng.sample(found, 2)
    two["operationId"] = one["operationId"]
    return f"{name} is called {one['operationId']}, too"


def rename_path_parameter(document: Any, rng: random.Random) -> str:
    path = _pick(rng, [path for path in document["paths"] if "{" in path])
    renamed = path.replace("{", "{other", 1)
    document["paths"][renamed] = document["paths"].pop(path)
    return f"{path} becomes {renamed}"


def break_reference(document: Any, rng: random.Random) -> str:
    path, node = _objects(document, rng, "$ref", lambda value: isinstance(value, str))
    node["$ref"] += "Missing"
    return f"{path} refers to {node['$ref']}"


def duplicate_parameter(document: Any, rng: random.Random) -> str:
    path, node = _objects(document, rng, "parameters", lambda value: isinstance(value, list) and bool(value))
    node["parameters"].append(copy.deepcopy(rng.choice(node["parameters"])))
    return f"{path} has a parameter twice"


def wrong_default(document: Any, rng: random.Random) -> str:
    kinds = ("string", "integer", "boolean", "array")
    path, node = _objects(document, rng, "type", lambda value: value in kinds)
    node["default"] = {"not": "of this type"}
    return f"{path} has an object as default"


def remove_responses(document: Any, rng: random.Random) -> str:
    name, node = _pick(rng, [(name, node) for name, node in _operations(document) if "responses" in node])
    del node["responses"]
    return f"{name} has no responses"


def wrong_in(document: Any, rng: random.Random) -> str:
    path, node = _objects(document, rng, "in", lambda value: isinstance(value, str))
    node["in"] = "elsewhere"
    return f"{path} is in elsewhere"


def bad_status_key(document: Any, rng: random.Random) -> str:
    name, node = _pick(rng, [(name, node) for name, node in _operations(document) if node.get("responses")])
    key = rng.choice(["ok", "20", "2000", "1x0", "700"])
    node["responses"][key] = node["responses"].pop(rng.choice(sorted(node["responses"])))
    return f"{name} answers {key}"


def duplicate_tag(document: Any, rng: random.Random) -> str:
    tag = _pick(rng, document.get("tags", []))
    document["tags"].append(copy.deepcopy(tag))
    return f"tag {tag['name']} twice"


def unknown_tag_parent(document: Any, rng: random.Random) -> str:
    if not str(document.get("openapi")).startswith("3.2"):
        raise NotApplicable
    tag = _pick(rng, document.get("tags", []))
    tag["parent"] = "nobody"
    return f"tag {tag['name']} has an unknown parent"


def circular_tag_parents(document: Any, rng: random.Random) -> str:
    if not str(document.get("openapi")).startswith("3.2") or len(document.get("tags", [])) < 2:
        raise NotApplicable
    one, two = rng.sample(document["tags"], 2)
    one["parent"], two["parent"] = two["name"], one["name"]
    return f"tags {one['name']} and {two['name']} are each other's parents"


def path_without_slash(document: Any, rng: random.Random) -> str:
    path = _pick(rng, list(document["paths"]))
    document["paths"][path[1:]] = document["paths"].pop(path)
    return f"{path} loses its slash"


MUTATIONS: tuple[Mutation, ...] = (
    drop_required_field,
    add_unknown_field,
    change_type,
    duplicate_operation_id,
    rename_path_parameter,
    break_reference,
    duplicate_parameter,
    wrong_default,
    remove_responses,
    wrong_in,
    bad_status_key,
    duplicate_tag,
    unknown_tag_parent,
    circular_tag_parents,
    path_without_slash,
)
