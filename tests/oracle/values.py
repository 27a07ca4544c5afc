"""Small values that a translated schema accepts; the caller has each judged before using it."""

from __future__ import annotations

import json
import math
import random
from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.strategies import from_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .schemas import Schemas

_FORMATS = {
    "date-time": "2024-02-29T12:30:00Z",
    "date": "2024-02-29",
    "time": "12:30:00Z",
    "duration": "P1D",
    "uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "email": "reader@example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/a",
    "url": "https://example.com/a",
    "uri-reference": "https://example.com/a",
    "hostname": "example.com",
    "byte": "Ynl0ZXM=",
    "base64": "Ynl0ZXM=",
}
_LARGER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_SMALLER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_DEEPEST = 24


class Sampler:
    """Values of translated schemas: the written examples first, then made ones, then luckier ones."""

    def __init__(self, schemas: Schemas, attempts: int = 40) -> None:
        self._schemas = schemas
        self._attempts = attempts

    def candidates(self, schema: Any, examples: tuple[Any, ...] = ()) -> Iterator[Any]:
        """Values that may be valid, best first."""
        yield from examples
        for attempt in range(self._attempts):
            try:
                yield self._make(schema, random.Random(attempt) if attempt else None, 0)  # noqa: S311  # not secret
            except RecursionError:
                continue

    def valid(self, schema: Any, examples: tuple[Any, ...] = ()) -> tuple[Any] | None:
        """The first valid candidate, boxed since it may be null; None when none is found."""
        validator = self._schemas.validator(schema)
        return next(
            ((value,) for value in self.candidates(schema, examples) if validator.is_valid(value)), None
        )

    def _flat(self, schema: Any, luck: random.Random | None, depth: int) -> dict[str, Any]:
        """One schema without references, allOf and alternatives, one alternative having been picked."""
        if depth > _DEEPEST:
            raise RecursionError
        if not isinstance(schema, dict):
            return {}
        flat = {key: schema[key] for key in schema if key not in ("$ref", "allOf", "oneOf", "anyOf")}
        parts = [self._schemas.lookup(schema["$ref"])] if "$ref" in schema else []
        parts += schema.get("allOf", [])
        for key in ("oneOf", "anyOf"):
            if schema.get(key):
                parts.append(luck.choice(schema[key]) if luck else schema[key][0])
        for part in parts:
            flat = _both(flat, self._flat(part, luck, depth + 1))
        return flat

    def _make(self, schema: Any, luck: random.Random | None, depth: int) -> Any:
        flat = self._flat(schema, luck, depth)
        if "const" in flat:
            return flat["const"]
        if flat.get("enum"):
            return luck.choice(flat["enum"]) if luck else flat["enum"][0]
        kind = _type_of(flat, luck)
        if kind == "object":
            return self._make_object(flat, luck, depth)
        if kind == "array":
            return self._make_array(flat, luck, depth)
        return self._make_scalar(flat, kind, luck)

    def _make_object(self, flat: dict[str, Any], luck: random.Random | None, depth: int) -> dict[str, Any]:
        properties = flat.get("properties", {})
        names = list(flat.get("required", []))
        others = [name for name in properties if name not in names and properties[name] is not False]
        if luck and others:
            names += luck.sample(others, luck.randint(0, min(3, len(others))))
        names += [name for name in others if name not in names][: flat.get("minProperties", 0) - len(names)]
        extra = flat.get("additionalProperties", True)
        while len(names) < flat.get("minProperties", 0) and extra is not False:
            names.append(f"key{len(names)}")
        return {name: self._make(properties.get(name, extra), luck, depth + 1) for name in names}

    def _make_array(self, flat: dict[str, Any], luck: random.Random | None, depth: int) -> list[Any]:
        first = flat.get("prefixItems", [])
        least = 1 if flat.get("maxItems", 1) else 0
        length = max(flat.get("minItems", 0), len(first), least if depth < _DEEPEST // 2 else 0)
        kinds = [*first, *[flat.get("items", True)] * length][:length]
        made = [self._make(kind, luck, depth + 1) for kind in kinds]
        if not flat.get("uniqueItems"):
            return made
        distinct = {json.dumps(each, sort_keys=True): each for each in made}
        for attempt in range(50 if len(distinct) < length else 0):
            other = self._make(flat.get("items", True), random.Random(attempt), depth + 1)  # noqa: S311
            distinct.setdefault(json.dumps(other, sort_keys=True), other)
        return list(distinct.values())[:length]

    def _make_scalar(self, flat: dict[str, Any], kind: str, luck: random.Random | None) -> Any:
        written = [flat[key] for key in ("example", "default") if key in flat]
        written += flat["examples"] if isinstance(flat.get("examples"), list) else []
        validator = self._schemas.validator(flat)
        for value in written if luck is None or luck.random() < 0.7 else []:
            if not isinstance(value, dict | list) and value not in ("", None) and validator.is_valid(value):
                return value
        if kind == "boolean":
            return True
        if kind == "null":
            return None
        return _text(flat, luck) if kind == "string" else _number(flat, kind)


def _both(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """A schema that asks for what two schemas ask, as far as sampling needs it."""
    result = second | first
    for key in first.keys() & second.keys():
        one, two = first[key], second[key]
        if key == "required":
            result[key] = [*one, *(name for name in two if name not in one)]
        elif key == "properties":
            common = {name: {"allOf": [one[name], two[name]]} for name in one.keys() & two.keys()}
            result[key] = two | one | common
        elif key == "items" or (key == "additionalProperties" and one is not two):
            result[key] = {"allOf": [one, two]} if False not in (one, two) else False
        elif key == "enum":
            result[key] = [value for value in one if value in two]
        elif key == "type":
            result[key] = [kind for kind in _listed(one) if kind in _listed(two)] or one
        elif key in _LARGER:
            result[key] = max(one, two)
        elif key in _SMALLER:
            result[key] = min(one, two)
    return result


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _type_of(flat: dict[str, Any], luck: random.Random | None) -> str:
    if "type" in flat:
        kinds = [kind for kind in _listed(flat["type"]) if kind != "null"] or ["null"]
        return str(luck.choice(kinds) if luck else kinds[0])
    if {"properties", "required", "minProperties"} & flat.keys():
        return "object"
    if {"items", "prefixItems", "minItems"} & flat.keys():
        return "array"
    return "number" if {"minimum", "maximum", "exclusiveMinimum"} & flat.keys() else "string"


def _number(flat: dict[str, Any], kind: str) -> int | float:
    step = flat.get("multipleOf", 1 if kind == "integer" else 0)
    low = max(flat.get("minimum", -math.inf), flat.get("exclusiveMinimum", -math.inf))
    high = min(flat.get("maximum", math.inf), flat.get("exclusiveMaximum", math.inf))
    if low == -math.inf:
        value = min(1, high) if high != flat.get("exclusiveMaximum") or high > 1 else high - 1
    else:
        value = max(low, min(1, high))
        if value == flat.get("exclusiveMinimum"):
            value = value + (step or 1) if value + (step or 1) < high else (low + high) / 2
    if step:
        value = math.ceil(value / step) * step
    return int(value) if kind == "integer" or value == int(value) else value


def _text(flat: dict[str, Any], luck: random.Random | None) -> str:
    least, most = flat.get("minLength", 0), flat.get("maxLength", math.inf)
    if "pattern" in flat:
        return _matching(flat["pattern"], least, most)
    text = _FORMATS.get(flat.get("format", ""), "text" if luck is None else f"text{luck.randint(0, 999)}")
    if len(text) < least:
        text += "x" * (least - len(text))
    return text if len(text) <= most else text[: int(most)]


@cache
def _matching(pattern: str, least: int, most: float) -> str:
    """A short text that a pattern matches."""
    quick = settings(
        max_examples=2000,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],  # any match will do: looking for the shortest takes a second
        suppress_health_check=list(HealthCheck),
    )
    return find(
        from_regex(pattern),
        lambda text: max(least, 1) <= len(text) <= most and text.isprintable(),
        settings=quick,
    )
