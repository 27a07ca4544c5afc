"""Targets: from a reference, and the place it is written at, to the part of a file that it leads to.

A file may be known by another address than its own (`$self`, `$id`); what leads nowhere is
kept as a fault until all embedded schemas are met, for one of them may be meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from treaty.document.anchors import anchors_in
from treaty.document.dialects import Dialect
from treaty.document.library import Library, join_reference, split_reference, value_at
from treaty.document.places import subschemas
from treaty.document.sources import Resource
from treaty.document.versions import Version
from treaty.findings import DocumentError, Finding, Json, Location, pointer_of

# Whose meaning depends on the resource they stand in.
_DYNAMIC: Final = frozenset({"$dynamicAnchor", "$dynamicRef", "$recursiveAnchor", "$recursiveRef"})


@dataclass(frozen=True, slots=True)
class At:
    """Where a node is read (resource, base URI, pointer) and where it is written (pointer of the bundle)."""

    resource: Resource
    base: str
    source: str
    target: str
    dialect: Dialect  # of the schemas there that name none themselves

    def child(self, *keys: str | int) -> At:
        step = pointer_of(keys)
        return At(self.resource, self.base, self.source + step, self.target + step, self.dialect)


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference as written, and what it says: an absolute URI and a decoded fragment."""

    text: str
    uri: str
    fragment: str


class Found(NamedTuple):
    """What a reference leads to: the file, the JSON Pointer in it, the value there."""

    resource: Resource
    pointer: str
    value: Json


def read_reference(text: str, at: At) -> Reference:
    """What a reference says at the place it is written at."""
    return Reference(text, *split_reference(at.base, text))


class Targets:
    """Finds what the references of one document lead to, and keeps what is wrong with them."""

    def __init__(self, entry: Resource, library: Library, version: Version) -> None:
        self.library, self.version = library, version
        self.published: dict[str, Resource] = {}  # what is known by another URI than its own
        self.identified: set[str] = set()  # URIs of embedded schema resources met so far
        self.late: list[tuple[str, tuple[Finding, ...]]] = []  # faults, unless their URI is identified
        self.anchors: dict[str, dict[str, tuple[str, Json]]] = {}  # by the URI of their resource
        self.dynamic: dict[str, bool] = {}  # by the URI of their resource
        self.base = self.base_of(entry)

    def findings(self) -> list[Finding]:
        """What is wrong, once each; an embedded schema may stand after the reference to it."""
        wrong = (found for uri, found in self.late if uri not in self.identified)
        return list(dict.fromkeys(finding for found in wrong for finding in found))

    def base_of(self, resource: Resource) -> str:
        """What the references in a resource start from: `$self` (OpenAPI 3.2), or its own URI."""
        own = resource.data.get("$self") if isinstance(resource.data, dict) else None
        if self.version.name < "3.2" or not isinstance(own, str):
            return resource.uri
        base = join_reference(resource.uri, own).partition("#")[0]
        self.published[base] = resource
        return base

    def is_dynamic(self, resource: Resource) -> bool:
        """Is it a file of one schema in which references depend on the schema resource they stand in?"""
        if resource.uri not in self.dynamic:
            is_schema = (
                isinstance(resource.data, dict) and not {"openapi", "components"} & resource.data.keys()
            )
            self.dynamic[resource.uri] = is_schema and _is_dynamic(resource.data)
        return self.dynamic[resource.uri]

    def resolve(self, to: Reference, at: At, *, is_kept: bool = False) -> Found | None:
        """What a reference leads to; None for nowhere, or for an embedded schema, which its `$id` names.

        Of one that `is_kept` in the bundle the survey tells that a file has nothing there.
        """
        if to.uri in self.identified:
            return None
        where = Location(at.resource.uri, pointer=at.source + "/$ref")
        try:
            resource = self.open(to, at, where)
            pointer, value = self.find(resource, to.fragment)
        except DocumentError as error:
            self.late.append((to.uri, error.findings))
        except LookupError:
            if not is_kept:
                self.fault(to.uri, "reference-not-found", f"`$ref: {to.text}` leads to nothing", at)
        else:
            return Found(resource, pointer, value)
        return None

    def find(self, resource: Resource, fragment: str) -> tuple[str, Json]:
        """The pointer and value that a fragment names: a JSON Pointer, or a plain name."""
        if not fragment or fragment.startswith("/"):
            return fragment, value_at(resource.data, fragment)
        if resource.uri not in self.anchors:
            self.anchors[resource.uri] = anchors_in(resource.data)
        return self.anchors[resource.uri][fragment]

    def open(self, to: Reference, at: At, where: Location) -> Resource:
        if to.uri in self.published:
            return self.published[to.uri]
        if to.uri == at.base and at.base not in self.identified:
            return at.resource
        if at.base != at.resource.uri:
            # `$self` and `$id` name published places; what stands beside the file is what was meant.
            beside = join_reference(at.resource.uri, to.text.partition("#")[0])
            if beside.startswith("file:") and not self.library.is_readable(to.uri):
                return self.library.open_reference(beside, where)
        return self.library.open_reference(to.uri, where)

    def add(self, finding: Finding) -> None:
        """Keep another fault."""
        self.late.append(("", (finding,)))

    def fault(self, uri: str, code: str, message: str, at: At) -> None:
        where = Location(at.resource.uri, pointer=at.source + "/$ref")
        hint = "correct the reference or add its target"
        self.late.append((uri, (Finding(code, message, location=where, hint=hint),)))


def _is_dynamic(schema: Json) -> bool:
    pending = [schema]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if not _DYNAMIC.isdisjoint(node):
                return True
            pending.extend(each for _, each in subschemas(node))
    return False
