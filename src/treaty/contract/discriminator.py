"""Discriminator: which branch of an `anyOf` or `oneOf` a value says that it is meant for.

It never decides whether a value is valid: that is for the composition alone (OpenAPI 3.0.4
and 3.1.1, Discriminator Object: it cannot change the result of validation, nor does a parent
schema look for those that build on it). It decides whose errors are told of a value that
fails, and which values are known where the value names none of the branches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from treaty.document.library import value_at
from treaty.document.operations import follow
from treaty.findings import Json, path_of, pointer_of

# A branch that builds on schemas that build on others is followed so far for a discriminator.
MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """What the discriminating property of a value says: the index of a branch, or none of the `known`."""

    property: str
    known: tuple[str, ...]
    branch: int | None


def choose(data: Json, pointer: str, value: Json) -> Choice | None:
    """The choice of an object among the branches of the `anyOf` or `oneOf` at a JSON Pointer of a document.

    None where the value is no object, or no discriminator is written beside the keyword or in a
    schema that a branch builds on through `allOf`.
    """
    holder_pointer, _, keyword = pointer.rpartition("/")
    try:
        holder = value_at(data, holder_pointer)
    except LookupError:
        return None
    branches = holder.get(keyword) if isinstance(holder, dict) else None
    if not isinstance(value, dict) or not isinstance(branches, list):
        return None
    discriminator = _beside_or_above(data, holder, branches)
    name = discriminator.get("propertyName") if discriminator else None
    if discriminator is None or not isinstance(name, str):
        return None
    mapped, implied = _mapped(data, discriminator, branches), _implied(branches)
    said = value.get(name)
    branch = {**implied, **mapped}.get(said) if isinstance(said, str) else None
    if branch is None:  # OpenAPI 3.2: for a value that is absent or not mapped
        branch = _branch_of(data, discriminator.get("defaultMapping"), branches)
    spoken_for = set(mapped.values())
    others = (value for value, index in implied.items() if index not in spoken_for and value not in mapped)
    return Choice(name, (*mapped, *others), branch)


def _beside_or_above(data: Json, holder: dict[str, Json], branches: list[Json]) -> dict[str, Json] | None:
    beside = holder.get("discriminator")
    if isinstance(beside, dict):
        return beside
    return next((found for each in branches for found in _above(data, each, 0)), None)


def _above(data: Json, schema: Json, depth: int) -> Iterator[dict[str, Json]]:
    """The discriminators of a schema and of those that it builds on."""
    _, node = follow(data, "", schema)
    if not isinstance(node, dict) or depth > MAX_DEPTH:
        return
    if isinstance(node.get("discriminator"), dict):
        yield node["discriminator"]
    members = node.get("allOf")
    for each in members if isinstance(members, list) else ():
        yield from _above(data, each, depth + 1)


def _mapped(data: Json, discriminator: dict[str, Json], branches: list[Json]) -> dict[str, int]:
    """The branch that each value of the mapping names; values for other schemas are left out."""
    mapping = discriminator.get("mapping")
    named = mapping.items() if isinstance(mapping, dict) else ()
    found = {str(value): _branch_of(data, target, branches) for value, target in named}
    return {value: branch for value, branch in found.items() if branch is not None}


def _implied(branches: list[Json]) -> dict[str, int]:
    """The branch that each name of a referenced schema names without a mapping."""
    paths = [path_of(_reference(each)) for each in branches]
    return {path[-1]: index for index, path in enumerate(paths) if path}


def _branch_of(data: Json, target: Json, branches: list[Json]) -> int | None:
    """The index of the branch that a mapping's value, the name of a schema or a reference, leads to."""
    if not isinstance(target, str):
        return None
    pointer = _fragment(target) if "#" in target else ""
    section = ("components", "schemas") if "components" in data else ("definitions",)
    by_name = pointer_of((*section, target))
    for index, each in enumerate(branches):
        reference = _reference(each)
        if reference and reference in (pointer, by_name):
            return index
    return None


def _reference(branch: Json) -> str:
    """The JSON Pointer that a branch is a reference to; empty for one that is written in place."""
    reference = branch.get("$ref") if isinstance(branch, dict) else None
    return _fragment(reference) if isinstance(reference, str) else ""


def _fragment(reference: str) -> str:
    return unquote(reference.partition("#")[2])
