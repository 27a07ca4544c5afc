"""Which operations a document has, which of them are chosen, and which cannot be exercised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from treaty.exercise.events import RunWarning
from treaty.exercise.options import Options, refuse_unknown
from treaty.findings import Json, path_of, pointer_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

# Fixed fields of a Path Item Object that hold operations (OpenAPI 3.2, Path Item Object).
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the document: its label (`GET /books`), operationId and JSON Pointer."""

    label: str
    identity: str
    pointer: str


def operations(document: dict[str, Json]) -> Iterator[Operation]:
    """The operations under `paths`, in document order; `additionalOperations` are not among them."""
    for path, pointer, item in path_items(document):
        for method in item:
            if method in METHODS and isinstance(item[method], dict):
                label = f"{method.upper()} {path}"
                identity = str(item[method].get("operationId", label))
                yield Operation(label, identity, f"{pointer}/{method}")


def path_items(document: dict[str, Json]) -> Iterator[tuple[str, str, dict[str, Json]]]:
    """Each path with the JSON Pointer and the value of its Path Item, one internal `$ref` followed."""
    for path, item in (document.get("paths") or {}).items():
        pointer = pointer_of(["paths", path])
        reference = item.get("$ref") if isinstance(item, dict) else None
        if isinstance(reference, str) and reference.startswith("#"):
            pointer = reference[1:]
            item = value_at(document, pointer)
        if isinstance(item, dict):
            yield path, pointer, item


def value_at(document: Json, pointer: str) -> Json:
    """The value at a JSON Pointer (RFC 6901) that passes through objects only, None when absent."""
    for key in path_of(pointer):
        document = document.get(key) if isinstance(document, dict) else None
    return document


def chosen(known: Collection[Operation], options: Options) -> list[Operation]:
    """The operations that `include` and `exclude` leave.

    Raises `OptionError` for a name that is neither an operationId nor a label.
    """
    names = [name for operation in known for name in (operation.identity, operation.label)]
    refuse_unknown("operation", (*options.include, *options.exclude), names)

    def named(operation: Operation, choice: Collection[str]) -> bool:
        return operation.identity in choice or operation.label in choice

    return [
        operation
        for operation in known
        if (not options.include or named(operation, options.include))
        and not named(operation, options.exclude)
    ]


def untested(document: dict[str, Json]) -> Iterator[RunWarning]:
    """A warning for each operation that the document has and the run cannot exercise."""
    for path, _, item in path_items(document):
        for method in item.get("additionalOperations") or {}:
            yield RunWarning(
                code="additional-operation-untested",
                message="not tested: no cases are generated for additionalOperations",
                operation=f"{method} {path}",
            )
