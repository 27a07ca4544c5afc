"""Lowering: the Schema Objects of every OpenAPI version become JSON Schema 2020-12.

References are kept as references. A document becomes one JSON Schema resource: each root
schema stands in its `$defs` under its JSON Pointer in the document, so anchors,
identifiers and dynamic references keep their meaning.

What a request may leave out differs from what a response may, so there are two
lowerings: `required` does not ask for readOnly properties in a request, nor for
writeOnly ones in a response (OpenAPI 3.0.4, Schema Object; kept by readers of 3.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, unquote

from treaty.contract.formats import RANGES, WHOLE
from treaty.contract.keywords import (
    HOLDERS,
    KEYWORDS,
    NULLABLE,
    RECURSIVE,
    Keywords,
    is_names,
    is_number,
    lowered_path,
    written_path,
)
from treaty.contract.patterns import usable_pattern
from treaty.document.dialects import (
    DRAFT_2019_09,
    DRAFT_2020_12,
    OPENAPI_30,
    dialect_named,
    identifier_of,
    vocabularies_of,
)
from treaty.document.library import join_reference, split_reference
from treaty.document.operations import follow
from treaty.document.places import schemas_with_base
from treaty.document.survey import Survey
from treaty.document.versions import SCHEMA_FIELDS, Version
from treaty.findings import Json, path_of, pointer_of

Direction = Literal["request", "response"]
Schema = dict[str, Json] | bool

# A property marked so is not asked for in this direction.
NOT_ASKED_FOR: dict[Direction, str] = {"request": "readOnly", "response": "writeOnly"}


# What needs no encoding in a fragment (RFC 3986, section 3.5).
_IN_FRAGMENT = "~!$&'()*+,;=:@/?-._"


def definition_reference(base: str, pointer: str) -> str:
    """The absolute reference of the lowered root schema at a JSON Pointer of the document."""
    return f"{base}#/$defs/" + quote(pointer.replace("~", "~0").replace("/", "~1"), safe=_IN_FRAGMENT)


def written_pointer(survey: Survey, location: str) -> str:
    """The place in the document of a keyword of the lowered schemas, by its absolute location."""
    uri, _, fragment = location.partition("#")
    path = path_of(unquote(fragment))
    if uri in survey.identified:
        resource = survey.identified[uri]
        root = next((found for each in survey.schemas.items() if (found := _place(*each, resource))), "")
        return root + pointer_of(written_path(resource, path))
    if path[:1] != ("$defs",) or len(path) < 2:
        return unquote(fragment)
    return path[1] + pointer_of(written_path(survey.schemas.get(path[1]), path[2:]))


def _place(root: str, schema: Json, wanted: Json) -> str:
    """The pointer of a schema somewhere within a root schema; empty when it is not there."""
    return next((at for at, node, _ in schemas_with_base(root, schema, "") if node is wanted), "")


@dataclass(slots=True)
class Lowering:
    """Lowers the schemas of one document for one direction, each when it is asked for."""

    data: Json
    survey: Survey
    version: Version
    direction: Direction
    definitions: dict[str, Schema] = field(default_factory=dict)
    patterns: dict[str, str | None] = field(default_factory=dict)
    copying: set[str] = field(default_factory=set)

    def definition(self, pointer: str) -> Schema:
        """The lowered root schema at a pointer of the document."""
        found = self.definitions.get(pointer)
        if found is None:
            written, keywords = self.survey.schemas[pointer], self.keywords_at(pointer)
            found = self.definitions[pointer] = self.schema(written, self.survey.base, keywords)
        return found

    def keywords_at(self, pointer: str) -> Keywords:
        """What the schema at a place of the document is read by."""
        if self.version.dialect is OPENAPI_30:
            return KEYWORDS[OPENAPI_30]
        name = self.survey.dialects.get(pointer, self.survey.dialect)
        return self.keywords_named(name) if name else KEYWORDS[self.version.dialect]

    def keywords_named(self, name: str) -> Keywords:
        """Those of a dialect; one that its own meta-schema describes has the vocabularies listed there.

        What is not known is read as 2020-12, as `check_structure` reports.
        """
        vocabularies = vocabularies_of(self.survey.identified.get(name.rstrip("#")))
        if vocabularies is not None:
            return KEYWORDS[DRAFT_2020_12].of_vocabularies(vocabularies)
        return KEYWORDS[dialect_named(name) or DRAFT_2020_12]

    def schema(
        self, node: Json, base: str, keywords: Keywords, unasked: frozenset[str] = frozenset()
    ) -> Schema:
        """A Schema Object lowered; `unasked` are properties an allOf around it does not ask for."""
        if not isinstance(node, dict):
            return node if isinstance(node, bool) else True
        if "$schema" in node and isinstance(node["$schema"], str) and keywords.dialect.identifier:
            keywords = self.keywords_named(node["$schema"])
        reference = node.get("$ref")
        if isinstance(reference, str) and not keywords.dialect.references_have_siblings:
            return {**self.referred(reference, base), **self.held(node, base, keywords)}
        address, name = identifier_of(node, keywords.dialect)
        base = join_reference(base, address) if address else base
        if "required" in node or "allOf" in node:
            unasked |= self.unasked(node)
        out = self.keywords(node, base, keywords, unasked)
        out.update({key: value for key, value in (("$id", address), ("$anchor", name)) if value})
        if isinstance(reference, str):
            out.update(self.referred(reference, base))
        if "$dynamicRef" in out:
            self.refer_dynamically(out, base)
        if keywords.dialect is DRAFT_2019_09 and node.get("$recursiveRef") == "#":
            self.refer_recursively(out, base)
        keywords.repair(out)
        if unasked and "required" in out:
            out["required"] = [name for name in out["required"] if name not in unasked]
        return out

    def held(self, node: dict[str, Json], base: str, keywords: Keywords) -> dict[str, Json]:
        """The schemas that are only kept in a schema, for references."""
        held = {name: self.applicator(name, node[name], base, keywords) for name in HOLDERS & node.keys()}
        if keywords.dialect is OPENAPI_30:
            return {}
        return {name: value for name, value in held.items() if value is not None}

    def refer_dynamically(self, out: dict[str, Json], base: str) -> None:
        """A `$dynamicRef`, absolute; without an anchor in it, it is a reference like any other
        (JSON Schema 2020-12 Core, section 8.2.3.2)."""
        uri, fragment = split_reference(base, out["$dynamicRef"])
        if (base, out["$dynamicRef"]) in self.survey.lost:
            del out["$dynamicRef"]
        elif fragment and not fragment.startswith("/"):
            out["$dynamicRef"] = f"{uri}#{fragment}"
        else:
            target = {"$ref": self.reference(out.pop("$dynamicRef"), base)}
            out["allOf"] = [*out.get("allOf", ()), target]

    def refer_recursively(self, out: dict[str, Json], base: str) -> None:
        """`$recursiveRef: "#"`: dynamic where the resource allows it (2019-09 Core, section 8.2.4.2.1)."""
        resource = self.survey.identified.get(base)
        if isinstance(resource, dict) and resource.get("$recursiveAnchor") is True:
            out["$dynamicRef"] = f"{base}#{RECURSIVE}"
        else:
            out["allOf"] = [*out.get("allOf", ()), {"$ref": self.reference("#", base)}]

    def keywords(
        self, node: dict[str, Json], base: str, keywords: Keywords, unasked: frozenset[str]
    ) -> dict[str, Json]:
        kept, applicators = keywords.kept, keywords.applicators
        out: dict[str, Json] = {}
        for name, value in node.items():
            if name in applicators:
                lowered = self.applicator(name, value, base, keywords, unasked)
                if lowered is not None:
                    out[name] = lowered
            elif name in NULLABLE and name != self.version.nullable:
                continue
            elif name in kept and kept[name](value):
                usable = self.usable(value) if name == "pattern" else value
                if usable is not None or name != "pattern":
                    out[name] = usable
        bounds = RANGES.get(out["format"]) if "format" in out else None
        if bounds and out.get("type") != "string":
            _narrow(out, *bounds)
            if out["format"] in WHOLE and out.get("type") != "integer":
                _ask_for_whole(out)
        return out

    def applicator(
        self, name: str, value: Json, base: str, keywords: Keywords, unasked: frozenset[str] = frozenset()
    ) -> Json:
        shape = SCHEMA_FIELDS[name][0]
        if shape == "map":
            return self.map(name, value, base, keywords) if isinstance(value, dict) else None
        if isinstance(value, list) and (shape == "list" or "additionalItems" in keywords.applicators):
            if shape == "list" and not value:
                return None
            if name == "allOf" and unasked:
                return [self.member(each, base, keywords, unasked) for each in value]
            return [self.schema(each, base, keywords) for each in value]
        is_one = shape == "one" and isinstance(value, dict | bool)
        return self.schema(value, base, keywords) if is_one else None

    def map(self, name: str, value: dict[str, Json], base: str, keywords: Keywords) -> dict[str, Json]:
        if name == "dependencies":  # up to draft 7: schemas, or the names of properties
            names = {key: each for key, each in value.items() if isinstance(each, list)}
            value = {key: each for key, each in value.items() if key not in names}
            listed = {key: each for key, each in names.items() if is_names(each)}
            return {**listed, **{key: self.schema(each, base, keywords) for key, each in value.items()}}
        keys = {key: self.usable(key) if name == "patternProperties" else key for key in value}
        return {
            kept: self.schema(value[key], base, keywords) for key, kept in keys.items() if kept is not None
        }

    def member(self, node: Json, base: str, keywords: Keywords, unasked: frozenset[str]) -> Schema:
        """A member of an allOf; one elsewhere that asks for what the whole does not is copied."""
        if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
            return self.schema(node, base, keywords, unasked)
        pointer, target = follow(self.data, "", {"$ref": node["$ref"]})
        asks = any(unasked.intersection(part["required"]) for part in self.parts(target) if _is_asking(part))
        named = self.survey.identified or self.survey.anchors  # a second one of a name would be ambiguous
        if not asks or named or len(node) > 1 or pointer in self.copying:
            return self.schema(node, base, keywords)
        self.copying.add(pointer)
        copy = self.schema(target, base, self.keywords_at(pointer), unasked)
        self.copying.discard(pointer)
        return copy

    def referred(self, reference: str, base: str) -> dict[str, Json]:
        """A `$ref`; one that leads nowhere is left out, as the survey reports."""
        return {} if (base, reference) in self.survey.lost else {"$ref": self.reference(reference, base)}

    def reference(self, reference: str, base: str) -> str:
        uri, fragment = split_reference(base, reference)
        if uri == self.survey.base and fragment in self.survey.schemas:
            return definition_reference(uri, fragment)
        if fragment.startswith("/") and uri in self.survey.identified:
            path = lowered_path(self.survey.identified[uri], path_of(fragment))
            return f"{uri}#{quote(pointer_of(path), safe=_IN_FRAGMENT)}"
        # Absolute, so that the schema means the same wherever it is compiled from.
        return join_reference(base, reference) if not reference.startswith("#") else f"{uri}{reference}"

    def usable(self, pattern: str) -> str | None:
        """The pattern as it can be compiled, or None: then it is left out, as `check_keywords` reports."""
        if pattern not in self.patterns:
            self.patterns[pattern] = usable_pattern(pattern)
        return self.patterns[pattern]

    def unasked(self, node: dict[str, Json]) -> frozenset[str]:
        """The required properties that this direction does not ask for, through allOf and references."""
        parts = list(self.parts(node)) if "allOf" in node or "$ref" in node else [node]
        required = {name for part in parts if _is_asking(part) for name in part["required"]}
        return frozenset(name for name in required if any(self.is_marked(part, name) for part in parts))

    def is_marked(self, node: dict[str, Json], name: str) -> bool:
        properties = node.get("properties")
        schema = properties.get(name) if isinstance(properties, dict) else None
        if not isinstance(schema, dict):
            return False
        marker = NOT_ASKED_FOR[self.direction]
        return schema.get(marker) is True or any(each.get(marker) is True for each in self.parts(schema))

    def parts(self, node: Json) -> Iterator[dict[str, Json]]:
        """A schema with all that apply together with it: what its reference leads to, and its allOf."""
        seen: set[int] = set()
        pending = [node]
        while pending:
            node = pending.pop()
            if not isinstance(node, dict) or id(node) in seen:
                continue
            seen.add(id(node))
            if isinstance(node.get("$ref"), str):
                pending.append(follow(self.data, "", node)[1])
                if not self.version.dialect.references_have_siblings:
                    continue
            yield node
            members = node.get("allOf")
            pending.extend(members if isinstance(members, list) else ())


def _is_asking(node: dict[str, Json]) -> bool:
    return is_names(node.get("required"))


def _ask_for_whole(out: dict[str, Json]) -> None:
    if "multipleOf" in out:
        out["allOf"] = [*out.get("allOf", ()), {"multipleOf": 1}]
    else:
        out["multipleOf"] = 1


def _narrow(out: dict[str, Json], least: float, most: float) -> None:
    """The range of a number format, beside whatever bounds there are."""
    low: Json = out.get("minimum")
    high: Json = out.get("maximum")
    if not is_number(low) or low < least:
        out["minimum"] = least
        if out.get("exclusiveMinimum") is True:
            del out["exclusiveMinimum"]
    if not is_number(high) or high > most:
        out["maximum"] = most
        if out.get("exclusiveMaximum") is True:
            del out["exclusiveMaximum"]
