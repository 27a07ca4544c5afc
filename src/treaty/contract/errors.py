"""What a compiled schema finds wrong with a value."""

from __future__ import annotations

from dataclasses import dataclass

from treaty.findings import Json


@dataclass(slots=True)  # not frozen: made for each error of each request, and gone with its finding
class SchemaError:
    """One keyword that a value breaks: where in the value, where the keyword stands, what is wrong.

    `allowed` are the types or values that would do, where these are what the keyword lists; `wanted` says
    what would, where it is a bound or a form; `missing` is the member that is.
    """

    path: tuple[str | int, ...]
    keyword: str
    message: str
    value: Json
    schema_location: str
    allowed: tuple[Json, ...] = ()
    missing: str | None = None
    wanted: str = ""
