"""Survey: one walk over a bundled document that finds its operations, schemas and references.

It follows references by what they must lead to, so a schema is known as one wherever
it stands. Locations are kept for objects only; within schemas nothing but the distinct
references is kept, and their places are looked for again when one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin

from treaty.document.library import split_reference, value_at
from treaty.document.operations import parameters_of
from treaty.document.versions import EVERY, SCHEMA_FIELDS, Version
from treaty.findings import Finding, Json, Location, path_of, pointer_of

# Finding places of a wrong reference stops here: more of the same helps nobody.
MAX_PLACES = 50


@dataclass(frozen=True, slots=True)
class Survey:
    """What a document holds, by JSON Pointer."""

    base: str  # the URI its references start from
    schemas: dict[str, Json]  # root schemas: those that stand in no other, or are referred to
    objects: dict[str, tuple[str, Json]]  # every other object: kind and value
    identified: dict[str, Json]  # embedded schema resources, by the absolute URI of their $id
    anchors: dict[str, str]  # absolute URI with fragment of an anchor -> pointer of its root schema
    defaults: tuple[
        tuple[str, str, Json], ...
    ]  # (pointer of the root schema, base URI, schema) with a default
    findings: tuple[Finding, ...] = ()


def survey(data: Json, version: Version, base: str) -> Survey:
    """Walk a bundled document. References to nowhere, and to themselves, are findings."""
    own = data.get("$self") if version.name >= "3.2" else None
    walk = _Walk(data, version, urljoin(base, own) if isinstance(own, str) else base)
    walk.objects_below("", data, "OpenAPI")
    walk.follow_schema_references()
    return Survey(
        walk.base,
        walk.schemas,
        walk.objects,
        walk.identified,
        walk.anchors,
        tuple(walk.defaults),
        tuple(walk.wrong_references()),
    )


@dataclass(slots=True)
class _Walk:
    data: Json
    version: Version
    base: str
    schemas: dict[str, Json] = field(default_factory=dict)
    objects: dict[str, tuple[str, Json]] = field(default_factory=dict)
    identified: dict[str, Json] = field(default_factory=dict)
    anchors: dict[str, str] = field(default_factory=dict)
    defaults: list[tuple[str, str, Json]] = field(default_factory=list)
    references: dict[tuple[str, str], None] = field(default_factory=dict)  # (base, reference), in order
    wrong: dict[tuple[str, str], str] = field(default_factory=dict)  # schema references: why wrong
    faults: list[Finding] = field(default_factory=list)

    def objects_below(self, pointer: str, node: Json, kind: str) -> None:
        """Visit an object and all objects below it; schemas are visited as roots."""
        pending = [(pointer, node, kind)]
        while pending:
            pointer, node, kind = pending.pop()
            if kind == "Schema":
                self.add_schema(pointer, node)
            elif isinstance(node, dict) and pointer not in self.objects:
                self.objects[pointer] = (kind, node)
                if kind in self.version.inline_schemas and "type" in node:
                    self.add_schema(pointer, node)
                if kind == "Operation" and self.version.inline_schemas:
                    self.add_form(pointer, node)
                if isinstance(node.get("$ref"), str) and kind in self.version.sections:
                    pending.extend(self.target(pointer, node["$ref"], kind))
                pending.extend(self.children(pointer, node, kind))

    def children(self, pointer: str, node: dict[str, Json], kind: str) -> Iterator[tuple[str, Json, str]]:
        fields = self.version.objects.get(kind, {})
        every = fields.get(EVERY)
        for name, value in node.items():
            rule = fields.get(name) or (None if name.startswith("x-") else every)
            if rule is None:
                continue
            shape, child = rule
            at = pointer + pointer_of((name,))
            if shape == "map" and isinstance(value, dict):
                for key, each in value.items():
                    yield at + pointer_of((key,)), each, child
            elif shape == "list" and isinstance(value, list):
                for index, each in enumerate(value):
                    yield f"{at}/{index}", each, child
            elif shape == "one":
                yield at, value, child

    def target(self, pointer: str, reference: str, kind: str) -> list[tuple[str, Json, str]]:
        """What an object's reference leads to, unless it was seen; wrong ones become findings."""
        seen = {pointer}
        while True:
            uri, fragment = split_reference(self.base, reference)
            try:
                if uri != self.base:
                    raise LookupError(uri)
                value = value_at(self.data, fragment)
            except (LookupError, IndexError):
                self.faults.append(_nowhere(pointer + "/$ref", reference))
                return []
            if fragment in seen:
                self.faults.append(_circular(pointer + "/$ref", reference))
                return []
            seen.add(fragment)
            if not (isinstance(value, dict) and isinstance(value.get("$ref"), str)):
                return [] if fragment in self.objects else [(fragment, value, kind)]
            reference = value["$ref"]

    def add_form(self, pointer: str, node: dict[str, Json]) -> None:
        """The formData parameters of an operation (OpenAPI 2.0) are the properties of one object."""
        found = [parameter for _, parameter in parameters_of(self.data, pointer, node)]
        form = {str(each.get("name")): each for each in found if each.get("in") == "formData"}
        if form:
            required = [name for name, each in form.items() if each.get("required") is True]
            schema = {"type": "object", "properties": form, "required": required}
            self.schemas[pointer + "/parameters"] = schema

    def add_schema(self, pointer: str, node: Json) -> None:
        if pointer not in self.schemas:
            self.schemas[pointer] = node
            self.schema_below(node, self.base, pointer)

    def schema_below(self, node: Json, base: str, root: str) -> None:
        """Collect the references, identifiers and anchors of a schema and those nested in it."""
        pending = [(node, base)]
        references = self.references
        while pending:
            node, base = pending.pop()
            if not isinstance(node, dict):
                continue
            if "$id" in node or "$anchor" in node or "$dynamicAnchor" in node:
                base = self.identify(node, base, root)
            if "default" in node:
                self.defaults.append((root, base, node))
            for name, value in node.items():
                rule = SCHEMA_FIELDS.get(name)
                if rule is None:
                    if name == "$ref" and isinstance(value, str):
                        references[base, value] = None
                elif isinstance(value, dict):
                    if rule[0] == "map":
                        pending.extend((each, base) for each in value.values())
                    else:
                        pending.append((value, base))
                elif isinstance(value, list):
                    pending.extend((each, base) for each in value)

    def identify(self, node: dict[str, Json], base: str, root: str) -> str:
        if isinstance(node.get("$id"), str):
            base = urljoin(base, node["$id"]).rstrip("#")
            self.identified[base] = node
        for name in ("$anchor", "$dynamicAnchor"):
            if isinstance(node.get(name), str):
                self.anchors.setdefault(f"{base}#{node[name]}", root)
        return base

    def follow_schema_references(self) -> None:
        """Make every schema that is referred to a root, until no new one is found."""
        done = 0
        while done < len(self.references):
            for base, reference in list(self.references)[done:]:
                done += 1
                uri, fragment = split_reference(base, reference)
                if uri in self.identified or f"{uri}#{fragment}" in self.anchors:
                    continue
                try:
                    if uri != self.base:
                        raise LookupError(uri)
                    value = value_at(self.data, fragment)
                except (LookupError, IndexError):
                    self.wrong[base, reference] = "nowhere"
                else:
                    self.add_schema(fragment, value)
                    if _is_pure_cycle(self.data, value, fragment):
                        self.wrong[base, reference] = "circular"

    def wrong_references(self) -> Iterator[Finding]:
        late = {key for key in self.wrong if self.is_found_late(*key)}
        told = {"nowhere": _nowhere, "circular": _circular}
        yield from self.faults
        if self.wrong.keys() - late:
            for pointer, key in _places(self.schemas, self.base, self.wrong.keys() - late):
                yield told[self.wrong[key]](pointer + "/$ref", key[1])

    def is_found_late(self, base: str, reference: str) -> bool:
        """An identifier or anchor may stand after the reference to it."""
        uri, fragment = split_reference(base, reference)
        return uri in self.identified or f"{uri}#{fragment}" in self.anchors


