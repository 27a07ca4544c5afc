"""OpenAPI schemas as JSON Schema 2020-12, and the judgement of values by `jsonschema`."""

from __future__ import annotations

import math
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from jsonschema import (  # type: ignore[import-untyped]  # its stubs are another package
    Draft202012Validator,
    FormatChecker,
)
from referencing import Registry
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .reading import Library, Place

Direction = Literal["request", "response"]

_ONE = ("not", "items", "additionalProperties", "contains", "propertyNames", "if", "then", "else")
_ONE_31 = (*_ONE, "unevaluatedItems", "unevaluatedProperties")
_MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "dependentSchemas")
_KEPT_30 = ["type", "format", "enum", "multipleOf", "maximum", "minimum", "maxLength", "minLength", "pattern"]
_KEPT_30 += ["maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties", "required", "default"]
_KEPT_30 += ["example"]
_KEPT_31 = [*_KEPT_30, "const", "exclusiveMaximum", "exclusiveMinimum", "maxContains", "minContains"]
_KEPT_31 += ["dependentRequired", "examples"]
_KEYS_30 = {"not", "items", "additionalProperties", "allOf", "anyOf", "oneOf", "properties"}
_UNKNOWN_HERE = ("$dynamicRef", "$id", "$anchor", "$dynamicAnchor")

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")

# The OpenAPI Format Registry: the numbers of a format; those of 64 bits may also be texts.
_RANGES = {f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)}
_RANGES |= {f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)}
# IEEE 754-2019, table 3.5: the largest number of binary32 is (2 - 2^-23) * 2^127.
# What rounds to a finite binary32 (IEEE 754, section 4.3.1): less than half a step beyond the greatest.
_FLOAT = math.nextafter((2 - 2**-24) * 2.0**127, 0)
_RANGES["float"] = (-_FLOAT, _FLOAT)  # type: ignore[assignment]
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_TEXTS = {
    "uri": _URI,
    "uri-reference": re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*"),  # RFC 3986, 2
    "byte": re.compile("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"),  # RFC 4648, 4
    "decimal": re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"),
    "hostname": re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*"),  # RFC 1123, section 2.1
}


def _formats() -> FormatChecker:
    known = ("date-time", "date", "uuid", "email", "ipv4", "ipv6", "time", "regex")
    # Those of the dialect: in draft 3 a time had no offset.
    dialect = Draft202012Validator.FORMAT_CHECKER.checkers
    checker = FormatChecker(formats=())
    checker.checkers = {name: dialect[name] for name in known}
    for name, (least, most) in _RANGES.items():
        checker.checkers[name] = (partial(_within, least, most, name.endswith("64")), ())
    for name, pattern in _TEXTS.items():
        checker.checkers[name] = (partial(_follows, pattern), ())
    return checker


def _within(least: float, most: float, has_texts: bool, value: object) -> bool:
    if isinstance(value, str) and has_texts:
        return re.fullmatch("[+-]?[0-9]{1,40}", value) is not None and least <= int(value) <= most
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return not is_number or least <= value <= most


def _follows(pattern: re.Pattern[str], value: object) -> bool:
    return not isinstance(value, str) or pattern.fullmatch(value) is not None


