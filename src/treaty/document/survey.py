"""Survey: one walk over a bundled document that finds its operations, schemas and references.

It follows references by what they must lead to, so a schema is known as one wherever
it stands. Locations are kept for objects only; within schemas nothing but the distinct
references is kept, and their places are looked for again when one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from treaty.document.dialects import DRAFT_2019_09, Dialect, dialect_name_at, dialect_of, identifier_of
from treaty.document.library import join_reference, split_reference, value_at
from treaty.document.operations import MAX_CHAIN, follow, parameters_of
from treaty.document.places import wrong_identifiers, wrong_references
from treaty.document.versions import EVERY, SCHEMA_FIELDS, Version
from treaty.findings import Finding, Json, Location, path_of, step_of

_ONE_SCHEMA = frozenset(name for name, (shape, _) in SCHEMA_FIELDS.items() if shape == "one")
_SCHEMA_MAPS = frozenset(name for name, (shape, _) in SCHEMA_FIELDS.items() if shape == "map")
# Kinds of object whose fields count beside a `$ref`: every version merges them into a Path Item.
_MERGED = frozenset({"PathItem"})


@dataclass(frozen=True, slots=True)
class Survey:
    """What a document holds, by JSON Pointer."""

    base: str  # the URI its references start from
    schemas: dict[str, Json]  # root schemas: those that stand in no other, or are referred to
    objects: dict[str, tuple[str, Json]]  # every other object: kind and value
    identified: dict[str, Json]  # embedded schema resources, by the absolute URI of their $id
    anchors: dict[str, str]  # absolute URI with fragment of an anchor -> pointer of its root schema
    # (pointer of the root schema, base URI, dialect, schema) with a default
    defaults: tuple[tuple[str, str, Dialect, Json], ...]
    dialect: str  # what the document says its schemas are written in; empty: nothing
    dialects: dict[str, str]  # the root schemas that are written in another, with its name
    lost: frozenset[tuple[str, str]] = frozenset()  # (base URI, reference) of schemas' that end nowhere
    findings: tuple[Finding, ...] = ()


def survey(data: Json, version: Version, base: str) -> Survey:
    """Walk a bundled document. References to nowhere, and to themselves, are findings."""
    own = data.get("$self") if version.name >= "3.2" else None
    start = join_reference(base, own).partition("#")[0] if isinstance(own, str) else base
    walk = _Walk(data, version, start, default=dialect_name_at(data, ""))
    walk.objects_below("", data, "OpenAPI")
    walk.follow_schema_references()
    found = tuple(walk.findings())
    return Survey(
        walk.base,
        walk.schemas,
        walk.objects,
        walk.identified,
        walk.anchors,
        tuple(walk.defaults),
        walk.default,
        walk.dialects,
        frozenset(walk.wrong),
        found,
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
    defaults: list[tuple[str, str, Dialect, Json]] = field(default_factory=list)
    default: str = ""
    dialects: dict[str, str] = field(default_factory=dict)
    met: dict[tuple[str, str], None] = field(default_factory=dict)  # (base, reference), not yet followed
    references: dict[tuple[str, str], None] = field(default_factory=dict)  # those that were
    wrong: dict[tuple[str, str], str] = field(default_factory=dict)  # schema references: why wrong
    misnamed: list[tuple[str, Json, str]] = field(default_factory=list)  # (root, schema with $id, why wrong)
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
                    self.add_schema(pointer, _never_empty(node))
                if kind == "PathItem" and self.version.inline_schemas:
                    self.add_forms(pointer, node)
                if isinstance(node.get("$ref"), str):
                    pending.extend(self.target(pointer, node["$ref"], kind))
                    if kind not in _MERGED:
                        continue
                pending.extend(self.children(pointer, node, kind))

    def children(self, pointer: str, node: dict[str, Json], kind: str) -> Iterator[tuple[str, Json, str]]:
        fields = self.version.objects.get(kind, {})
        every = fields.get(EVERY)
        for name, value in node.items():
            rule = fields.get(name) or (None if name.startswith("x-") else every)
            if rule is None:
                continue
            shape, child = rule
            at = pointer + step_of(name)
            if shape == "map" and isinstance(value, dict):
                for key, each in value.items():
                    yield at + step_of(key), each, child
            elif shape == "list" and isinstance(value, list):
                for index, each in enumerate(value):
                    yield f"{at}/{index}", each, child
            elif shape == "one":
                yield at, value, child

    def target(self, pointer: str, reference: str, kind: str) -> list[tuple[str, Json, str]]:
        """What an object's reference leads to, unless it was seen; wrong ones become findings."""
        seen = {pointer}
        first = reference
        while True:
            uri, fragment = split_reference(self.base, reference)
            try:
                if uri != self.base:
                    raise LookupError(uri)
                value = value_at(self.data, fragment)
            except LookupError:
                self.faults.append(nowhere(pointer + "/$ref", first))
                return []
            if fragment in seen or len(seen) > MAX_CHAIN:
                told = circular if fragment in seen else endless
                self.faults.append(told(pointer + "/$ref", first))
                return []
            seen.add(fragment)
            if not (isinstance(value, dict) and isinstance(value.get("$ref"), str)):
                return [] if fragment in self.objects else [(fragment, value, kind)]
            reference = value["$ref"]

    def add_forms(self, pointer: str, item: dict[str, Json]) -> None:
        """The formData parameters of an operation (OpenAPI 2.0) are the properties of one object."""
        shared = [parameter for _, parameter in parameters_of(self.data, pointer, item)]
        for method in self.version.methods:
            at, operation = follow(self.data, f"{pointer}/{method}", item.get(method))
            if not isinstance(operation, dict):
                continue
            found = [*shared, *(parameter for _, parameter in parameters_of(self.data, at, operation))]
            form = {
                str(each.get("name")): _never_empty(each) for each in found if each.get("in") == "formData"
            }
            if form:
                required = [name for name, each in form.items() if each.get("required") is True]
                schema = {"type": "object", "properties": form, "required": required}
                self.schemas[at + "/parameters"] = schema

    def add_schema(self, pointer: str, node: Json, around: str = "") -> None:
        """Keep a root schema; `around` is the dialect of the schema that it stands in."""
        if pointer not in self.schemas:
            self.schemas[pointer] = node
            own = node.get("$schema") if isinstance(node, dict) else None
            named = own if isinstance(own, str) else around
            if named and named != self.default:
                self.dialects[pointer] = named
            self.schema_below(node, pointer)

    def dialect(self, root: str) -> Dialect:
        """What a root schema is read by."""
        return dialect_of({"$schema": self.dialects.get(root, self.default) or None}, self.version.dialect)

    def schema_below(self, node: Json, root: str) -> None:
        """Collect the references, identifiers and anchors of a schema and those nested in it."""
        resources = [(node, self.base, self.dialect(root))]
        while resources:
            node, base, dialect = resources.pop()
            if isinstance(node, dict) and dialect.identifier:
                dialect = dialect_of(node, dialect)
                if dialect.identifier in node:
                    base = self.identify(node, base, dialect, root)
            self.resource_below(node, base, dialect, root, resources)

    def resource_below(  # noqa: C901  the hot loop of a load: calls would cost more than they explain
        self, node: Json, base: str, dialect: Dialect, root: str, inner: list[tuple[Json, str, Dialect]]
    ) -> None:
        """One resource; what has an identifier of its own is put into `inner`."""
        pending, siblings_count = [node], dialect.references_have_siblings
        identifier = dialect.identifier
        while pending:
            each = pending.pop()
            if type(each) is not dict:
                continue
            if identifier:
                if identifier in each and each is not node:
                    inner.append((each, base, dialect))
                    continue
                if "$anchor" in each or "$dynamicAnchor" in each or "$dynamicRef" in each:
                    self.add_anchors(each, base, root)
                if "$recursiveRef" in each and dialect is DRAFT_2019_09:
                    self.met[base, "#"] = None
            if "$ref" in each and isinstance(each["$ref"], str):
                self.met[base, each["$ref"]] = None
                if not siblings_count:
                    continue
            if "default" in each:
                self.defaults.append((root, base, dialect, each))
            for name, value in each.items():
                kind = type(value)
                if kind is dict:
                    if name in _ONE_SCHEMA:
                        pending.append(value)
                    elif name in _SCHEMA_MAPS:
                        pending.extend(value.values())
                elif kind is list and name in SCHEMA_FIELDS:
                    pending.extend(value)

    def identify(self, node: dict[str, Json], base: str, dialect: Dialect, root: str) -> str:
        """The URI of a schema resource (JSON Schema 2020-12 Core, section 8.2.1)."""
        address, name = identifier_of(node, dialect)
        uri, _, fragment = join_reference(base, address).partition("#")
        if name:
            self.anchors.setdefault(f"{uri}#{name}", root)
        if not address and (dialect.named_by_identifier or not isinstance(node[dialect.identifier], str)):
            return base
        why = ""
        if fragment:
            why = "has a fragment"
        elif uri == self.base:
            why = "is the address of the whole document"
        elif self.identified.get(uri, node) is not node:
            why = "is that of another schema too"
        elif not _is_address(uri):
            why = "is no URI"
        if why:
            self.misnamed.append((root, node, why))
        self.identified.setdefault(uri, node)
        return uri

    def add_anchors(self, node: dict[str, Json], base: str, root: str) -> None:
        """The names of a schema, and its reference to such a name."""
        for name in ("$anchor", "$dynamicAnchor"):
            if isinstance(node.get(name), str):
                self.anchors.setdefault(f"{base}#{node[name]}", root)
        if isinstance(node.get("$dynamicRef"), str):  # at first it is a reference like any other
            self.met[base, node["$dynamicRef"]] = None

    def follow_schema_references(self) -> None:
        """Make every schema that is referred to a root, until no new one is found."""
        while self.met:
            batch, self.met = self.met, {}
            for base, reference in batch:
                if (base, reference) not in self.references:
                    self.references[base, reference] = None
                    self.follow_schema_reference(base, reference)

    def follow_schema_reference(self, base: str, reference: str) -> None:
        uri, fragment = split_reference(base, reference)
        if uri != self.base or (fragment and not fragment.startswith("/")):
            return  # an embedded resource or an anchor, which may stand after the reference to it
        try:
            value = value_at(self.data, fragment)
        except LookupError:
            self.wrong[base, reference] = "nowhere"
            return
        if fragment not in self.schemas:
            self.add_schema(fragment, value, dialect_name_at(self.data, fragment))
        if why := _wrong_chain(self.data, value, fragment):
            self.wrong[base, reference] = why

    def findings(self) -> Iterator[Finding]:
        yield from self.faults
        yield from wrong_identifiers(self.schemas, self.misnamed)
        for base, reference in self.references:
            if not self.is_found(base, reference):
                self.wrong[base, reference] = "nowhere"
        told = {"nowhere": nowhere, "circular": circular, "endless": endless}
        if self.wrong:
            found = wrong_references(self.schemas, self.base, self.wrong.keys(), self.dialect)
            for pointer, key in found:
                yield told[self.wrong[key]](pointer, key[1], key[0] if key[0] != self.base else "")

    def is_found(self, base: str, reference: str) -> bool:
        """Does a reference to an anchor, or to an embedded resource, lead to one?"""
        uri, fragment = split_reference(base, reference)
        if fragment and not fragment.startswith("/"):
            return f"{uri}#{fragment}" in self.anchors
        if uri == self.base:
            return True  # judged already
        if uri not in self.identified:
            return False
        try:
            value_at(self.identified[uri], fragment)
        except LookupError:
            return False
        return _leads_to_schema(path_of(fragment))


