"""Judge a value by its schema: the validator's errors as findings, said for people."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

from treaty.contract.validator import SchemaError, Validator
from treaty.findings import Finding, Json, Location, Place, Severity, pointer_of

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
        _expected(error) if error.allowed else "",
        _shortened(_shown(error.value)),
    )


def _expected(error: SchemaError) -> str:
    return _one_of(error.allowed) if error.keyword == "type" else _shortened(_listed(error.allowed))


@lru_cache(maxsize=128)  # there are few lists of types
def _one_of(types: tuple[str, ...]) -> str:
    return _shortened(_listed(types))


def _listed(allowed: tuple[Json, ...]) -> str:
    return "one of " + ", ".join(map(_shown, allowed))


@lru_cache(maxsize=1024)  # what is wrong is mostly wrong in the same places
def _at(pointer: str) -> Location:
    return Location("", pointer=pointer)


def _shown(value: Json) -> str:
    if isinstance(value, str):  # by far the most
        return repr(value[:MAX_SHOWN])
    if isinstance(value, dict):
        return f"an object with {len(value)} properties"
    if isinstance(value, list):
        return f"an array of {len(value)} items"
    if isinstance(value, bool) or value is None:
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value[:MAX_SHOWN] if isinstance(value, bytes) else value)


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
