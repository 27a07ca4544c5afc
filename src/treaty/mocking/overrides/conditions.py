"""Conditions on a request: equality, patterns, ranges, presence.

A value is the one that the contract reads, or the text as sent where it does not speak of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote_plus

import jsonschema_rs

from treaty.contract.patterns import usable_pattern
from treaty.contract.schemas import PATTERN_OPTIONS
from treaty.document.library import value_at
from treaty.exchange.call import Call
from treaty.exchange.messages import combined
from treaty.exchange.styles import split_cookies, split_query
from treaty.findings import Json, pointer_of

PARTS = ("path", "query", "header", "cookie", "body")
OPERATORS = ("equals", "one_of", "pattern", "minimum", "maximum", "present")


class _Absent:
    """What a request has no value for: `null` is one."""


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Condition:
    """What one value of a request must be; each of the tests that is not None.

    `name` is that of a parameter; of the body, a property or a JSON Pointer.
    """

    part: str
    name: str
    one_of: tuple[Json, ...] | None = None
    pattern: jsonschema_rs.Draft202012Validator | None = None
    minimum: float | None = None
    maximum: float | None = None
    present: bool = True

    def holds(self, call: Call) -> bool:
        """Is it so?"""
        value = value_of(call, self.part, self.name)
        if value is ABSENT or not self.present:
            return (value is not ABSENT) is self.present
        if self.one_of is not None and not any(_same(value, each) for each in self.one_of):
            return False
        if self.pattern is not None and not self.pattern.is_valid(_text(value)):
            return False
        return self._in_range(value)

    def _in_range(self, value: Json) -> bool:
        if self.minimum is None and self.maximum is None:
            return True
        number = _number(value)
        return (
            number is not None
            and (self.minimum is None or number >= self.minimum)
            and (self.maximum is None or number <= self.maximum)
        )


def read_condition(part: str, name: str, wanted: Json) -> Condition:
    """A condition as it is written: a value, or an object of operators. Raises `ValueError`."""
    if not isinstance(wanted, dict):
        return Condition(part, name, (wanted,))
    unknown = [key for key in wanted if key not in OPERATORS]
    if unknown or not wanted:
        told = f"`{unknown[0]}` is no test of a value" if unknown else "there is no test in it"
        raise ValueError(f"{told}: {', '.join(OPERATORS)} are")
    minimum, maximum, present = wanted.get("minimum"), wanted.get("maximum"), wanted.get("present", True)
    for key, each in (("minimum", minimum), ("maximum", maximum)):
        if each is not None and _number(each) is None:
            raise ValueError(f"`{key}` must be a number")
    if not isinstance(present, bool):
        raise ValueError("`present` must be true or false")
    one_of = wanted.get("one_of", [wanted["equals"]] if "equals" in wanted else None)
    if one_of is not None and not isinstance(one_of, list):
        raise ValueError("`one_of` must be a list of values")
    return Condition(
        part,
        name,
        None if one_of is None else tuple(one_of),
        _pattern(wanted["pattern"]) if "pattern" in wanted else None,
        None if minimum is None else float(minimum),
        None if maximum is None else float(maximum),
        present,
    )


def value_of(call: Call, part: str, name: str) -> Json | _Absent:
    """What the request has under this name, or `ABSENT`."""
    if part == "body":
        return _in_body(call.body, name if name.startswith("/") else pointer_of((name,)))
    read = {"path": call.path, "query": call.query, "header": call.headers, "cookie": call.cookies}[part]
    for key, value in read.items():
        if key == name or (part == "header" and key.lower() == name.lower()):
            return value
    return _as_sent(call, part, name)


def _as_sent(call: Call, part: str, name: str) -> str | _Absent:
    request = call.request
    if part == "header":
        value = combined(request.headers, name)
        return ABSENT if value is None else value
    pairs = []
    if part == "query":
        pairs = [(key, unquote_plus(value)) for key, value in split_query(request.query)]
    elif part == "cookie":
        pairs = split_cookies(request.header("cookie") or "")
    return next((value for key, value in pairs if key == name), ABSENT)


def _in_body(body: Json, pointer: str) -> Json | _Absent:
    try:
        return value_at(body, pointer)
    except LookupError:
        return ABSENT


def _same(value: Json, wanted: Json) -> bool:
    """Equality as in JSON; what was sent as text is that text however it is written in the file."""
    if isinstance(value, bool) is isinstance(wanted, bool) and value == wanted:
        return True
    return isinstance(value, str) and not isinstance(wanted, dict | list) and value == _text(wanted)


def _text(value: Json) -> str:
    if isinstance(value, bool) or value is None:
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _number(value: Json) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None


def _pattern(text: Json) -> jsonschema_rs.Draft202012Validator:
    usable = usable_pattern(text) if isinstance(text, str) else None
    if usable is None:
        raise ValueError(f"`{text}` is no regular expression (ECMA-262)")
    return jsonschema_rs.Draft202012Validator({"pattern": usable}, pattern_options=PATTERN_OPTIONS)
