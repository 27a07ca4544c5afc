"""Newsdesk's contract as its tests read it, without the package under test."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

SPECIFICATION = Path(__file__).parents[2] / "specs" / "newsdesk"
METHODS = ("get", "put", "post", "delete", "patch")

Json = Any


@functools.cache
def read(file: Path) -> Json:
    """One file, as written."""
    return yaml.safe_load(file.read_text())


def references(value: Json) -> Iterator[str]:
    """Every `$ref` in a value."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for member in value:
            yield from references(member)


def target(reference: str, file: Path) -> tuple[Json, Path]:
    """What a reference in a file points at, and the file that holds it."""
    name, _, pointer = reference.partition("#")
    holder = (file.parent / name).resolve() if name else file
    value = read(holder)
    for key in pointer.split("/")[1:]:
        value = value[key]
    return value, holder


def dereference(value: Json, file: Path) -> Json:
    """The value with every reference replaced; what stands beside a reference is kept."""
    if isinstance(value, list):
        return [dereference(member, file) for member in value]
    if not isinstance(value, dict):
        return value
    beside = {name: dereference(member, file) for name, member in value.items() if name != "$ref"}
    if "$ref" not in value:
        return beside
    return dereference(*target(value["$ref"], file)) | beside


@functools.cache
def specification() -> Json:
    """The whole document as one value."""
    root = SPECIFICATION / "openapi.yaml"
    return dereference(read(root), root)


def operations() -> dict[str, Json]:
    """Every operation by its operationId, with the path item's parameters added to its own."""
    found = {}
    for item in specification()["paths"].values():
        for method in METHODS:
            if method in item:
                operation = item[method]
                shared = item.get("parameters", [])
                found[operation["operationId"]] = operation | {
                    "parameters": shared + operation.get("parameters", [])
                }
    return found


def body_schema(operation_id: str) -> Json:
    """The schema of an operation's request body."""
    (media_type,) = operations()[operation_id]["requestBody"]["content"].values()
    return media_type["schema"]


def body_examples(operation_id: str) -> list[Json]:
    """The examples of an operation's request body."""
    (media_type,) = operations()[operation_id]["requestBody"]["content"].values()
    return [
        each["value"] if "value" in each else each["dataValue"] for each in media_type["examples"].values()
    ]