class Schemas:
    """The schemas of one document in one direction, translated when first asked for.

    A schema that a `$ref` names becomes a resource of its own, so cycles cost nothing.
    """

    def __init__(self, library: Library, version: str, direction: Direction, *, forbids: bool = True) -> None:
        """`forbids` read-only properties in requests, as one who writes them does.

        One who judges them does not: since OpenAPI 3.0 they only SHOULD NOT be sent.
        """
        self.version = version
        self._forbids = forbids
        self._library = library
        self._direction = direction
        self._modern = version >= "3.1"
        self._names: dict[int, str] = {}
        self._waiting: list[tuple[str, Place]] = []
        self._resources: dict[str, Any] = {}
        self._registry: Registry[Any] = Registry()
        self._validators: dict[str, Draft202012Validator] = {}
        self._formats = _formats()

    def named(self, place: Place) -> dict[str, Any]:
        """A JSON Schema that refers to the translated schema at `place`."""
        name = self._name(place)
        self._translate_waiting()
        return {"$ref": name}

    def lookup(self, name: str) -> Any:
        """The translated schema behind a `$ref` of a translated schema."""
        return self._resources[name]

    def property_names(self, place: Place) -> frozenset[str]:
        """The properties a schema speaks of, in all that it is made of."""
        names: set[str] = set()
        pending: list[Any] = [self.named(place)]
        met: set[str] = set()
        while pending:
            schema = pending.pop()
            if not isinstance(schema, dict) or schema.get("$ref", "") in met:
                continue
            if "$ref" in schema:
                met.add(schema["$ref"])
                pending.append(self.lookup(schema["$ref"]))
            names.update(schema.get("properties", ()))
            for key in _MANY[:3]:
                pending.extend(schema.get(key, ()))
        return frozenset(names)

    def reach(self, place: Place) -> int:
        """How many translated schemas a schema leads to."""
        met: set[str] = set()
        pending: list[Any] = [self.named(place)]
        while pending:
            node = pending.pop()
            if isinstance(node, dict):
                reference = node.get("$ref")
                if isinstance(reference, str) and reference in self._resources and reference not in met:
                    met.add(reference)
                    pending.append(self.lookup(reference))
                pending.extend(node.values())
            elif isinstance(node, list):
                pending.extend(node)
        return len(met)

    def complaints(self, place: Place, value: Any) -> list[str]:
        """What is wrong with a value, by the schema at `place`; empty when it is valid."""
        reference = self.named(place)["$ref"]
        if reference not in self._validators:
            self._validators[reference] = self.validator({"$ref": reference})
        return [_complaint(error) for error in self._validators[reference].iter_errors(value)]

    def validator(self, schema: Mapping[str, Any]) -> Draft202012Validator:
        """A validator of a translated schema."""
        return Draft202012Validator(schema, registry=self._registry, format_checker=self._formats)

    def _name(self, place: Place) -> str:
        # The parsed files live as long as the library, so the identity of a value is its address.
        key = id(place.value)
        if key not in self._names:
            self._names[key] = f"urn:schema:{len(self._names)}"
            self._waiting.append((self._names[key], place))
        return self._names[key]

    def _translate_waiting(self) -> None:
        added = []
        while self._waiting:
            name, place = self._waiting.pop()
            self._resources[name] = self._translate(place)
            added.append((name, DRAFT202012.create_resource(self._resources[name])))
        if added:
            self._registry = self._registry.with_resources(added)

    def _translate(self, place: Place) -> Any:
        schema = place.value
        if schema is None or isinstance(schema, bool):
            return schema is not False
        if "$ref" in schema and not self._modern:
            return {"$ref": self._name(self._library.follow(place))}
        if unknown := [key for key in _UNKNOWN_HERE if key in schema]:
            raise NotImplementedError(f"{unknown} in {place.file}")
        result = self._plain(schema) | dict(self._nested(place))
        if "$ref" in schema:
            result["$ref"] = self._name(self._library.follow(place))
        self._apply_direction(place, result)
        if self.version == "2.0" and schema.get("x-nullable") is True:
            return {"anyOf": [{"type": "null"}, result]}
        return result

    def _plain(self, schema: dict[str, Any]) -> dict[str, Any]:
        result = {key: schema[key] for key in (_KEPT_31 if self._modern else _KEPT_30) if key in schema}
        if not isinstance(result.get("required", []), list):
            del result["required"]  # a parameter object of Swagger 2.0, read as its schema
        if result.get("type") == "file":
            del result["type"]
        for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if self._modern and isinstance(result.get(exclusive), bool):
                del result[exclusive]  # has no meaning in 3.1: the document is wrong there
            elif not self._modern and schema.get(exclusive) is True and bound in result:
                result[exclusive] = result.pop(bound)
        # OpenAPI 3.0.3, Schema Object: nullable adds null to the type beside it; enum refuses null still.
        is_nullable = self.version.startswith("3.0") and schema.get("nullable") is True
        if is_nullable and isinstance(result.get("type"), str):
            result["type"] = [result["type"], "null"]
        return result

    def _nested(self, place: Place) -> Iterator[tuple[str, Any]]:
        for key, value in place.value.items():
            if not self._modern and key not in _KEYS_30:
                continue
            if key in _ONE_31:
                yield key, self._translate(place._replace(value=value))
            elif key in _MANY:
                yield key, [self._translate(place._replace(value=each)) for each in value]
            elif key in _NAMED:
                listed = self._listed(place, key)
                yield (
                    key,
                    {
                        name: self._translate(listed._replace(value=each))
                        for name, each in listed.value.items()
                    },
                )

    def _listed(self, place: Place, key: str) -> Place:
        # Some published documents write a reference where the map of properties stands.
        return self._library.follow(place._replace(value=place.value.get(key) or {}))

    def _apply_direction(self, place: Place, result: dict[str, Any]) -> None:
        """Required ends for properties of the other direction, and a request never sends them."""
        flag = "writeOnly" if self._direction == "response" else "readOnly"
        listed = self._listed(place, "properties")
        for name, value in listed.value.items():
            final = self._library.follow(listed._replace(value=value)).value
            marked = any(isinstance(each, dict) and each.get(flag) is True for each in (value, final))
            if not marked:
                continue
            if name in result.get("required", ()):
                result["required"] = [each for each in result["required"] if each != name]
            if self._direction == "request" and self._forbids:
                result["properties"][name] = False


def _complaint(error: Any) -> str:
    where = "/".join(str(part) for part in error.absolute_path)
    return f"/{where}: {error.message[:200]}"
