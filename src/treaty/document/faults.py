"""Findings that the JSON and the YAML reader share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from treaty.findings import Finding, Location, pointer_of

# Collections within collections. JSON parsers and serializers in use stop near here too.
MAX_DEPTH: Final = 200
# Enough to show what went wrong with a file; more only hide it.
MAX_DUPLICATES: Final = 50


def duplicate_key(path: Sequence[str], second: Location, first: Location) -> Finding:
    """One key twice in one object (RFC 8259 section 4, YAML 1.2.2 section 3.2.1.3)."""
    return Finding(
        code="duplicate-key",
        message=f"The key {path[-1]!r} is already at line {first.line}, column {first.column}.",
        location=Location(second.file, second.line, second.column, pointer_of(path)),
        expected="each key once in an object",
        hint="Remove one of the two, or rename it.",
        related=(first,),
    )


def too_deep(at: Location) -> Finding:
    """Collections nested deeper than any reader should follow."""
    return Finding(
        code="too-deep",
        message=f"Values are nested more than {MAX_DEPTH} levels deep.",
        location=at,
        expected=f"at most {MAX_DEPTH} levels",
        hint="Move inner parts to components and point to them with $ref.",
    )


def empty_document(label: str) -> Finding:
    """Nothing but white space and comments."""
    return Finding(
        code="empty-document",
        message="The file is empty.",
        location=Location(label, 1, 1),
        expected="a JSON or YAML document",
    )


def number_too_long(at: Location) -> Finding:
    """An integer of more digits than Python converts."""
    return Finding(
        code="number-too-long",
        message="The number has more digits than can be read.",
        location=at,
        expected="at most 4,300 digits",
        hint="Put it in quotes if it is meant as text.",
    )