def _is_pure_cycle(data: Json, node: Json, start: str) -> bool:
    """Does a chain of schemas that are nothing but a reference lead back to its start?"""
    seen = {start}
    while isinstance(node, dict) and isinstance(node.get("$ref"), str) and len(node) == 1:
        reference = node["$ref"]
        if not reference.startswith("#"):
            return False
        fragment = unquote(reference[1:])
        if fragment in seen:
            return True
        seen.add(fragment)
        try:
            node = value_at(data, fragment)
        except (LookupError, IndexError):
            return False
    return False


def _places(
    roots: dict[str, Json], base: str, wanted: set[tuple[str, str]]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """The pointers of the schemas that hold one of the wanted references."""
    told: set[str] = set()
    for root, schema in roots.items():
        pending = [(root, schema, base)]
        while pending:
            pointer, node, base_here = pending.pop()
            if not isinstance(node, dict):
                continue
            if isinstance(node.get("$id"), str):
                base_here = urljoin(base_here, node["$id"])
            key = (base_here, node.get("$ref"))
            if key in wanted and pointer not in told:
                told.add(pointer)
                yield pointer, key
                if len(told) >= MAX_PLACES:
                    return
            pending.extend(
                (pointer + step, each, base_here) for step, each in subschemas(node) if isinstance(each, dict)
            )


def subschemas(node: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    """The schemas directly inside a schema, each with the pointer that leads to it."""
    for name, value in node.items():
        rule = SCHEMA_FIELDS.get(name)
        if rule is None:
            continue
        if isinstance(value, list):
            for index, each in enumerate(value):
                yield f"/{name}/{index}", each
        elif rule[0] == "map" and isinstance(value, dict):
            for key, each in value.items():
                yield f"/{name}{pointer_of((key,))}", each
        elif rule[0] == "one":
            yield f"/{name}", value


def _nowhere(pointer: str, reference: str) -> Finding:
    return Finding(
        "reference-not-found",
        f"`$ref: {reference}` leads to nothing",
        location=Location("", pointer=pointer),
        hint=f"add `{path_of(reference[1:])[-1]}` there, or correct the name"
        if "/" in reference
        else "correct it",
    )


def _circular(pointer: str, reference: str) -> Finding:
    return Finding(
        "reference-cycle",
        f"`$ref: {reference}` leads only to itself",
        location=Location("", pointer=pointer),
        expected="a chain of references that ends in a definition",
        hint="give one of the members of the chain a definition of its own",
    )
