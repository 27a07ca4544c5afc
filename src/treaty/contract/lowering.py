"""Lowering: the Schema Objects of every OpenAPI version become JSON Schema 2020-12.

References are kept as references. A document becomes one JSON Schema resource: each root
schema stands in its `$defs` under its JSON Pointer in the document, so anchors,
identifiers and dynamic references keep their meaning.

What a request may leave out differs from what a response may, so there are two
lowerings: `required` does not ask for readOnly properties in a request, nor for
writeOnly ones in a response (OpenAPI 3.0.4, Schema Object; kept by readers of 3.1).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, unquote

from treaty.contract.formats import RANGES
from treaty.contract.patterns import usable_pattern
from treaty.document.library import join_reference, split_reference
from treaty.document.operations import follow
from treaty.document.survey import Survey
from treaty.document.versions import SCHEMA_FIELDS, Version
from treaty.findings import Json

Direction = Literal["request", "response"]
Schema = dict[str, Json] | bool

# A property marked so is not asked for in this direction.
NOT_ASKED_FOR: dict[Direction, str] = {"request": "readOnly", "response": "writeOnly"}

MAX_DESCRIPTION = 300  # characters
_TYPES = ("null", "boolean", "object", "array", "number", "string", "integer")


def is_count(value: Json) -> bool:
    return is_number(value) and value >= 0 and value == int(value)


def is_number(value: Json) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_names(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_names_by_name(value: Json) -> bool:
    return isinstance(value, dict) and all(_is_names(each) for each in value.values())


def _is_positive(value: Json) -> bool:
    return is_number(value) and value > 0


def _is(kind: type) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, kind)


def _is_type(value: Json) -> bool:
    if isinstance(value, str):
        return value in _TYPES
    return _is_names(value) and bool(value) and set(value) <= set(_TYPES)


# Keywords that are kept as they are, and when: one that is malformed cannot be compiled,
# so it is left out here; the structural check has reported it.
_SHARED: dict[str, Callable[[Json], bool]] = {
    "type": _is_type,
    "enum": _is(list),
    "multipleOf": _is_positive,
    "maximum": is_number,
    "minimum": is_number,
    "maxLength": is_count,
    "minLength": is_count,
    "pattern": _is(str),
    "maxItems": is_count,
    "minItems": is_count,
    "uniqueItems": _is(bool),
    "maxProperties": is_count,
    "minProperties": is_count,
    "required": _is_names,
    "format": _is(str),
    "default": lambda _: True,
    "example": lambda _: True,
    "readOnly": _is(bool),
    "writeOnly": _is(bool),
    "discriminator": _is(dict),
    "xml": _is(dict),
    # What generated data is made by; a long text says no more of a value than its beginning.
    "title": _is(str),
    "description": lambda value: isinstance(value, str) and len(value) <= MAX_DESCRIPTION,
    "x-faker": lambda value: isinstance(value, str | dict),
}
_KEPT: dict[str, dict[str, Callable[[Json], bool]]] = {
    "draft4": {
        **_SHARED,
        "exclusiveMaximum": _is(bool),
        "exclusiveMinimum": _is(bool),
        "nullable": _is(bool),
    },
    "2020-12": {
        **_SHARED,
        "exclusiveMaximum": is_number,
        "exclusiveMinimum": is_number,
        "const": lambda _: True,
        "maxContains": is_count,
        "minContains": is_count,
        "dependentRequired": _is_names_by_name,
        "contentEncoding": _is(str),
        "contentMediaType": _is(str),
        "examples": _is(list),
        "$id": _is(str),
        "$anchor": _is(str),
        "$dynamicAnchor": _is(str),
        "$dynamicRef": _is(str),
    },
}
_APPLICATORS: dict[str, frozenset[str]] = {
    "draft4": frozenset({"allOf", "anyOf", "oneOf", "not", "items", "properties", "additionalProperties"}),
    "2020-12": frozenset(SCHEMA_FIELDS),
}


def definition_reference(base: str, pointer: str) -> str:
    """The absolute reference of the lowered root schema at a JSON Pointer of the document."""
    return f"{base}#/$defs/" + quote(
        pointer.replace("~", "~0").replace("/", "~1"), safe="~!$&'()*+,;=:@/?-._"
    )


def document_pointer(schema_location: str) -> str:
    """The place in the document of a keyword of the lowered schemas, by its absolute location."""
    fragment = unquote(schema_location.partition("#")[2])
    if not fragment.startswith("/$defs/"):
        return fragment
    root, slash, rest = fragment[len("/$defs/") :].partition("/")
    return root.replace("~1", "/").replace("~0", "~") + slash + rest


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
            found = self.definitions[pointer] = self.schema(self.survey.schemas[pointer], self.survey.base)
        return found

    def schema(self, node: Json, base: str, unasked: frozenset[str] = frozenset()) -> Schema:
        """A Schema Object lowered; `unasked` are properties an allOf around it does not ask for."""
        if not isinstance(node, dict):
            return node if isinstance(node, bool) else True
        reference = node.get("$ref")
        if isinstance(reference, str) and not self.version.references_have_siblings:
            return {"$ref": self.reference(reference, base)}
        if isinstance(node.get("$id"), str) and self.version.dialect == "2020-12":
            base = join_reference(base, node["$id"])
        if "required" in node or "allOf" in node:
            unasked |= self.unasked(node)
        out = self.keywords(node, base, unasked)
        if isinstance(reference, str):
            out["$ref"] = self.reference(reference, base)
        if "$dynamicRef" in out and out["$dynamicRef"].partition("#")[2].startswith("/"):
            # Without an anchor in it, it is a reference like any other (JSON Schema Core, section 8.2.3.2).
            target = {"$ref": self.reference(out.pop("$dynamicRef"), base)}
            out["allOf"] = [*out.get("allOf", ()), target]
        _DIALECT_REPAIRS[self.version.dialect](out)
        if unasked and "required" in out:
            out["required"] = [name for name in out["required"] if name not in unasked]
        return out

    def keywords(self, node: dict[str, Json], base: str, unasked: frozenset[str]) -> dict[str, Json]:
        kept, applicators = _KEPT[self.version.dialect], _APPLICATORS[self.version.dialect]
        out: dict[str, Json] = {}
        for name, value in node.items():
            if name in applicators:
                lowered = self.applicator(name, value, base, unasked)
                if lowered is not None:
                    out[name] = lowered
            elif name == "nullable" and self.version.name != "3.0":
                continue
            elif name in kept and kept[name](value):
                usable = self.usable(value) if name == "pattern" else value
                if usable is not None or name != "pattern":
                    out[name] = usable
        bounds = RANGES.get(out["format"]) if "format" in out else None
        if bounds and out.get("type") != "string":
            _narrow(out, *bounds)
        return out

    def applicator(self, name: str, value: Json, base: str, unasked: frozenset[str]) -> Json:
        shape = SCHEMA_FIELDS[name][0]
        if shape == "map":
            if not isinstance(value, dict):
                return None
            keys = {key: self.usable(key) if name == "patternProperties" else key for key in value}
            return {kept: self.schema(value[key], base) for key, kept in keys.items() if kept is not None}
        if shape == "list":
            if not isinstance(value, list) or not value:
                return None
            if name == "allOf" and unasked:
                return [self.member(each, base, unasked) for each in value]
            return [self.schema(each, base) for each in value]
        return self.schema(value, base) if isinstance(value, dict | bool) else None

    def member(self, node: Json, base: str, unasked: frozenset[str]) -> Schema:
        """A member of an allOf; one elsewhere that asks for what the whole does not is copied."""
        if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
            return self.schema(node, base, unasked)
        pointer, target = follow(self.data, "", {"$ref": node["$ref"]})
        asks = any(unasked.intersection(part["required"]) for part in self.parts(target) if _is_asking(part))
        named = self.survey.identified or self.survey.anchors  # a second one of a name would be ambiguous
        if not asks or named or len(node) > 1 or pointer in self.copying:
            return self.schema(node, base)
        self.copying.add(pointer)
        copy = self.schema(target, base, unasked)
        self.copying.discard(pointer)
        return copy

    def reference(self, reference: str, base: str) -> str:
        uri, fragment = split_reference(base, reference)
        if uri == self.survey.base and fragment in self.survey.schemas:
            return definition_reference(uri, fragment)
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
                if not self.version.references_have_siblings:
                    continue
            yield node
            members = node.get("allOf")
            pending.extend(members if isinstance(members, list) else ())


def _is_asking(node: dict[str, Json]) -> bool:
    return _is_names(node.get("required"))


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


def _from_draft4(out: dict[str, Json]) -> None:
    """`nullable` and boolean exclusive bounds, as 2.0 and 3.0 have them."""
    nullable = out.pop("nullable", False)
    if nullable and "type" in out:
        types = [out["type"]] if isinstance(out["type"], str) else out["type"]
        out["type"] = [*types, "null"] if "null" not in types else types
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if out.pop(exclusive, False) and bound in out:
            out[exclusive] = out.pop(bound)
    if "enum" in out and not out["enum"]:
        del out["enum"]


def _from_2020_12(out: dict[str, Json]) -> None:
    if "required" in out:
        out["required"] = list(dict.fromkeys(out["required"]))


_DIALECT_REPAIRS: dict[str, Callable[[dict[str, Json]], None]] = {
    "draft4": _from_draft4,
    "2020-12": _from_2020_12,
}
