"""The operations of a bundled document, each with the Path Item it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from treaty.document.library import value_at
from treaty.document.versions import Version
from treaty.findings import Json, pointer_of, step_of

# A chain of references longer than this is followed no further: the survey has reported it.
MAX_CHAIN = 64


@dataclass(frozen=True, slots=True)
class OperationAt:
    """An Operation Object and where it stands."""

    path: str
    method: str  # upper case
    pointer: str
    node: dict[str, Json]
    item_pointer: str
    item: dict[str, Json]


def follow(data: Json, pointer: str, node: Json) -> tuple[str, Json]:
    """Pointer and value at the end of a chain of internal references.

    A reference that leads nowhere ends the chain with an empty object.
    """
    for _ in range(MAX_CHAIN + 1):
        if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
            return pointer, node
        fragment = unquote(node["$ref"].partition("#")[2])
        try:
            pointer, node = fragment, value_at(data, fragment)
        except (LookupError, IndexError):
            break
    return pointer, {}


def operations_of(data: Json, version: Version) -> Iterator[OperationAt]:
    """Every operation under `paths`, in the order written; malformed ones are left out."""
    paths = data.get("paths")
    for path, node in paths.items() if isinstance(paths, dict) else ():
        if not path.startswith("/"):
            continue
        here = pointer_of(("paths", path))
        pointer, item = follow(data, here, node)
        if isinstance(item, dict):
            if pointer != here and isinstance(node, dict):
                item = {**item, **{key: value for key, value in node.items() if key != "$ref"}}
            yield from _operations_in(data, version, path, pointer, item)


def callbacks_of(data: Json, version: Version, at: OperationAt) -> Iterator[tuple[str, OperationAt]]:
    """(Name, operation) of every callback of an operation; its path is the runtime expression it is under."""
    callbacks = at.node.get("callbacks")
    for name, node in callbacks.items() if isinstance(callbacks, dict) else ():
        here, callback = follow(data, at.pointer + pointer_of(("callbacks", name)), node)
        for expression, each in callback.items() if isinstance(callback, dict) else ():
            pointer, item = follow(data, here + step_of(expression), each)
            if isinstance(item, dict) and not expression.startswith("x-"):
                for operation in _operations_in(data, version, expression, pointer, item):
                    yield name, operation


def webhooks_of(data: Json, version: Version) -> Iterator[tuple[str, OperationAt]]:
    """(Name, operation) of every webhook (OpenAPI 3.1, `webhooks`); it has no path."""
    webhooks = data.get("webhooks")
    for name, node in webhooks.items() if isinstance(webhooks, dict) else ():
        pointer, item = follow(data, pointer_of(("webhooks", name)), node)
        if isinstance(item, dict):
            for operation in _operations_in(data, version, "", pointer, item):
                yield name, operation


def _operations_in(
    data: Json, version: Version, path: str, pointer: str, item: dict[str, Json]
) -> Iterator[OperationAt]:
    additional = (
        item.get("additionalOperations") if "additionalOperations" in version.objects["PathItem"] else None
    )
    named: list[tuple[str, tuple[str, ...], Json]] = [
        (name, (name,), item.get(name)) for name in version.methods
    ]
    if isinstance(additional, dict):
        named += [(name, ("additionalOperations", name), each) for name, each in additional.items()]
    for method, keys, node in named:
        at, operation = follow(data, pointer + pointer_of(keys), node)
        if isinstance(operation, dict):
            spelled = method.upper() if len(keys) == 1 else method
            yield OperationAt(path, spelled, at, operation, pointer, item)


def parameters_of(data: Json, pointer: str, node: dict[str, Json]) -> Iterator[tuple[str, dict[str, Json]]]:
    """(Pointer, Parameter Object) of each entry of a `parameters` list, references followed."""
    listed = node.get("parameters")
    for index, each in enumerate(listed if isinstance(listed, list) else ()):
        at, parameter = follow(data, f"{pointer}/parameters/{index}", each)
        if isinstance(parameter, dict):
            yield at, parameter
