"""A compiled schema, and what it finds wrong with a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import jsonschema_rs

from treaty.findings import Json


@dataclass(frozen=True, slots=True)
class SchemaError:
    """One keyword that a value breaks: where in the value, where the keyword stands, what is wrong."""

    path: tuple[str | int, ...]
    keyword: str
    message: str
    value: Json
    schema_location: str


@dataclass(frozen=True, slots=True)
class Validator:
    """Judges values by one schema.

    With a `member` the compiled schema is one of many compiled together: it judges the
    member of that name of an object, so that schemas which lead to each other share
    their compiled form instead of each having a copy of all.
    """

    compiled: jsonschema_rs.Validator
    member: str | None = None

    def accepts(self, value: Json) -> bool:
        """Is the value valid? A value that is not JSON is not."""
        try:
            return self.compiled.is_valid(value if self.member is None else {self.member: value})
        except ValueError:
            return False

    def errors(self, value: Json) -> Iterator[SchemaError]:
        """What is wrong with the value; the branches of a failed anyOf or oneOf are told as one."""
        skip = 0 if self.member is None else 1
        try:
            for error in self.compiled.iter_errors(value if self.member is None else {self.member: value}):
                yield SchemaError(
                    tuple(error.instance_path[skip:]),
                    error.kind.name,
                    error.message,
                    error.instance,
                    error.absolute_keyword_location or "",
                )
        except ValueError as error:
            yield SchemaError((), "json", f"not a JSON value: {error}", None, "")
