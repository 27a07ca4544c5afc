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
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

import jsonschema_rs

from treaty.document.library import join_reference, split_reference
from treaty.document.operations import follow
from treaty.document.survey import Survey
from treaty.document.versions import SCHEMA_FIELDS, Version
from treaty.findings import Json

Direction = Literal["request", "response"]
Schema = dict[str, Json] | bool

# A property marked so is not asked for in this direction.
NOT_ASKED_FOR: dict[Direction, str] = {"request": "readOnly", "response": "writeOnly"}

_TYPES = ("null", "boolean", "object", "array", "number", "string", "integer")
_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


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


def is_regular_expression(pattern: str) -> bool:
    """Can the validator compile the pattern?"""
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except ValueError:
        return False
    return True


def definition_reference(base: str, pointer: str) -> str:
    """The absolute reference of the lowered root schema at a JSON Pointer of the document."""
    return f"{base}#/$defs/" + quote(
        pointer.replace("~", "~0").replace("/", "~1"), safe="~!$&'()*+,;=:@/?-._"
    )


@dataclass(slots=True)
class Lowering:
    """Lowers the schemas of one document for one direction, each when it is asked for."""

    data: Json
    survey: Survey
    version: Version
    direction: Direction
    definitions: dict[str, Schema] = field(default_factory=dict)
    patterns: dict[str, bool] = field(default_factory=dict)

    def definition(self, pointer: str) -> Schema:
        """The lowered root schema at a pointer of the document."""
        found = self.definitions.get(pointer)
        if found is None:
            found = self.definitions[pointer] = self.schema(self.survey.schemas[pointer], self.survey.base)
        return found

    def schema(self, node: Json, base: str) -> Schema:
        if not isinstance(node, dict):
            return node if isinstance(node, bool) else True
        reference = node.get("$ref")
        if isinstance(reference, str) and not self.version.references_have_siblings:
            return {"$ref": self.reference(reference, base)}
        if isinstance(node.get("$id"), str) and self.version.dialect == "2020-12":
            base = join_reference(base, node["$id"])
        out = self.keywords(node, base)
        if isinstance(reference, str):
            out["$ref"] = self.reference(reference, base)
        if "$dynamicRef" in out and out["$dynamicRef"].partition("#")[2].startswith("/"):
            # Without an anchor in it, it is a reference like any other (JSON Schema Core, section 8.2.3.2).
            target = {"$ref": self.reference(out.pop("$dynamicRef"), base)}
            out["allOf"] = [*out.get("allOf", ()), target]
        _DIALECT_REPAIRS[self.version.dialect](out)
        self.ask_for(out, node)
        return out

    def keywords(self, node: dict[str, Json], base: str) -> dict[str, Json]:
        kept, applicators = _KEPT[self.version.dialect], _APPLICATORS[self.version.dialect]
        out: dict[str, Json] = {}
        for name, value in node.items():
            if name in applicators:
                lowered = self.applicator(name, value, base)
                if lowered is not None:
                    out[name] = lowered
            elif name in kept and kept[name](value) and (name != "pattern" or self.is_usable(value)):
                out[name] = value
        bounds = _RANGES.get(str(out.get("format"))) if "format" in out else None
        if bounds and out.get("type") != "string":
            _narrow(out, *bounds)
        return out

    def applicator(self, name: str, value: Json, base: str) -> Json:
        shape = SCHEMA_FIELDS[name][0]
        if shape == "map":
            if not isinstance(value, dict):
                return None
            return {
                key: self.schema(each, base)
                for key, each in value.items()
                if name != "patternProperties" or self.is_usable(key)
            }
        if shape == "list":
            return [self.schema(each, base) for each in value] if isinstance(value, list) and value else None
        return self.schema(value, base) if isinstance(value, dict | bool) else None

    def reference(self, reference: str, base: str) -> str:
        uri, fragment = split_reference(base, reference)
        if uri == self.survey.base and fragment in self.survey.schemas:
            return definition_reference(uri, fragment)
        # Absolute, so that the schema means the same wherever it is compiled from.
        return join_reference(base, reference) if not reference.startswith("#") else f"{uri}{reference}"

    def is_usable(self, pattern: str) -> bool:
        """Can the pattern be compiled? One that cannot is left out; `patterns` reports it."""
        if pattern not in self.patterns:
            self.patterns[pattern] = is_regular_expression(pattern)
        return self.patterns[pattern]

    def ask_for(self, out: dict[str, Json], node: dict[str, Json]) -> None:
        """Take out of `required` what this direction does not ask for, through allOf and references."""
        required = out.get("required")
        if not required:
            return
        marker = NOT_ASKED_FOR[self.direction]
        names = {name for name in required if self.is_marked(node, name, marker, 0)}
        if names:
            out["required"] = [name for name in required if name not in names]

    def is_marked(self, node: Json, name: str, marker: str, depth: int) -> bool:
        _, node = follow(self.data, "", node) if isinstance(node, dict) and "$ref" in node else ("", node)
        if not isinstance(node, dict) or depth > 8:
            return False
        properties = node.get("properties")
        schema = properties.get(name) if isinstance(properties, dict) else None
        if isinstance(schema, dict) and self.says(schema, marker, 0):
            return True
        members = node.get("allOf")
        return isinstance(members, list) and any(
            self.is_marked(each, name, marker, depth + 1) for each in members
        )

    def says(self, schema: Json, marker: str, depth: int) -> bool:
        if not isinstance(schema, dict) or depth > 8:
            return False
        if schema.get(marker) is True:
            return True
        if isinstance(schema.get("$ref"), str):
            return self.says(follow(self.data, "", schema)[1], marker, depth + 1)
        members = schema.get("allOf")
        return isinstance(members, list) and any(self.says(each, marker, depth + 1) for each in members)


def _narrow(out: dict[str, Json], least: int, most: int) -> None:
    """The range of an integer format, beside whatever bounds there are."""
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
