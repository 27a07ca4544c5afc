"""Bundle: the files of a document joined into one, with internal references only.

References stay references. A component of another file gets a place among the
components of its kind; an object that has no such place (a Path Item in 3.0, an
Operation) is put where it is referred to. The document of one file is left as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from treaty.document.library import Library, split_reference, value_at
from treaty.document.sources import Resource, Sources
from treaty.document.versions import EVERY, SCHEMA_FIELDS, Version
from treaty.findings import DocumentError, Finding, Json, Location, path_of, pointer_of

# A cheap look at the text: a `$ref` that does not begin with `#` is likely in it.
_OUTWARD = re.compile(rb"""\$ref["']?\s*:(?!\s*["']?#)""")
MAX_INLINE_DEPTH = 64


def bundle(entry: Resource, library: Library, version: Version) -> tuple[Json, Sources]:
    """The bundled document, and the map back to where each part was written.

    Raises `DocumentError` with every reference that leads nowhere or may not be followed.
    """
    if not _points_outward(entry):
        return entry.data, Sources(entry, library.opened)
    work = _Bundling(entry, library, version)
    data = work.run()
    if work.findings:
        raise DocumentError(Sources(entry, library.opened).place(work.findings))
    return data, Sources(entry, library.opened, work.moved)


def _points_outward(entry: Resource) -> bool:
    content = entry.text()
    if content is None:
        return _value_points_outward(entry.data)
    return b"\0" in content or _OUTWARD.search(content) is not None


def _value_points_outward(data: Json) -> bool:
    pending = [data]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#"):
                return True
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)
    return False


@dataclass(frozen=True, slots=True)
class _At:
    """Where a node is read (resource, pointer) and where it is written (pointer of the bundle)."""

    resource: Resource
    base: str
    source: str
    target: str

    def child(self, *keys: str | int) -> _At:
        step = pointer_of(keys)
        return _At(self.resource, self.base, self.source + step, self.target + step)


