"""Judge a value by its schema: the validator's errors as findings, said for people."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import islice

from treaty.contract.errors import SchemaError
from treaty.contract.validator import Validator
from treaty.findings import Finding, Json, Location, Place, Severity, plural, pointer_of

MAX_FINDINGS = 50
MAX_SHOWN = 120


def judge(validator: Validator, value: Json, part: str, name: str = "") -> list[Finding]:
    """The findings on a value of a message, at most `MAX_FINDINGS`; none when it is valid."""
    return [] if validator.accepts(value) else explain(validator, value, part, name)


def explain(validator: Validator, value: Json, part: str, name: str = "") -> list[Finding]:
    """The findings on a value that is known to be invalid."""
    return [
        _finding(error, validator.written(error.schema_location), part, name)
        for error in islice(validator.errors(value), MAX_FINDINGS)
    ]


def _finding(error: SchemaError, pointer: str, part: str, name: str) -> Finding:
    return Finding(
        f"schema-{error.keyword}",
        _shortened(error.message),
        Severity.ERROR,
        _at(pointer),
        Place(part, name, pointer_of(error.path) if error.path else ""),
        _expected(error) if error.allowed else _shortened(error.wanted),
        _shortened(_shown(error.value)),
    )


def _expected(error: SchemaError) -> str:
    return " or ".join(error.allowed) if error.keyword == "type" else _shortened(_listed(error.allowed))


def _listed(allowed: tuple[Json, ...]) -> str:
    listed = ", ".join(map(_shown, allowed))
    return listed if len(allowed) == 1 else f"one of {listed}"


@lru_cache(maxsize=1024)  # what is wrong is mostly wrong in the same places
def _at(pointer: str) -> Location:
    return Location("", pointer=pointer)


# A value as it is shown, by its type; of the others it is what Python writes.
_SHOWN: dict[type, Callable[[Json], str]] = {
    str: lambda value: repr(value[:MAX_SHOWN]),
    bytes: lambda value: repr(value[:MAX_SHOWN]),
    dict: lambda value: f"an object with {plural(len(value), 'property', 'properties')}",
    list: lambda value: f"an array of {plural(len(value), 'item')}",
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
}


def _shown(value: Json) -> str:
    return _SHOWN.get(type(value), repr)(value)


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
