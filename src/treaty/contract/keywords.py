"""Keywords: what a schema of each dialect may say, and how that is said in JSON Schema 2020-12."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from treaty.document.dialects import (
    DRAFT_4,
    DRAFT_6,
    DRAFT_7,
    DRAFT_2019_09,
    DRAFT_2020_12,
    OPENAPI_30,
    Dialect,
)
from treaty.document.library import value_at
from treaty.document.versions import SCHEMA_FIELDS
from treaty.findings import Json, pointer_of

# The name that every `$recursiveAnchor` of 2019-09 has as a dynamic anchor.
RECURSIVE: Final = "recursive"
# What allows null as well: of 3.0, and an extension of 2.0 that users and tools agree on.
NULLABLE: Final = frozenset({"nullable", "x-nullable"})

MAX_DESCRIPTION: Final = 300  # characters
_TYPES = ("null", "boolean", "object", "array", "number", "string", "integer")


@dataclass(frozen=True, slots=True)
class Keywords:
    """The keywords of a dialect.

    `kept` are those that are kept as they are, and when: one that is malformed cannot be compiled,
    so it is left out; the structural check has reported it. `applicators` hold schemas. `repair`
    rewrites a schema, lowered but for its keywords' names, in place.
    """

    dialect: Dialect
    kept: dict[str, Callable[[Json], bool]]
    applicators: frozenset[str]
    repair: Callable[[dict[str, Json]], None]

    def of_vocabularies(self, listed: dict[str, Json]) -> Keywords:
        """Without the keywords of the vocabularies that are not listed (2020-12 Core, section 8.1.2)."""
        known = {uri.rpartition("/")[2] for uri in listed}
        absent = {
            name for vocabulary, names in _VOCABULARIES.items() if vocabulary not in known for name in names
        }
        kept = {name: check for name, check in self.kept.items() if name not in absent}
        return replace(self, kept=kept, applicators=self.applicators - absent)


def is_count(value: Json) -> bool:
    return is_number(value) and value >= 0 and value == int(value)


def is_number(value: Json) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def is_names(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_names_by_name(value: Json) -> bool:
    return isinstance(value, dict) and all(is_names(each) for each in value.values())


def _is_positive(value: Json) -> bool:
    return is_number(value) and value > 0


def _is(kind: type) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, kind)


def _is_type(value: Json) -> bool:
    if isinstance(value, str):
        return value in _TYPES
    return is_names(value) and bool(value) and set(value) <= set(_TYPES)


def _any(_: Json) -> bool:
    return True


def _exclusive_bounds(out: dict[str, Json]) -> None:
    """Booleans beside a bound, which take its place."""
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if out.pop(exclusive, False) and bound in out:
            out[exclusive] = out.pop(bound)


def _from_openapi_30(out: dict[str, Json]) -> None:
    """`nullable` and boolean exclusive bounds, as 2.0 and 3.0 have them.

    `nullable` of 3.0 adds to the type, and nothing else. `x-nullable` allows null whatever else is said
    beside it, for that is how it is meant; other keywords of 2.0 have nothing against null.
    """
    nullable, extension = out.pop("nullable", False), out.pop("x-nullable", False)
    if extension and out.get("enum") and None not in out["enum"]:
        out["enum"] = [*out["enum"], None]
    if extension and "allOf" in out and "anyOf" not in out:
        out["anyOf"] = [{"allOf": out.pop("allOf")}, {"type": "null"}]
    if (nullable or extension) and "type" in out:
        types = [out["type"]] if isinstance(out["type"], str) else out["type"]
        out["type"] = [*types, "null"] if "null" not in types else types
    _exclusive_bounds(out)
    if "enum" in out and not out["enum"]:
        del out["enum"]


def _from_2020_12(out: dict[str, Json]) -> None:
    if "required" in out:
        out["required"] = list(dict.fromkeys(out["required"]))


def _from_2019_09(out: dict[str, Json]) -> None:
    """Tuples; and `contains`, which leaves the items it finds to `unevaluatedItems`."""
    _from_2020_12(out)
    _tuples(out)
    if out.pop("$recursiveAnchor", False) and "$id" in out:
        out["$dynamicAnchor"] = RECURSIVE
    found = {name: out.pop(name) for name in ("contains", "minContains", "maxContains") if name in out}
    if "contains" in found:  # what stands below a `not` has evaluated nothing (Core, section 7.7.1.2)
        out["allOf"] = [*out.get("allOf", ()), {"not": {"not": found}}]


def _from_draft_7(out: dict[str, Json]) -> None:
    """Also draft 6: tuples, and the dependencies that were one keyword."""
    _from_2020_12(out)
    _tuples(out)
    dependencies = out.pop("dependencies", {})
    names = {key: value for key, value in dependencies.items() if isinstance(value, list)}
    schemas = {key: value for key, value in dependencies.items() if not isinstance(value, list)}
    if names:
        out["dependentRequired"] = names
    if schemas:
        out["dependentSchemas"] = schemas


def _from_draft_4(out: dict[str, Json]) -> None:
    _from_draft_7(out)
    _exclusive_bounds(out)


def _tuples(out: dict[str, Json]) -> None:
    """`items` as a list is for the first items, and only beside it `additionalItems` is for the others."""
    others = out.pop("additionalItems", True)
    if isinstance(out.get("items"), list):
        first = out.pop("items")
        if first:
            out["prefixItems"] = first
        if others is not True:
            out["items"] = others


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
    "required": is_names,
    "format": _is(str),
    "default": _any,
    "example": _any,
    "readOnly": _is(bool),
    "writeOnly": _is(bool),
    "discriminator": _is(dict),
    "xml": _is(dict),
    # What generated data is made by; a long text says no more of a value than its beginning.
    "title": _is(str),
    "description": lambda value: isinstance(value, str) and len(value) <= MAX_DESCRIPTION,
    "x-faker": lambda value: isinstance(value, str | dict),
}
_BOOLEAN_BOUNDS = {"exclusiveMaximum": _is(bool), "exclusiveMinimum": _is(bool)}
_SINCE_DRAFT_6 = {
    **_SHARED,
    "exclusiveMaximum": is_number,
    "exclusiveMinimum": is_number,
    "const": _any,
    "examples": _is(list),
}
_SINCE_DRAFT_7 = {**_SINCE_DRAFT_6, "contentEncoding": _is(str), "contentMediaType": _is(str)}
_SINCE_2019_09 = {
    **_SINCE_DRAFT_7,
    "maxContains": is_count,
    "minContains": is_count,
    "dependentRequired": _is_names_by_name,
}

_OPENAPI_30 = frozenset({"allOf", "anyOf", "oneOf", "not", "items", "properties", "additionalProperties"})
# Where schemas are kept under names, in any draft: references lead there.
HOLDERS: Final = frozenset({"$defs", "definitions"})
_IN_DRAFT_4 = _OPENAPI_30 | HOLDERS | {"patternProperties", "additionalItems", "dependencies"}
_IN_DRAFT_6 = _IN_DRAFT_4 | {"contains", "propertyNames"}
_IN_DRAFT_7 = _IN_DRAFT_6 | {"if", "then", "else"}
_IN_2019_09 = frozenset(SCHEMA_FIELDS) - {"prefixItems", "dependencies"}
_IN_2020_12 = frozenset(SCHEMA_FIELDS) - {"additionalItems", "dependencies"}

# The keywords of the vocabularies of 2020-12, by the last part of their address.
_VOCABULARIES: dict[str, frozenset[str]] = {
    "applicator": _IN_2020_12 - HOLDERS - {"unevaluatedItems", "unevaluatedProperties", "contentSchema"},
    "unevaluated": frozenset({"unevaluatedItems", "unevaluatedProperties"}),
    "validation": frozenset(
        {
            *("type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum"),
            *("exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems"),
            *("uniqueItems", "maxContains", "minContains", "maxProperties", "minProperties"),
            *("required", "dependentRequired"),
        }
    ),
    "content": frozenset({"contentEncoding", "contentMediaType", "contentSchema"}),
}

KEYWORDS: Final[dict[Dialect, Keywords]] = {
    each.dialect: each
    for each in (
        Keywords(
            OPENAPI_30,
            {
                **_SHARED,
                **_BOOLEAN_BOUNDS,
                **dict.fromkeys(NULLABLE, _is(bool)),
                "collectionFormat": _is(str),  # of 2.0: how lists in lists are written
            },
            _OPENAPI_30,
            _from_openapi_30,
        ),
        Keywords(DRAFT_4, {**_SHARED, **_BOOLEAN_BOUNDS}, _IN_DRAFT_4, _from_draft_4),
        Keywords(DRAFT_6, _SINCE_DRAFT_6, _IN_DRAFT_6, _from_draft_7),
        Keywords(DRAFT_7, _SINCE_DRAFT_7, _IN_DRAFT_7, _from_draft_7),
        Keywords(
            DRAFT_2019_09,
            {**_SINCE_2019_09, "$anchor": _is(str), "$recursiveAnchor": _is(bool)},
            _IN_2019_09,
            _from_2019_09,
        ),
        Keywords(
            DRAFT_2020_12,
            {
                **_SINCE_2019_09,
                "$anchor": _is(str),
                "$dynamicAnchor": _is(str),
                "$dynamicRef": _is(str),
            },
            _IN_2020_12,
            _from_2020_12,
        ),
    )
}


def lowered_path(node: Json, path: tuple[str, ...]) -> tuple[str, ...]:
    """A path into a schema, as it is once the schema is lowered."""
    out: list[str] = []
    for part in path:
        out.append(_lowered_name(node, part) if isinstance(node, dict) else part)
        node = _inside(node, part)
    return tuple(out)


def _lowered_name(node: dict[str, Json], name: str) -> str:
    if isinstance(node.get("items"), list) and name in ("items", "additionalItems"):
        return "prefixItems" if name == "items" else "items"
    return "dependentSchemas" if name == "dependencies" else name


def written_path(node: Json, path: tuple[str, ...]) -> tuple[str, ...]:
    """A path into a lowered schema, as it was written; what lowering has put there is left off."""
    out: list[str] = []
    between = 0  # steps through what lowering has put around an allOf
    for part in path:
        if between:
            between -= 1
            continue
        if part == "anyOf" and isinstance(node, dict) and "anyOf" not in node and "allOf" in node:
            between = 1
            continue
        name = _written_name(node, part) if isinstance(node, dict) else part
        node = _inside(node, name)
        if node is None:
            break
        out.append(name)
    return tuple(out)


def _inside(node: Json, name: str) -> Json:
    try:
        return value_at(node, pointer_of((name,)))
    except LookupError:
        return None


# What 2020-12 calls otherwise than an earlier draft did.
_FORMER = {
    "prefixItems": "items",
    "dependentSchemas": "dependencies",
    "dependentRequired": "dependencies",
    "$dynamicRef": "$recursiveRef",
}


def _written_name(node: dict[str, Json], name: str) -> str:
    if name == "items" and isinstance(node.get("items"), list):
        return "additionalItems"
    return name if name in node else _FORMER.get(name, name)