@dataclass(slots=True)
class _Bundling:
    entry: Resource
    library: Library
    version: Version
    findings: list[Finding] = field(default_factory=list)
    moved: dict[str, tuple[str, str]] = field(default_factory=dict)
    names: dict[tuple[str, str, str], str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    lifted: list[tuple[str, Json, str, _At]] = field(default_factory=list)
    identified: set[str] = field(default_factory=set)

    def run(self) -> Json:
        base = self.entry.data.get("$self") if self.version.name >= "3.2" else None
        base = urljoin(self.entry.uri, base) if isinstance(base, str) else self.entry.uri
        root = self.copy(self.entry.data, "OpenAPI", _At(self.entry, base, "", ""), 0)
        while self.lifted:
            kind, node, pointer, at = self.lifted.pop()
            _put(root, pointer, self.copy(node, kind, at, 0))
        return root

    def copy(self, node: Json, kind: str, at: _At, depth: int) -> Json:
        """The node with its references made internal, and so for all below it."""
        if not isinstance(node, dict):
            return node
        if kind == "Schema" and isinstance(node.get("$id"), str):
            base = urljoin(at.base, node["$id"])
            self.identified.add(base)
            at = _At(at.resource, base, at.source, at.target)
        reference = node.get("$ref")
        if isinstance(reference, str):
            return self.follow(node, reference, kind, at, depth)
        return self.copy_fields(node, kind, at, depth)

    def copy_fields(self, node: Json, kind: str, at: _At, depth: int) -> Json:
        fields = SCHEMA_FIELDS if kind == "Schema" else self.version.objects.get(kind, {})
        every = fields.get(EVERY)
        out = dict(node)
        for name, value in node.items():
            rule = fields.get(name) or (None if name.startswith("x-") else every)
            if rule is not None:
                out[name] = self.copy_shape(value, *rule, at.child(name), depth)
        if kind == "Schema" and "discriminator" in node:
            out["discriminator"] = self.copy_discriminator(node["discriminator"], at.child("discriminator"))
        return out

    def copy_shape(self, value: Json, shape: str, kind: str, at: _At, depth: int) -> Json:
        if shape == "map" and isinstance(value, dict):
            if isinstance(
                value.get("$ref"), str
            ):  # a whole map is written elsewhere: not of OpenAPI, but in use
                found = self.resolve(value["$ref"], at)
                if found is None or depth > MAX_INLINE_DEPTH:
                    return value
                resource, pointer, target = found
                self.moved[at.target] = (resource.uri, pointer)
                there = _At(resource, resource.uri, pointer, at.target)
                return self.copy_shape(target, shape, kind, there, depth + 1)
            return {name: self.copy(each, kind, at.child(name), depth) for name, each in value.items()}
        if isinstance(value, list) and (shape == "list" or kind == "Schema"):
            return [self.copy(each, kind, at.child(index), depth) for index, each in enumerate(value)]
        return self.copy(value, kind, at, depth)

    def copy_discriminator(self, node: Json, at: _At) -> Json:
        """Mapping values that are references follow their schemas; bare names stay names."""
        mapping = node.get("mapping") if isinstance(node, dict) else None
        if not isinstance(mapping, dict):
            return node
        follow = {
            key: self.target_of(value, "Schema", at.child("mapping", key))
            if isinstance(value, str) and re.search(r"[/#.]", value)
            else value
            for key, value in mapping.items()
        }
        return {**node, "mapping": {key: follow[key] or mapping[key] for key in mapping}}

    def follow(self, node: Json, reference: str, kind: str, at: _At, depth: int) -> Json:
        siblings = {key: value for key, value in node.items() if key != "$ref"}
        section = self.version.sections.get(kind)
        if section is None and not self.is_internal(reference, at):
            return self.inline(reference, siblings, kind, at, depth)
        internal = self.target_of(reference, kind, at)
        return {**self.copy_fields(siblings, kind, at, depth), "$ref": internal or reference}

    def is_internal(self, reference: str, at: _At) -> bool:
        return (
            split_reference(at.base, reference)[0] in (self.entry.uri, at.base) and at.resource is self.entry
        )

    def inline(self, reference: str, siblings: Json, kind: str, at: _At, depth: int) -> Json:
        found = self.resolve(reference, at)
        if found is None:
            return {**siblings, "$ref": reference}
        resource, pointer, value = found
        if depth > MAX_INLINE_DEPTH:
            self.fault("reference-cycle", f"`$ref: {reference}` leads back to itself", at)
            return siblings
        self.moved[at.target] = (resource.uri, pointer)
        copied = self.copy(value, kind, _At(resource, resource.uri, pointer, at.target), depth + 1)
        return {**copied, **siblings} if isinstance(copied, dict) else copied

    def target_of(self, reference: str, kind: str, at: _At) -> str | None:
        """The internal reference to take this one's place; None when it leads nowhere."""
        uri, fragment = split_reference(at.base, reference)
        if uri in self.identified:  # an embedded schema resource: its own $id says where it is
            return reference
        found = self.resolve(reference, at)
        if found is None:
            return None
        resource, pointer, value = found
        if resource is self.entry:
            return f"#{fragment}" if fragment and not fragment.startswith("/") else f"#{_quote(pointer)}"
        section = self.version.sections.get(kind)
        if section is None:
            return None
        key = (kind, resource.uri, pointer)
        if key not in self.names:
            self.names[key] = place = f"{section}/{self.new_name(section, resource.uri, pointer)}"
            self.moved[place] = (resource.uri, pointer)
            self.lifted.append((kind, value, place, _At(resource, resource.uri, pointer, place)))
        return f"#{self.names[key]}"

    def resolve(self, reference: str, at: _At) -> tuple[Resource, str, Json] | None:
        where = Location(at.resource.uri, pointer=at.source + "/$ref")
        try:
            resource, fragment = self.open(reference, at, where)
            pointer, value = _find(resource.data, fragment)
        except DocumentError as error:
            self.findings.extend(error.findings)
        except LookupError:
            self.fault("reference-not-found", f"`$ref: {reference}` leads to nothing", at)
        else:
            return resource, pointer, value
        return None

    def open(self, reference: str, at: _At, where: Location) -> tuple[Resource, str]:
        uri, fragment = split_reference(at.base, reference)
        if uri == at.base and at.base not in self.identified:
            return at.resource, fragment
        if at.base != at.resource.uri:
            # `$self` and `$id` name published places; what stands beside the file is what was meant.
            beside = urljoin(at.resource.uri, reference.partition("#")[0])
            if urlsplit(beside).scheme == "file":
                return self.library.open_reference(beside, where), fragment
        return self.library.open_reference(uri, where), fragment

    def new_name(self, section: str, uri: str, pointer: str) -> str:
        """A component name from the last key of the pointer, or the file's name; unique in its section."""
        last = path_of(pointer)[-1] if pointer else PurePosixPath(unquote(urlsplit(uri).path)).stem
        stem = re.sub(r"[^A-Za-z0-9._-]", "_", last) or "component"
        section_data = _existing(self.entry.data, section)
        name, number = stem, 1
        while name in section_data or f"{section}/{name}" in self.taken:
            number += 1
            name = f"{stem}_{number}"
        self.taken.add(f"{section}/{name}")
        return name

    def fault(self, code: str, message: str, at: _At) -> None:
        where = Location(at.resource.uri, pointer=at.source + "/$ref")
        self.findings.append(
            Finding(code, message, location=where, hint="correct the reference or add its target")
        )


def _find(data: Json, fragment: str) -> tuple[str, Json]:
    """The pointer and value that a fragment names: a JSON Pointer, or a plain-name anchor."""
    if not fragment or fragment.startswith("/"):
        return fragment, value_at(data, fragment)
    pending: list[tuple[str, Json]] = [("", data)]
    while pending:
        pointer, node = pending.pop()
        if isinstance(node, dict):
            if fragment in (node.get("$anchor"), node.get("$dynamicAnchor")):
                return pointer, node
            pending.extend((pointer + pointer_of([key]), value) for key, value in node.items())
        elif isinstance(node, list):
            pending.extend((f"{pointer}/{index}", value) for index, value in enumerate(node))
    raise LookupError(fragment)


def _existing(data: Json, section: str) -> Json:
    try:
        found = value_at(data, section)
    except LookupError:
        return {}
    return found if isinstance(found, dict) else {}


def _put(root: Json, pointer: str, value: Json) -> None:
    *parents, name = path_of(pointer)
    for part in parents:
        root = root.setdefault(part, {})
    root[name] = value


def _quote(pointer: str) -> str:
    """A pointer as a URI fragment: only what would end or break the fragment is encoded."""
    return pointer.replace("%", "%25").replace(" ", "%20")
