"""Bundle: the files of a document joined into one, with internal references only.

References stay references. A component of another file gets a place among the
components of its kind; an object that has no such place (a Path Item in 3.0, an
Operation) is put where it is referred to. The document of one file is left as it is.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from treaty.document.dialects import (
    default_dialect,
    dialect_at,
    dialect_name_at,
    dialect_of,
    identifier_of,
)
from treaty.document.faults import MAX_DEPTH, too_deep
from treaty.document.library import Library, join_reference
from treaty.document.naming import Names, relative_address
from treaty.document.outward import points_outward
from treaty.document.sources import Resource, Sources
from treaty.document.targets import At, Found, Reference, Targets, read_reference
from treaty.document.versions import EVERY, SCHEMA_FIELDS, Shape, Version
from treaty.findings import DocumentError, Finding, Json, Location, path_of, pointer_of

# Objects put in place of a reference, one inside the other: more of them is a cycle.
MAX_INLINED: Final = 64
# Objects that stand in place of references, altogether: each of two references to two, and so on.
MAX_INLINED_OBJECTS: Final = 200_000
# A discriminator's mapping value with one of these is no bare name.
_ADDRESS = re.compile(r"[/#.]")


def bundle(entry: Resource, library: Library, version: Version) -> tuple[Json, Sources]:
    """The bundled document, and the map back to where each part was written.

    A reference to what a file does not have stays one. Raises `DocumentError` with every reference to
    a file that cannot be read or may not be.
    """
    if not points_outward(entry):
        return entry.data, Sources(entry, library.opened)
    work = _Bundling(entry, library, version)
    data = work.run()
    if findings := work.targets.findings():
        raise DocumentError(Sources(entry, library.opened).place(findings))
    return data, Sources(entry, library.opened, work.moved)


@dataclass(frozen=True, slots=True)
class _Job:
    """A node to copy into a container; `inlined` counts the references it was put in place of."""

    container: Json
    key: str | int
    node: Json
    kind: str
    at: At
    inlined: int = 0


class _Bundling:
    """Copies what must change, without recursion: each copy queues the objects inside it."""

    def __init__(self, entry: Resource, library: Library, version: Version) -> None:
        self.entry, self.version = entry, version
        self.targets = Targets(entry, library, version)
        self.base = self.targets.base
        self.dialect = default_dialect(entry.data, version.dialect)
        self.moved: dict[str, tuple[str, str]] = {}
        self.names = Names(entry.data)
        self.pending: deque[_Job] = deque()
        self.inlined_objects = 0

    def run(self) -> Json:
        start = At(self.entry, self.base, "", "", self.dialect)
        self.adopt_components(start)
        whole: dict[str, Json] = {}
        self.pending.append(_Job(whole, "", self.entry.data, "OpenAPI", start))
        while self.pending:
            job = self.pending.popleft()
            if job.inlined and not self.may_inline(job):
                continue
            if job.container is None:  # a component of another file: its section may have to be made
                job = self.in_section(job, whole[""])
            self.copy(job)
        return whole[""]

    def may_inline(self, job: _Job) -> bool:
        """Is the bundle still of a size and depth that can be used?"""
        self.inlined_objects += 1
        if self.inlined_objects > MAX_INLINED_OBJECTS:
            self.pending.clear()
            why = f"references put more than {MAX_INLINED_OBJECTS:,} objects in their place"
            self.targets.fault("", "too-many-objects", why, job.at)
        elif job.at.target.count("/") > MAX_DEPTH:
            self.targets.add(too_deep(Location(job.at.resource.uri, pointer=job.at.source)))
        else:
            return True
        return False

    def adopt_components(self, at: At) -> None:
        """A component that is only a reference to another file is the place of what it leads to."""
        for kind, section in self.version.sections.items():
            for name, node in self.names.existing(section).items():
                if not isinstance(node, dict) or list(node) != ["$ref"] or not isinstance(node["$ref"], str):
                    continue
                here = at.child(*path_of(section), name)
                found = self.targets.resolve(read_reference(node["$ref"], here), here, is_kept=True)
                if found is not None and found.resource is not self.entry and not self.is_within(found, kind):
                    self.names.adopt((kind, found.resource.uri, found.pointer), here.target)

    def in_section(self, job: _Job, root: Json) -> _Job:
        """The job with the section of its component as its container."""
        *parents, name = path_of(job.at.target)
        for part in parents:
            root = root.setdefault(part, {})
            if not isinstance(root, dict):
                where = Location(self.entry.uri, pointer=pointer_of(parents))
                message = f"`{part}` is not an object"
                self.targets.add(Finding("wrong-type", message, location=where, expected="an object"))
                root = {}
        return _Job(root, name, job.node, job.kind, job.at)

    def copy(self, job: _Job) -> None:
        """Put a copy of the job's node, with internal references, into its container."""
        node, at = job.node, job.at
        if not isinstance(node, dict):
            job.container[job.key] = node
            return
        if job.kind == "Schema" and at.dialect.identifier:
            node, at = self.embed(node, at)
        job = _Job(job.container, job.key, node, job.kind, at, job.inlined)
        if isinstance(node.get("$ref"), str):
            self.follow(job, read_reference(node["$ref"], at))
        else:
            job.container[job.key] = self.fields(node, job)

    def embed(self, node: dict[str, Json], at: At) -> tuple[dict[str, Json], At]:
        """A schema resource of its own (JSON Schema 2020-12 Core, section 8.2.1) starts its references anew.

        A file whose dynamic anchor stands at its top stays one: an anchor belongs to its resource.
        """
        dialect = dialect_of(node, at.dialect)
        at = replace(at, dialect=dialect)
        own, name = identifier_of(node, dialect)
        is_elsewhere = at.resource is not self.entry
        if not own and is_elsewhere and not at.source and self.targets.is_dynamic(at.resource):
            own = at.base
        if not own:
            return node, at
        base = join_reference(at.base, own)
        self.targets.identified.add(base)
        if is_elsewhere:  # a relative `$id` is relative to another file than the bundle
            address = relative_address(base, self.base) + (f"#{name}" if name else "")
            node = {**node, dialect.identifier: address}
        return node, replace(at, base=base)

    def fields(self, node: dict[str, Json], job: _Job) -> dict[str, Json]:
        """A copy of an object; the objects among its fields are queued."""
        fields = SCHEMA_FIELDS if job.kind == "Schema" else self.version.objects.get(job.kind, {})
        every = fields.get(EVERY)
        out = dict(node)
        for name, value in node.items():
            rule = fields.get(name) or (None if name.startswith("x-") else every)
            if rule is not None:
                self.shape(out, name, value, rule, job.at.child(name), job.inlined)
        if job.kind == "Schema" and isinstance(node.get("discriminator"), dict):
            out["discriminator"] = self.discriminator(node["discriminator"], job.at.child("discriminator"))
        return out

    def shape(self, out: Json, name: str, value: Json, rule: tuple[Shape, str], at: At, inlined: int) -> None:
        """Queue the objects of one field: a map, a list or one."""
        shape, kind = rule
        if shape == "map" and isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                self.map_elsewhere(out, name, value, rule, at, inlined)
                return
            out[name] = inner = dict(value)
            for key, each in value.items():
                self.pending.append(_Job(inner, key, each, kind, at.child(key), inlined))
        elif isinstance(value, list) and (shape == "list" or kind == "Schema"):
            out[name] = items = list(value)
            for index, each in enumerate(value):
                self.pending.append(_Job(items, index, each, kind, at.child(index), inlined))
        else:
            self.pending.append(_Job(out, name, value, kind, at, inlined))

    def map_elsewhere(
        self, out: Json, name: str, value: dict[str, Json], rule: tuple[Shape, str], at: At, inlined: int
    ) -> None:
        """A map written elsewhere: not of OpenAPI, but in use. What stands beside the `$ref` counts."""
        found = self.targets.resolve(read_reference(value["$ref"], at), at)
        if found is None or inlined >= MAX_INLINED:
            return
        beside = {key: each for key, each in value.items() if key != "$ref"}
        others = found.value
        if beside and isinstance(others, dict):
            others = {key: each for key, each in others.items() if key not in beside}
        self.shape(out, name, others, rule, self.moved_from(found, at), inlined + 1)
        if isinstance(out[name], dict) and out[name] is not value:
            for key, each in beside.items():
                here = at.child(key)
                self.moved[here.target] = (here.resource.uri, here.source)
                self.pending.append(_Job(out[name], key, each, rule[1], here, inlined))

    def discriminator(self, node: dict[str, Json], at: At) -> dict[str, Json]:
        """Mapping values that are references follow their schemas; names of components stay names."""
        out = dict(node)
        known = self.names.existing("/components/schemas")

        def follow(value: Json, here: At) -> Json:
            if not isinstance(value, str) or value in known or not _ADDRESS.search(value):
                return value
            return self.target_of(read_reference(value, here), "Schema", here) or value

        if isinstance(node.get("mapping"), dict):
            out["mapping"] = {
                key: follow(value, at.child("mapping", key)) for key, value in node["mapping"].items()
            }
        if "defaultMapping" in node:
            out["defaultMapping"] = follow(node["defaultMapping"], at.child("defaultMapping"))
        return out

    def follow(self, job: _Job, to: Reference) -> None:
        """Put an internal reference, or what the reference leads to, in the place of a reference."""
        siblings = {key: value for key, value in job.node.items() if key != "$ref"}
        found = self.targets.resolve(to, job.at, is_kept=True)
        if found is not None and found.resource is not self.entry:
            key = (job.kind, found.resource.uri, found.pointer)
            if job.kind not in self.version.sections or self.names.place_of(key) == job.at.target:
                self.inline(job, to, found, siblings)
                return
        internal = self.place(to, found, job.kind, job.at)
        has_fields = job.kind == "PathItem" or (
            job.kind == "Schema" and job.at.dialect.references_have_siblings
        )
        beside = self.fields(siblings, job) if has_fields else siblings
        job.container[job.key] = {**beside, "$ref": internal or self.address(to, job.at)}

    def inline(self, job: _Job, to: Reference, found: Found, siblings: dict[str, Json]) -> None:
        if job.inlined >= MAX_INLINED:
            self.targets.fault("", "reference-cycle", f"`$ref: {to.text}` leads back to itself", job.at)
            job.container[job.key] = siblings
            return
        there = self.moved_from(found, job.at)
        value = self.marked(found.value, job.kind, there)
        for name in siblings:
            here = job.at.child(name)
            self.moved[here.target] = (here.resource.uri, here.source)
        if siblings and isinstance(value, dict):
            merged = {key: each for key, each in value.items() if key not in siblings}
            below = _Job(job.container, job.key, merged, job.kind, there, job.inlined + 1)
            self.copy(below)
            job.container[job.key].update(self.fields(siblings, job))
        else:
            self.copy(_Job(job.container, job.key, value, job.kind, there, job.inlined + 1))

    def marked(self, value: Json, kind: str, there: At) -> Json:
        """A part of a file of another dialect, which says so itself from now on."""
        if kind != "Schema" or there.dialect is self.dialect or not isinstance(value, dict):
            return value
        return {"$schema": dialect_name_at(there.resource.data, there.source), **value}

    def moved_from(self, found: Found, at: At) -> At:
        """Where what was found is read, and that it is written at `at`."""
        resource, pointer, _ = found
        self.moved[at.target] = (resource.uri, pointer)
        dialect = dialect_at(resource.data, pointer, self.dialect)
        return At(resource, self.targets.base_of(resource), pointer, at.target, dialect)

    def target_of(self, to: Reference, kind: str, at: At) -> str | None:
        """The internal reference to take this one's place; None when it leads nowhere."""
        return self.place(to, self.targets.resolve(to, at), kind, at)

    def place(self, to: Reference, found: Found | None, kind: str, at: At) -> str | None:
        if found is None:  # leads nowhere, or to an embedded schema: its own $id says where it is
            return None
        resource, pointer, value = found
        if resource is self.entry:
            named = to.fragment and not to.fragment.startswith("/")
            fragment = to.fragment if named else _quote(pointer)
        elif self.is_within(found, kind):
            return self.whole(resource, to, at)
        else:
            fragment = self.lifted(found, kind)
        if at.base not in self.targets.identified:
            return f"#{fragment}"
        # Inside an embedded schema `#` is that schema: what is outside needs its address.
        if isinstance(value, dict) and isinstance(value.get("$id"), str):
            return relative_address(join_reference(self.targets.base_of(resource), value["$id"]), at.base)
        return f"{self.base}#{fragment}"

    def whole(self, resource: Resource, to: Reference, at: At) -> str:
        """A reference into a file that is taken as a whole: what stands there depends on the file."""
        self.lifted(Found(resource, "", resource.data), "Schema")
        base = join_reference(resource.uri, resource.data.get("$id", ""))
        self.targets.identified.add(base)
        return f"{relative_address(base, at.base)}#{_quote(to.fragment)}"

    def is_within(self, found: Found, kind: str) -> bool:
        """Is it a part of a file that has to be taken as a whole?"""
        return kind == "Schema" and found.pointer != "" and self.targets.is_dynamic(found.resource)

    def lifted(self, found: Found, kind: str) -> str:
        """The place among the components for a part of another file."""
        resource, pointer, value = found
        key = (kind, resource.uri, pointer)
        place = self.names.place_of(key)
        if place is None:
            place = self.names.give(key, self.version.sections[kind])
            there = self.moved_from(found, At(resource, "", pointer, place, self.dialect))
            self.pending.append(_Job(None, "", self.marked(value, kind, there), kind, there))
        return place

    def address(self, to: Reference, at: At) -> str:
        """A reference to an embedded schema, from where it stands in the bundle."""
        if at.resource is self.entry or at.base in self.targets.identified:
            return to.text
        return relative_address(to.uri, self.base) + (f"#{_quote(to.fragment)}" if to.fragment else "")


def _quote(pointer: str) -> str:
    """A pointer as a URI fragment: only what would end or break the fragment is encoded."""
    return pointer.replace("%", "%25").replace(" ", "%20")