def _is_address(uri: str) -> bool:
    try:
        urlsplit(uri)
    except ValueError:
        return False
    return True


def _leads_to_schema(path: tuple[str, ...]) -> bool:
    """Is each step of a path within a schema a keyword that holds schemas, with its name or index?"""
    steps = iter(path)
    for name in steps:
        shape, _ = SCHEMA_FIELDS.get(name, ("", ""))
        if not shape or (shape in ("map", "list") and next(steps, None) is None):
            return False
    return True


def _wrong_chain(data: Json, node: Json, start: str) -> str:
    """Does a chain of schemas that are nothing but a reference lead in a circle, or too far?"""
    seen = {start}
    while isinstance(node, dict) and isinstance(node.get("$ref"), str) and len(node) == 1:
        uri, fragment = split_reference("", node["$ref"])
        if uri:
            return ""
        if fragment in seen:
            return "circular"
        if len(seen) >= MAX_CHAIN:
            return "endless"
        seen.add(fragment)
        try:
            node = value_at(data, fragment)
        except LookupError:
            return ""
    return ""


def nowhere(pointer: str, reference: str, inside: str = "") -> Finding:
    name = reference.rpartition("/")[2]
    hint = f"add `{name}` there, or correct the name" if "/" in reference else "correct it"
    if inside and reference.startswith("#"):
        hint = f"it starts from the schema around it, whose `$id` is {inside}"
    return Finding(
        "reference-not-found",
        f"`{pointer.rpartition('/')[2]}: {reference}` leads to nothing",
        location=Location("", pointer=pointer),
        hint=hint,
    )


def circular(pointer: str, reference: str, _inside: str = "") -> Finding:
    return Finding(
        "reference-cycle",
        f"`$ref: {reference}` leads only to itself",
        location=Location("", pointer=pointer),
        expected="a chain of references that ends in a definition",
        hint="give one of the members of the chain a definition of its own",
    )


def endless(pointer: str, reference: str, _inside: str = "") -> Finding:
    return Finding(
        "reference-chain",
        f"`$ref: {reference}` leads to a reference, and so on more than {MAX_CHAIN} times",
        location=Location("", pointer=pointer),
        expected="references that lead to a definition",
        hint="refer to the definition itself",
    )


def _never_empty(parameter: dict[str, Json]) -> dict[str, Json]:
    """The schema of a parameter of OpenAPI 2.0 that says it may not be empty (`allowEmptyValue`).

    Only what is written counts: `false` is the default too, but few mean that by leaving it out.
    """
    if parameter.get("allowEmptyValue") is False and parameter.get("type") == "string":
        return {"minLength": 1, **parameter}
    return parameter
